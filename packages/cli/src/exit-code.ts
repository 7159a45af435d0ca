import { constants } from "node:os";
import { AlienError, type ErrorCode } from "@alienplatform/core";

const USAGE = 2;
const NOT_FOUND = 3;
const CONFLICT = 4;
const PERMISSION = 5;

const EXIT_CODES: Partial<Record<ErrorCode, number>> = {
  COMMAND_INVALID: USAGE,
  CONFIRMATION_REQUIRED: USAGE,
  OPTION_INVALID: USAGE,
  PAYLOAD_INVALID: USAGE,
  UNKNOWN_DEAD_LETTER: NOT_FOUND,
  UNKNOWN_FUNCTION: NOT_FOUND,
  UNKNOWN_JOB: NOT_FOUND,
  UNKNOWN_MESSAGE: NOT_FOUND,
  UNKNOWN_OPERATION: NOT_FOUND,
  UNKNOWN_ROUTE: NOT_FOUND,
  UNKNOWN_PART: NOT_FOUND,
  UNKNOWN_QUEUE: NOT_FOUND,
  UNKNOWN_TABLE: NOT_FOUND,
  STAGE_NOT_FOUND: NOT_FOUND,
  BINDING_NOT_FOUND: NOT_FOUND,
  SECRET_MISSING: NOT_FOUND,
  STATE_STORE_MISSING: NOT_FOUND,
  DATA_LOSS: CONFLICT,
  FILE_EXISTS: CONFLICT,
  IDEMPOTENCY_CONFLICT: CONFLICT,
  PORT_IN_USE: CONFLICT,
  QUEUE_PAUSED: CONFLICT,
  RECEIPT_EXPIRED: CONFLICT,
  STORAGE_IN_USE: CONFLICT,
  CLOCK_SKEWED: PERMISSION,
  CREDENTIALS_EXPIRED: PERMISSION,
  CREDENTIALS_MISSING: PERMISSION,
  LOCK_LOST: CONFLICT,
  NAME_COLLISION: CONFLICT,
  NAME_TAKEN: CONFLICT,
  PLACE_CHANGED: CONFLICT,
  PLAN_STALE: CONFLICT,
  STATE_LOCKED: CONFLICT,
  STATE_LOST: CONFLICT,
  PERMISSION_DENIED: PERMISSION,
};

/** The exit status that tells a script what kind of failure it was; 1 where there is no kind. */
export function exitCodeOf(error: unknown): number {
  return (error instanceof AlienError ? EXIT_CODES[error.code] : undefined) ?? 1;
}

/** What a shell reports for a process that ended by this signal. */
export function exitCodeOfSignal(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
