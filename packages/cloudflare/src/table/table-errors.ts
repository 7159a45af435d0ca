import { AlienError, type ErrorCode } from "@alienplatform/core";

interface Meaning {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly fix: string;
}

const away: Meaning = {
  code: "SERVICE_UNAVAILABLE",
  retryable: true,
  fix: "Try again; https://www.cloudflarestatus.com says whether Cloudflare has trouble.",
};
const busy: Meaning = { code: "THROTTLED", retryable: true, fix: "Do less at a time." };
const forbidden: Meaning = {
  code: "PERMISSION_DENIED",
  retryable: false,
  fix: "Give CLOUDFLARE_API_TOKEN a token of the account with the permission D1 Edit.",
};
const missing: Meaning = {
  code: "UNKNOWN_TABLE",
  retryable: false,
  fix: "Deploy again: the database that the binding names, or the table in it, is not there.",
};
const wrong: Meaning = {
  code: "DRIVER_FAILED",
  retryable: false,
  fix: "Report it as a defect of the platform's package, with what it says.",
};

const byStatus: Readonly<Record<number, Meaning>> = {
  401: forbidden,
  403: forbidden,
  404: missing,
  408: away,
  429: busy,
};

/**
 * What D1 says in words alone: https://developers.cloudflare.com/d1/observability/debug-d1/. A statement that it cannot
 * carry out is an error of SQLite's; everything else of a binding may pass.
 */
const byText: readonly (readonly [RegExp, Meaning])[] = [
  [/no such table/i, missing],
  [/database .*not (be )?found|could not find/i, missing],
  [/overloaded|too many requests/i, busy],
  [/SQLITE_(ERROR|CONSTRAINT|MISMATCH|TOOBIG)|D1_TYPE_ERROR/, wrong],
];

/** What a database's binding threw. Its text may quote what was written, and stays in the cause. */
export function bindingError(thrown: unknown): AlienError {
  if (thrown instanceof AlienError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return made("the database's binding failed", inWords(text) ?? away, thrown);
}

/** What the HTTP API answered instead of rows. */
export function apiError(status: number, text: string): AlienError {
  const meaning =
    inWords(text) ?? byStatus[status] ?? (status >= 500 || status < 400 ? away : wrong);
  return made(`Cloudflare's API refused a statement of D1 (HTTP ${status})`, meaning);
}

/** A call that had no answer; whether it was carried out is unknown. */
export function noAnswer(thrown: unknown, signal: AbortSignal | undefined): AlienError {
  if (thrown instanceof AlienError) return thrown;
  if (!signal?.aborted) return made("D1 did not answer", away, thrown);
  const fix = "Call again: whether the call was carried out is unknown.";
  const meaning: Meaning = { code: "ABORTED", retryable: false, fix };
  return made("the call was aborted", meaning, thrown);
}

function inWords(text: string): Meaning | undefined {
  return byText.find(([words]) => words.test(text))?.[1];
}

function made(text: string, { code, retryable, fix }: Meaning, cause?: unknown): AlienError {
  return new AlienError(code, `a call of the state table: ${text}`, {
    fix,
    retryable,
    details: { service: "D1" },
    ...(cause === undefined ? {} : { cause }),
  });
}
