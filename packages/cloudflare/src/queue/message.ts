import {
  attemptOf,
  type Delivery,
  encodeJson,
  type Failure,
  type Outgoing,
  packEnvelope,
  readEnvelope,
  toFailure,
  utf8Size,
} from "@alienplatform/bindings";

/**
 * Messages of Cloudflare have no attributes, so the envelope is the first line of the text: this mark and one
 * line of JSON. Only text is read so; every other message, whatever it looks like, is a foreign producer's.
 */
const MARK = 'alien:{"v":';
const MARK_NAME = "alien:".length;
/** Cloudflare's own beside each message: https://developers.cloudflare.com/queues/platform/limits/ */
const METADATA_BYTES = 100;

/** One message as Cloudflare is given it: always of its content type "text". */
export interface WireMessage {
  readonly body: string;
  readonly delaySeconds: number;
  /** What counts against Cloudflare's limits, in bytes. */
  readonly size: number;
}

/** A message as it travels: what is no text is text of it. */
export interface Carried extends Outgoing {
  readonly encoding?: "base64";
}

/** A body that was received, as it is sent again: bytes that are no text, which only foreign producers send, stay what they are. */
export function carriedBody(body: string | Uint8Array): Pick<Carried, "body" | "encoding"> {
  if (typeof body === "string") return { body };
  try {
    return { body: strict.decode(body) };
  } catch {
    const characters = Array.from(body, (byte) => String.fromCharCode(byte));
    return { body: btoa(characters.join("")), encoding: "base64" };
  }
}

function givenBody(rest: string | Uint8Array, encoding: Carried["encoding"]): string | Uint8Array {
  if (encoding === undefined || typeof rest !== "string") return rest;
  try {
    return Uint8Array.from(atob(rest), (character) => character.charCodeAt(0));
  } catch {
    return rest; // whoever wrote that was not this library
  }
}

/** The message as it is stored. Whole seconds are all there is, so a delay is never shorter than asked. */
export function toWire(message: Carried, now: number): WireMessage {
  const { sentAt, delayMs = 0 } = message;
  const leftMs = delayMs === 0 ? 0 : Math.max(0, sentAt + delayMs - now);
  const body = envelopeLine(message) + message.body;
  return { body, delaySeconds: toSeconds(leftMs), size: utf8Size(body) + METADATA_BYTES };
}

/** What counts against Cloudflare's limits, in bytes. */
export function sizeOf(message: Carried): number {
  return utf8Size(envelopeLine(message)) + utf8Size(message.body) + METADATA_BYTES;
}

function envelopeLine({ id, sentAt, attempt, headers, encoding }: Carried): string {
  return `alien:${packEnvelope({ id, sentAt, attempt, headers, encoding })}\n`;
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function toSeconds(delayMs: number): number {
  return Math.ceil(delayMs / 1_000);
}

/** A message as Cloudflare hands it out, pulled or pushed. */
export interface Received {
  readonly id: string;
  readonly receipt: string;
  /** As it was published: a text, bytes, or the value that JSON or a structured clone stood for. */
  readonly body: unknown;
  readonly timestampMs: number;
  /** 1 on first delivery. */
  readonly attempts: number;
  /** Why the body cannot be read. */
  readonly problem?: Failure;
}

/** One that cannot be read is marked, so that it goes to the dead letters. */
export function toDelivery(received: Received, leaseUntil?: number): Delivery {
  const { id, receipt, body, timestampMs, attempts } = received;
  const { attribute, rest, problem = received.problem } = split(body);
  const { envelope, undecodable = problem } = readEnvelope(attribute, { id, sentAt: timestampMs });
  return {
    id: envelope.id,
    receipt,
    body: givenBody(rest, envelope.encoding),
    headers: envelope.headers,
    attempt: attemptOf(envelope, attempts),
    sentAt: envelope.sentAt,
    ...(leaseUntil !== undefined && { leaseUntil }),
    ...(undecodable !== undefined && { undecodable }),
  };
}

interface Split {
  readonly attribute?: string;
  readonly rest: string | Uint8Array;
  readonly problem?: Failure;
}

function split(body: unknown): Split {
  if (typeof body === "string") return splitText(body);
  if (body instanceof Uint8Array) return { rest: body };
  if (body instanceof ArrayBuffer) return { rest: new Uint8Array(body) };
  try {
    // What a foreign producer sent as JSON is its text again; in a Worker the digits of big integers are gone.
    return { rest: encodeJson(body) };
  } catch (error) {
    const problem = { ...toFailure(error), code: "DECODE_FAILED" };
    return { rest: "", problem };
  }
}

function splitText(text: string): Split {
  const end = text.startsWith(MARK) ? text.indexOf("\n") : -1;
  if (end === -1) return { rest: text };
  return { attribute: text.slice(MARK_NAME, end), rest: text.slice(end + 1) };
}
