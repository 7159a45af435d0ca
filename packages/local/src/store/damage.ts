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
