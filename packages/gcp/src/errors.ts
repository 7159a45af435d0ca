import { AlienError } from "@alienplatform/core";
import { away, type Meaning, unidentified } from "./common-errors.ts";
import { status } from "./status.ts";

const unavailable = away("Pub/Sub");
const refused: Meaning = {
  code: "DRIVER_FAILED",
  retryable: false,
  fix: "Report this error with its cause: Pub/Sub refused what the driver asked for.",
};

/** gRPC's statuses, as Pub/Sub means them: https://cloud.google.com/pubsub/docs/reference/error-codes */
const meanings: Readonly<Record<number, Meaning>> = {
  [status.CANCELLED]: {
    code: "ABORTED",
    retryable: false,
    fix: "Call again; whether it was carried out is unknown.",
  },
  [status.UNKNOWN]: unavailable,
  [status.INVALID_ARGUMENT]: refused,
  [status.DEADLINE_EXCEEDED]: unavailable,
  [status.NOT_FOUND]: {
    code: "UNKNOWN_QUEUE",
    retryable: false,
    fix: "Deploy again: the topic or subscription that the binding names is not there.",
  },
  [status.PERMISSION_DENIED]: {
    code: "PERMISSION_DENIED",
    retryable: false,
    fix: "Grant this identity the role that the README of @alienplatform/gcp names for the call.",
  },
  [status.RESOURCE_EXHAUSTED]: {
    code: "THROTTLED",
    retryable: true,
    fix: "Send less at a time, or ask Google for a higher quota of Pub/Sub.",
  },
  [status.FAILED_PRECONDITION]: {
    code: "UNSUPPORTED",
    retryable: false,
    fix: "Deploy again: a subscription that pushes, or is detached, cannot be pulled from.",
  },
  [status.ABORTED]: unavailable,
  [status.UNIMPLEMENTED]: refused,
  [status.INTERNAL]: unavailable,
  [status.UNAVAILABLE]: unavailable,
  [status.UNAUTHENTICATED]: unidentified,
};

/** Translates once, at the edge, what a call threw; `doing` names the call and the queue. Ours stay as they are. */
export function thrownError(doing: string, thrown: unknown): AlienError {
  if (thrown instanceof AlienError) return thrown;
  const { code, retryable, fix } = meaningOf(thrown);
  return new AlienError(code, `${doing} failed: ${withoutAckIds(textOf(thrown))}`, {
    fix,
    retryable,
    details: { service: "Pub/Sub", status: statusOf(thrown) },
    cause: thrown,
  });
}

/** A call that was not made, since its caller's signal had fired. */
export function aborted(): AlienError {
  return new AlienError("ABORTED", "the call was aborted before it was made", {
    fix: "Call again.",
  });
}

/** gRPC's status; undefined where the call did not get that far. */
export function statusOf(thrown: unknown): number | undefined {
  const { code } = Object(thrown) as { code?: unknown }; // every thrown value may be read so
  return typeof code === "number" ? code : undefined;
}

/**
 * What an exactly-once subscription says of single acknowledgement ids: PERMANENT_... or TRANSIENT_... by id. Other
 * errors carry the same kind of table, of other things: one beyond a quota names the quota.
 */
export function refusedIds(thrown: unknown): ReadonlyMap<string, string> {
  // What google-gax makes of google.rpc.ErrorInfo; https://cloud.google.com/pubsub/docs/exactly-once-delivery
  const { errorInfoMetadata } = Object(thrown) as {
    errorInfoMetadata?: Readonly<Record<string, string>>;
  };
  const told = Object.entries(errorInfoMetadata ?? {});
  return new Map(told.filter(([, reason]) => /^(PERMANENT|TRANSIENT)_/.test(reason)));
}

function meaningOf(thrown: unknown): Meaning {
  const known = meanings[statusOf(thrown) ?? -1];
  if (known !== undefined) return known;
  return /default credentials|metadata/i.test(textOf(thrown)) ? unidentified : unavailable;
}

function textOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Pub/Sub quotes an acknowledgement id that it refuses: whoever has it may acknowledge the message. */
function withoutAckIds(text: string): string {
  return text.replaceAll(/ack_id=[^)\s]+|[A-Za-z0-9+/=_-]{60,}/g, "…");
}
