import { AlienError } from "@alienplatform/core";
import { commonErrors, type Meaning } from "../common-errors.ts";
import { faultOf } from "../errors.ts";

const unavailable: Meaning = {
  code: "SERVICE_UNAVAILABLE",
  retryable: true,
  fix: "Try again later; see https://health.aws.amazon.com for the state of DynamoDB.",
};
const unreachable: Meaning = {
  code: "SERVICE_UNAVAILABLE",
  retryable: true,
  fix: "Look at the network, and at the endpoint of the binding's table: does DynamoDB, or the emulator, answer there?",
};
const throttled: Meaning = {
  code: "THROTTLED",
  retryable: true,
  fix: "Do less at a time: a partition takes 1,000 writes a second, a new table 4,000.",
};
const denied: Meaning = {
  code: "PERMISSION_DENIED",
  retryable: false,
  fix: "Grant this identity the action that the message names, on this table.",
};

/**
 * The names of errors, by https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html, and by
 * what Node and the SDK throw themselves.
 */
const meanings: Readonly<Record<string, Meaning>> = {
  ...commonErrors({ unavailable, unreachable }),
  AccessDeniedException: denied,
  ResourceNotFoundException: {
    code: "UNKNOWN_TABLE",
    retryable: false,
    fix: "Deploy again: the table that the binding names is not there.",
  },
  LimitExceededException: throttled,
  ProvisionedThroughputExceededException: throttled,
  RequestLimitExceeded: throttled,
  ThrottlingException: throttled,
  InternalServerError: unavailable,
  InternalServerErrorException: unavailable,
  ServiceUnavailable: unavailable,
  // What wrote the item at this moment was a transaction of somebody else's.
  TransactionConflictException: unavailable,
};

const unknown: Meaning = {
  code: "DRIVER_FAILED",
  retryable: false,
  fix: "Report this error with its cause: DynamoDB refused what the table asked for.",
};

/** Translates once, at the edge; `doing` names the call and the table. */
export function tableError(doing: string, thrown: unknown, signal?: AbortSignal): AlienError {
  const { name: said, message = "", status = 0 } = faultOf(thrown);
  // A signal may fire with any reason.
  const name = signal?.aborted ? "AbortError" : said;
  const byStatus = status === 429 ? throttled : status >= 500 ? unavailable : unknown;
  const { code, retryable, fix } = meanings[name] ?? byStatus;
  const text = code === "ABORTED" ? "it was aborted" : `${name}: ${message}`;
  return new AlienError(code, `${doing} failed: ${text}`, {
    fix,
    retryable,
    details: { service: "DynamoDB", error: name },
    cause: thrown,
  });
}
