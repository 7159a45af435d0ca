import { AlienError, type ErrorCode } from "@alienplatform/core";
import type { PipelineResponse } from "@azure/core-rest-pipeline";

interface Meaning {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly fix: string;
}

const away: Meaning = {
  code: "SERVICE_UNAVAILABLE",
  retryable: true,
  fix: "Look at the storage account's health and at the network between; the call may be repeated.",
};
const busy: Meaning = {
  code: "THROTTLED",
  retryable: true,
  fix: "Do less at a time: a partition takes 2,000 items a second, an account 20,000.",
};
const forbidden: Meaning = {
  code: "PERMISSION_DENIED",
  retryable: false,
  fix: "Grant this identity Storage Table Data Contributor on the table.",
};
const missing: Meaning = {
  code: "UNKNOWN_TABLE",
  retryable: false,
  fix: "Deploy again: the table that the binding names is not there.",
};
const wrong: Meaning = {
  code: "DRIVER_FAILED",
  retryable: false,
  fix: "Report this error with its cause: the Table service refused what was asked of it.",
};

/** https://learn.microsoft.com/en-us/rest/api/storageservices/table-service-error-codes */
const byName: Readonly<Record<string, Meaning>> = {
  TableNotFound: missing,
  TableBeingDeleted: missing,
  ServerBusy: busy,
  OperationTimedOut: away,
};

const byStatus: Readonly<Record<number, Meaning>> = {
  401: forbidden,
  403: forbidden,
  408: away,
  429: busy,
};

/** What the Table service calls an answer that is a failure; "" where it does not say. */
export function faultName({ bodyAsText }: PipelineResponse): string {
  const text = bodyAsText ?? "";
  return /"code"\s*:\s*"(\w+)"/.exec(text)?.[1] ?? /<(?:\w+:)?code>(\w+)</i.exec(text)?.[1] ?? "";
}

/** Of an answer that is neither what was asked for nor a refusal of its condition. */
export function answerError(doing: string, response: PipelineResponse): AlienError {
  const { status } = response;
  const name = faultName(response);
  const meaning = byName[name] ?? byStatus[status] ?? (status >= 500 ? away : wrong);
  return made(doing, meaning, `the Table service answered ${status} ${name}`.trimEnd());
}

/** Of what sending a request threw; ours stay as they are. */
export function thrownError(doing: string, thrown: unknown, signal?: AbortSignal): AlienError {
  if (thrown instanceof AlienError) return thrown;
  if (signal?.aborted) {
    return new AlienError("ABORTED", `${doing} failed: it was aborted`, {
      fix: "Call again: whether the call was carried out is unknown.",
      cause: thrown,
    });
  }
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  const meaning = identity.has(name) ? forbidden : network.has(name) ? away : wrong;
  // Every thrown value may be read so.
  const { code = name } = (thrown ?? {}) as { readonly code?: string };
  return made(doing, meaning, code, thrown);
}

/** Of @azure/identity, where there is nobody to be. */
const identity = new Set([
  "AuthenticationError",
  "AuthenticationRequiredError",
  "CredentialUnavailableError",
  "AggregateAuthenticationError",
]);

/** Of the SDK's own client of HTTP, of an answer that took too long, and of one that is no JSON. */
const network = new Set(["RestError", "AbortError", "TimeoutError", "SyntaxError"]);

function made(doing: string, { code, retryable, fix }: Meaning, what: string, cause?: unknown) {
  return new AlienError(code, `${doing} failed: ${what}`, {
    fix,
    retryable,
    details: { service: "Azure Tables", error: what },
    ...(cause === undefined ? {} : { cause }),
  });
}
