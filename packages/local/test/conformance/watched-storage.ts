import type { Storage } from "../../src/engine/index.ts";

/** A storage whose work under way can be awaited, so that virtual time never runs ahead of the disk. */
export class WatchedStorage {
  readonly storage: Storage;
  #pending = 0;

  constructor(storage: Storage) {
    this.storage = this.#watch(storage);
  }

  /** Resolves when nothing has been under way for a few turns of the event loop. */
  async idle(): Promise<void> {
    for (let quiet = 0; quiet < 5; quiet++) {
      await new Promise(setImmediate);
      if (this.#pending > 0) quiet = -1;
    }
  }

  /** Promises are counted; what a batch() gives is watched in turn. */
  #watch<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (_, key) => {
        const value: unknown = Reflect.get(target, key);
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => this.#count(value.apply(target, args), key);
      },
    });
  }

  #count(result: unknown, key: string | symbol): unknown {
    if (result instanceof Promise) {
      this.#pending++;
      const done = () => {
        this.#pending--;
      };
      result.then(done, done);
      return result;
    }
    return key === "batch" && typeof result === "object" && result !== null
      ? this.#watch(result)
      : result;
  }
}
