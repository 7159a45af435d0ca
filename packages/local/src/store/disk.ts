import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import { LevelStorage } from "./level.ts";

const MiB = 1024 * 1024;

/** A store in a directory; one process at a time can open it. */
export class DiskStorage extends LevelStorage {
  constructor(directory: string) {
    const level = new ClassicLevel<Buffer, Buffer>(join(directory, "store"), {
      keyEncoding: "buffer",
      valueEncoding: "buffer",
      // Larger buffers send faster and open slower: the log is replayed at open.
      writeBufferSize: 16 * MiB,
      cacheSize: 8 * MiB,
    });
    super(level);
  }
}

/** Whether a store could not be opened because another process has it open. */
export function isLocked(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.cause instanceof Error &&
    "code" in error.cause &&
    error.cause.code === "LEVEL_LOCKED"
  );
}
