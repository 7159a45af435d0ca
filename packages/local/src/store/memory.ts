import { MemoryLevel } from "memory-level";
import { LevelStorage } from "./level.ts";
import type { Storage } from "./storage.ts";

/** A store in memory, for tests; what is in it survives close() and open(). */
export function memoryStorage(): Storage {
  const level = new MemoryLevel<Buffer, Buffer>({ keyEncoding: "buffer", valueEncoding: "buffer" });
  return new LevelStorage(() => level);
}
