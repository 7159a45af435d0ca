import type { Storage, WriteBatch } from "../src/store/storage.ts";

/** A store as a process has it that can be killed: from then on nothing is written or answered, and nothing closed. */
export function mortal(inner: Storage): { readonly storage: Storage; readonly kill: () => void } {
  let dead = false;
  const never = () => new Promise<never>(() => undefined);
  const storage = new Proxy(inner, {
    get(target, name) {
      if (name === "batch") return () => mortalBatch(target.batch());
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      const answersAtOnce = name === "getSync" || name === "mark";
      return (...parameters: unknown[]) => {
        if (dead && !answersAtOnce) return never();
        if (dead && name === "mark") return undefined;
        return member.apply(target, parameters);
      };
    },
  });
  const mortalBatch = (batch: WriteBatch): WriteBatch => ({
    get length() {
      return batch.length;
    },
    put: (key, value) => batch.put(key, value),
    del: (key) => batch.del(key),
    write: (options) => (dead ? never() : batch.write(options)),
  });
  return {
    storage,
    kill: () => {
      dead = true;
    },
  };
}
