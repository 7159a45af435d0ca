import { AlienError, type ErrorCode } from "@alienplatform/core";

/** An error as text: what a program acts on and a person reads, without stack and cause. */
export function encodeError(error: unknown): string {
  if (error instanceof AlienError) {
    const { code, message, fix, retryable, details } = error;
    return JSON.stringify({ code, message, fix, retryable, details });
  }
  const message = error instanceof Error ? error.message : String(error);
  return JSON.stringify(
    error instanceof TypeError ? { message } : { code: "STORAGE_FAILED", message },
  );
}

/** The error as the owner threw it: misuse is a TypeError, everything else an AlienError. */
export function decodeError(text: string): AlienError | TypeError {
  // Written by encodeError of the same protocol version, which the hello has checked.
  const { code, message, fix, retryable, details } = JSON.parse(text) as {
    code?: ErrorCode;
    message: string;
    fix?: string;
    retryable?: boolean;
    details?: Record<string, unknown>;
  };
  if (code === undefined) return new TypeError(message);
  return new AlienError(code, message, {
    ...(fix === undefined ? {} : { fix }),
    retryable: retryable === true,
    details: details ?? {},
  });
}

/** As decodeError, where an item's result can carry an AlienError only. */
export function decodeItemError(text: string): AlienError {
  const error = decodeError(text);
  return error instanceof AlienError ? error : new AlienError("STORAGE_FAILED", error.message);
}
