import { AlienError } from "@alienplatform/core";

/** What a store answers that is not as it was written. */
export function damaged(what: string, cause?: unknown): AlienError {
  return new AlienError("STORAGE_DAMAGED", `the local store is damaged: ${what}`, {
    fix: "Restore the data directory from a copy, or start afresh with alien dev --reset.",
    ...(cause !== undefined && { cause }),
  });
}

/** Whether LevelDB refused to read something because it does not match its checksum. */
export function isCorruption(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "LEVEL_CORRUPTION";
}

/** Whether something could not be written for want of space. */
export function isFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && error.code === "ENOSPC") return true;
  return /no space left/i.test(error.message) || isFull(error.cause);
}

/** What is answered while the disk is full. */
export function storageFull(cause?: unknown): AlienError {
  return new AlienError("STORAGE_FULL", "the disk of the local store is full", {
    fix: "Free some space on it; what was acknowledged is there, and messages can still be settled.",
    retryable: true,
    ...(cause !== undefined && { cause }),
  });
}

/** What a store answers after this has happened to it. */
export function failureOf(cause: unknown): AlienError {
  if (cause instanceof AlienError) return cause;
  if (isFull(cause)) return storageFull(cause);
  // Lengths and places in a row that lead out of it.
  if (isCorruption(cause) || cause instanceof RangeError)
    return damaged("a row cannot be read", cause);
  return new AlienError("STORAGE_FAILED", `the local store failed: ${String(cause)}`, {
    fix: "Check the disk of the data directory. What was acknowledged is there; the store is tried again every second.",
    retryable: true,
    cause,
  });
}
