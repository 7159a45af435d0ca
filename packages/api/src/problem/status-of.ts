import type { ErrorCode } from "@alienplatform/core";

const STATUSES: Partial<Record<ErrorCode, number>> = {
  ABORTED: 503,
  CLOSED: 503,
  CREDENTIALS_EXPIRED: 502,
  CREDENTIALS_MISSING: 502,
  DRIVER_FAILED: 500,
  GROUP_INVALID: 400,
  IDEMPOTENCY_CONFLICT: 409,
  JOBS_NOT_KEPT: 409,
  MESSAGE_TOO_LARGE: 413,
  OWNER_LOST: 503,
  PAYLOAD_REFUSED: 422,
  PERMISSION_DENIED: 403,
  QUEUE_PAUSED: 409,
  QUOTA_REACHED: 503,
  RECEIPT_EXPIRED: 409,
  SERVICE_UNAVAILABLE: 503,
  STORAGE_FAILED: 503,
  STORAGE_FULL: 507,
  THROTTLED: 429,
  UNKNOWN_DEAD_LETTER: 404,
  UNKNOWN_JOB: 404,
  UNKNOWN_MESSAGE: 404,
  UNKNOWN_OPERATION: 404,
  UNKNOWN_ROUTE: 404,
  UNSUPPORTED: 501,
};

/** The HTTP status of an error: 503 of what may succeed later, else 400 where nothing else is said of its code. */
export function statusOf(code: ErrorCode, retryable: boolean): number {
  return STATUSES[code] ?? (retryable ? 503 : 400);
}
