import { AlienError, type ErrorCode } from "@alienplatform/core";

/** What LevelDB says on opening, by its code; see the README of classic-level. */
const OPENING: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  LEVEL_CORRUPTION: [
    "STORAGE_DAMAGED",
    "Restore the data directory from a copy, or start afresh with alien dev --reset.",
  ],
  LEVEL_IO_ERROR: ["STORAGE_FAILED", "Check the disk and the rights of the data directory."],
};

/** Whether LevelDB's lock is held by another process. */
export function isLocked(error: unknown): boolean {
  return levelCode(error) === "LEVEL_LOCKED";
}

/** An error of opening the store, in our words; ours stay as they are. */
export function storageError(error: unknown, directory: string): unknown {
  if (error instanceof AlienError) return error;
  const reason = reasonOf(error);
  const full = /no space left|ENOSPC/i.test(reason);
  const [code, fix] = full
    ? (["STORAGE_FULL", "Free some space on its disk; what was acknowledged is there."] as const)
    : (OPENING[levelCode(error) ?? ""] ?? ["STORAGE_FAILED", "Check the data directory."]);
  return new AlienError(code, `the local store in ${directory} cannot be opened: ${reason}`, {
    fix,
    retryable: full,
    details: { directory },
    cause: error,
  });
}

/** The reason is in the cause: LEVEL_DATABASE_NOT_OPEN alone says nothing. */
function levelCode(error: unknown): string | undefined {
  const { cause } = error as { cause?: { code?: string } }; // every thrown value may be read so
  return cause?.code;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
