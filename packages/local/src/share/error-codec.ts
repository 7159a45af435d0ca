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

interface WrittenError {
  readonly code?: ErrorCode;
  readonly message: string;
  readonly fix?: string;
  readonly retryable?: boolean;
  readonly details?: Record<string, unknown>;
}

/** The error as the owner threw it: misuse is a TypeError, everything else an AlienError. */
export function decodeError(text: string): AlienError | TypeError {
  // Written by encodeError of the same protocol version, which the hello has checked.
  return errorOf(JSON.parse(text) as WrittenError);
}

function errorOf({ code, message, fix, retryable, details }: WrittenError): AlienError | TypeError {
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

/** A call's answer with the errors of its results as errors again: JSON carries them as their fields. */
export function withErrors(answer: unknown): unknown {
  return Array.isArray(answer) ? answer.map(withError) : withError(answer);
}

function withError(result: unknown): unknown {
  return isFailed(result) ? { ...result, error: errorOf(result.error) } : result;
}

/** A result that failed; nothing else that the owner answers has `ok`. */
function isFailed(result: unknown): result is { readonly error: WrittenError } {
  return typeof result === "object" && result !== null && "ok" in result && result.ok === false;
}
