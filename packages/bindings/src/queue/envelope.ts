import { AlienError } from "@alienplatform/core";
import type { Failure, Headers } from "./driver.ts";
import { toFailure } from "./failure.ts";

/** What must survive a trip through a vendor's queue beside the body. */
export interface Envelope {
  readonly id: string;
  readonly sentAt: number;
  /** Set where a retry republishes the message: what the next delivery counts from. */
  readonly attempt?: number | undefined;
  /** Set where the body is not as it was given: a platform may carry less than every text. */
  readonly encoding?: "base64" | undefined;
  readonly headers: Headers;
}

/** The whole envelope as the text of one attribute, so that the user's ten fit beside it everywhere. */
export function packEnvelope({ id, sentAt, attempt, encoding, headers }: Envelope): string {
  if (attempt === undefined && encoding === undefined && isPlain(headers)) {
    // Nearly every message, twice: the same text at a quarter of the price.
    return `{"v":1,"id":${JSON.stringify(id)},"sentAt":${sentAt},"kind":"${headers.kind}"}`;
  }
  return JSON.stringify({ v: 1, id, sentAt, attempt, encoding, ...headers });
}

/** Whether they tell the kind and nothing else. */
function isPlain(headers: Headers): boolean {
  for (const name in headers) if (name !== "kind") return false;
  return true;
}

/** What a driver reads of a delivery: its envelope, or what stands for it, and why it cannot be read. */
export interface ReadEnvelope {
  readonly envelope: Envelope;
  readonly undecodable?: Failure;
}

/**
 * The envelope that an attribute holds. A message without one comes from a foreign producer: it is text, under
 * the vendor's own id and time. One that cannot be read is marked, so that it goes to the dead letters.
 */
export function readEnvelope(
  attribute: string | undefined,
  vendor: { readonly id: string; readonly sentAt: number },
): ReadEnvelope {
  const foreign: Envelope = { ...vendor, headers: { kind: "text" } };
  try {
    return { envelope: unpackEnvelope(attribute) ?? foreign };
  } catch (error) {
    return { envelope: foreign, undecodable: toFailure(error) };
  }
}

/** Which delivery this is, given the vendor's own count, 1 on its first: a copy goes on where the message was. */
export function attemptOf({ attempt = 1 }: Envelope, vendorCount: number): number {
  return attempt - 1 + Math.max(1, vendorCount);
}

/** Reads it back. Without one the message comes from a foreign producer: that is text, never guessed. */
export function unpackEnvelope(attribute: string | undefined): Envelope | undefined {
  if (attribute === undefined) return undefined;
  const plain = PLAIN.exec(attribute);
  if (plain !== null) {
    const [, id, sentAt, kind] = plain as unknown as [string, string, string, "json" | "text"]; // its groups
    return { id, sentAt: Number(sentAt), headers: PLAIN_HEADERS[kind] };
  }
  const packed = parse(attribute);
  if (packed === undefined) throw unreadable("it is not what a sender writes");
  if (packed.v !== 1) throw unreadable(`its version is ${String(packed.v)}, this program reads 1`);
  const { id, sentAt, attempt, encoding, kind, attributes, job, maxAttempts, trace, dead } = packed;
  const { concurrency, dueAt } = packed;
  return {
    id,
    sentAt,
    ...(attempt === undefined ? {} : { attempt }),
    ...(encoding === undefined ? {} : { encoding }),
    headers: {
      kind,
      ...(attributes === undefined ? {} : { attributes }),
      ...(job === undefined ? {} : { job }),
      ...(maxAttempts === undefined ? {} : { maxAttempts }),
      ...(trace === undefined ? {} : { trace }),
      ...(dead === undefined ? {} : { dead }),
      ...(concurrency === undefined ? {} : { concurrency }),
      ...(dueAt === undefined ? {} : { dueAt }),
    },
  };
}

/** What packEnvelope writes of nearly every message: whatever it matches has passed the checks, and is read without JSON. */
const PLAIN = /^\{"v":1,"id":"([\w-]{1,64})","sentAt":(0|[1-9]\d{0,14}),"kind":"(json|text)"\}$/;
const PLAIN_HEADERS = {
  json: Object.freeze({ kind: "json" }),
  text: Object.freeze({ kind: "text" }),
} as const satisfies Record<string, Headers>;

type Packed = Omit<Envelope, "headers"> & Headers & { readonly v: number };

function parse(attribute: string): Packed | undefined {
  try {
    const value: unknown = JSON.parse(attribute);
    if (typeof value !== "object" || value === null) return undefined;
    // The checks below and the version stand for the rest: only packEnvelope writes this attribute.
    const packed = value as Packed;
    return isKnown(packed) ? packed : undefined;
  } catch {
    return undefined; // reported by the caller, which knows what it means
  }
}

/** What is counted and decoded by must be right: whatever else may send to the queue must not stop who reads it. */
function isKnown({ id, kind, encoding, concurrency, ...packed }: Packed): boolean {
  const { sentAt, attempt = 1, maxAttempts = 1, dueAt = 0 } = packed;
  const coded = encoding === undefined || encoding === "base64";
  const { key = "", limit = 1 } = concurrency ?? {};
  const counts = [sentAt, attempt, maxAttempts, dueAt, limit].every(Number.isFinite);
  const texts = [id, key].every((text) => typeof text === "string");
  return texts && (kind === "json" || kind === "text") && coded && counts;
}

function unreadable(why: string): AlienError {
  return new AlienError("DECODE_FAILED", `the message's envelope cannot be read: ${why}`, {
    fix: "Update this program, or send to the queue with it.",
  });
}
