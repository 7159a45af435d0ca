import { AlienError } from "@alienplatform/core";
import type { Headers } from "./driver.ts";

/** What must survive a trip through a vendor's queue beside the body. */
export interface Envelope {
  readonly id: string;
  readonly sentAt: number;
  /** Set where a retry republishes the message: what the next delivery counts from. */
  readonly attempt?: number;
  readonly headers: Headers;
}

/** The whole envelope as the text of one attribute, so that the user's ten fit beside it everywhere. */
export function packEnvelope({ id, sentAt, attempt, headers }: Envelope): string {
  return JSON.stringify({ v: 1, id, sentAt, attempt, ...headers });
}

/** Reads it back. Without one the message comes from a foreign producer: that is text, never guessed. */
export function unpackEnvelope(attribute: string | undefined): Envelope | undefined {
  if (attribute === undefined) return undefined;
  const packed = parse(attribute);
  if (packed === undefined) throw unreadable("it is not what a sender writes");
  if (packed.v !== 1) throw unreadable(`its version is ${String(packed.v)}, this program reads 1`);
  const { id, sentAt, attempt, kind, attributes, job, maxAttempts, trace } = packed;
  return {
    id,
    sentAt,
    ...(attempt === undefined ? {} : { attempt }),
    headers: {
      kind,
      ...(attributes === undefined ? {} : { attributes }),
      ...(job === undefined ? {} : { job }),
      ...(maxAttempts === undefined ? {} : { maxAttempts }),
      ...(trace === undefined ? {} : { trace }),
    },
  };
}

type Packed = Omit<Envelope, "headers"> & Headers & { readonly v: number };

function parse(attribute: string): Packed | undefined {
  try {
    const value: unknown = JSON.parse(attribute);
    if (typeof value !== "object" || value === null) return undefined;
    // The two checks below and the version stand for the rest: only packEnvelope writes this attribute.
    const packed = value as Packed;
    const known = packed.kind === "json" || packed.kind === "text";
    return known && typeof packed.id === "string" ? packed : undefined;
  } catch {
    return undefined; // reported by the caller, which knows what it means
  }
}

function unreadable(why: string): AlienError {
  return new AlienError("DECODE_FAILED", `the message's envelope cannot be read: ${why}`, {
    fix: "Update this program, or send to the queue with it.",
  });
}
