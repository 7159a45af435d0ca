import type { StateStore, StoredState } from "./state-store.ts";

/** Keeps a state in memory, for tests. */
export class MemoryStateStore implements StateStore {
  readonly url = "memory:";
  #stored: StoredState | undefined;
  #writes = 0;

  /** How many writes took place. */
  get writes(): number {
    return this.#writes;
  }

  async read(): Promise<StoredState | undefined> {
    return this.#stored;
  }

  async write(text: string, replaced: string | undefined): Promise<string | undefined> {
    if (this.#stored?.version !== replaced) return undefined;
    this.#writes += 1;
    const version = String(this.#writes);
    this.#stored = { text, version };
    return version;
  }

  async close(): Promise<void> {
    return undefined;
  }
}
