import { AlienError, type ErrorCode } from "@alienplatform/core";

/** What an error of Cloudflare is in our words: its name there, our code, what to do, whether to repeat. */
interface Meaning {
  readonly name: string;
  readonly code: ErrorCode;
  readonly fix: string;
  readonly retryable: boolean;
}

const AGAIN = "Try again; https://www.cloudflarestatus.com says whether Cloudflare has trouble.";
const TOKEN = "Give CLOUDFLARE_API_TOKEN a token of the account with the permission Queues Edit.";
const DEFECT = "Report it as a defect of the platform's package, with the code.";

/** By Cloudflare's code: https://developers.cloudflare.com/queues/reference/error-codes/ */
const BY_CODE: Readonly<Record<number, Meaning>> = {
  7003: lasting(
    "no route for the URI",
    "BINDING_INVALID",
    "Check the account's id in the binding.",
  ),
  10000: lasting("Authentication error", "PERMISSION_DENIED", TOKEN),
  10104: lasting("QueueNotFound", "UNKNOWN_QUEUE", "Deploy the stack again: the queue is gone."),
  10106: lasting("Unauthorized", "PERMISSION_DENIED", TOKEN),
  10107: lasting("QueueIDMalformed", "BINDING_INVALID", "Write the queue's id, not its name."),
  10201: passing("ClientDisconnected", AGAIN),
  10202: lasting("BatchDelayInvalid", "OPTION_INVALID", "Delay by at most 12h."),
  10203: lasting("MessageMetadataInvalid", "OPTION_INVALID", "Delay by at most 12h."),
  10204: lasting(
    "MessageSizeOutOfBounds",
    "MESSAGE_TOO_LARGE",
    "Put the payload in storage and send its key.",
  ),
  10205: lasting("BatchSizeOutOfBounds", "DRIVER_FAILED", DEFECT),
  10206: lasting("BatchCountOutOfBounds", "DRIVER_FAILED", DEFECT),
  10207: lasting("JSONRequestBodyInvalid", "DRIVER_FAILED", DEFECT),
  10208: lasting("JSONRequestBodyMalformed", "DRIVER_FAILED", DEFECT),
  10250: passing(
    "QueueOverloaded",
    "Send more slowly: a queue takes 5,000 messages a second.",
    "THROTTLED",
  ),
  10251: passing(
    "QueueStorageLimitExceeded",
    "Let consumers catch up, or purge the queue: it holds 25 GB.",
    "STORAGE_FULL",
  ),
  10252: passing("QueueDisabled", "Resume the queue's delivery.", "QUEUE_PAUSED"),
  10253: lasting(
    "FreeTierLimitExceeded",
    "THROTTLED",
    "Upgrade to Workers Paid, or go on tomorrow.",
  ),
  15000: passing("UnknownInternalError", AGAIN),
};

/** Where the answer has no code that we know. */
const BY_STATUS: Readonly<Record<number, Meaning>> = {
  401: lasting("not authenticated", "PERMISSION_DENIED", TOKEN),
  403: lasting("forbidden", "PERMISSION_DENIED", TOKEN),
  404: lasting("not found", "UNKNOWN_QUEUE", "Deploy the stack again: the queue is gone."),
  408: passing("request timeout", AGAIN),
  // https://developers.cloudflare.com/queues/configuration/pause-purge/#what-happens-to-http-pull-consumers-with-a-paused-queue
  409: passing(
    "delivery is paused",
    "Resume it: wrangler queues resume-delivery <name>.",
    "QUEUE_PAUSED",
  ),
  413: lasting("too large", "MESSAGE_TOO_LARGE", "Put the payload in storage and send its key."),
  429: passing("too many requests", "Call less often.", "THROTTLED"),
};

/** An answer of the HTTP API that is no success. */
export interface Refusal {
  readonly status: number;
  /** Cloudflare's own, where it gives them. */
  readonly codes: readonly number[];
  readonly retryAfterMs?: number;
}

/** What the HTTP API refused. Its own text stays out: it may quote what was sent. */
export function httpError(call: string, { status, codes, retryAfterMs }: Refusal): AlienError {
  const known = codes.find((code) => code in BY_CODE);
  const meaning =
    (known === undefined ? BY_STATUS[status] : BY_CODE[known]) ??
    (status >= 500 ? passing("server error", AGAIN) : lasting("refused", "DRIVER_FAILED", DEFECT));
  const numbers = [`HTTP ${status}`, ...codes.map((code) => `code ${code}`)].join(", ");
  return toError(`Cloudflare's API refused to ${call}: ${meaning.name} (${numbers})`, meaning, {
    status,
    codes,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** A call of the API that had no answer; whether it was carried out is unknown. */
export function unanswered(call: string, cause: unknown): AlienError {
  const why = cause instanceof Error ? (reasonOf(cause.cause) ?? cause.name) : "no answer";
  return toError(
    `Cloudflare's API did not answer to ${call}: ${why}`,
    passing("", AGAIN),
    {},
    cause,
  );
}

/**
 * What a Worker's binding threw: an Error whose message ends with Cloudflare's code. One without a code is
 * taken for passing, since a binding says no more of what went wrong on the way.
 */
export function bindingError(call: string, cause: unknown): AlienError {
  const text = cause instanceof Error ? cause.message : String(cause);
  const code = Number(/\b(\d{5})\D*$/.exec(text)?.[1]);
  const meaning =
    BY_CODE[code] ??
    BY_STATUS[Number(/\b(4\d\d)\b/.exec(text)?.[1])] ??
    (/Storage Limit Exceeded/i.test(text) ? BY_CODE[10251] : undefined) ??
    passing("it gives no code", AGAIN);
  const told = BY_CODE[code] === undefined ? meaning.name : `${meaning.name} (code ${code})`;
  return toError(`the queue's binding refused to ${call}: ${told}`, meaning, {}, cause);
}

function toError(
  message: string,
  { code, fix, retryable }: Meaning,
  details: Readonly<Record<string, unknown>>,
  cause?: unknown,
): AlienError {
  return new AlienError(code, message, { fix, retryable, details, cause });
}

/** What undici knows of a failed connection: "ECONNREFUSED". */
function reasonOf(cause: unknown): string | undefined {
  if (typeof cause !== "object" || cause === null || !("code" in cause)) return undefined;
  return String(cause.code);
}

function passing(name: string, fix: string, code: ErrorCode = "SERVICE_UNAVAILABLE"): Meaning {
  return { name, code, fix, retryable: true };
}

function lasting(name: string, code: ErrorCode, fix: string): Meaning {
  return { name, code, fix, retryable: false };
}
