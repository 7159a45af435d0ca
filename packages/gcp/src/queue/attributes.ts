import { AlienError } from "@alienplatform/core";
import { ATTRIBUTE_BYTES, ATTRIBUTES } from "../capabilities.ts";

/** The first part; the next ones are `alien.1`, `alien.2` and so on. */
const NAME = "alien";

/** Name, lengths and tags of one attribute on the wire. */
const FRAME_BYTES = 24;

export type Attributes = Readonly<Record<string, string>>;

/** Kept free of a message that is sent, for what its dead letter tells beside it, or its retry, or Pub/Sub's forwarding. */
const SPARE = 14;

/** How many attributes the envelope of a message that is sent may take. */
export const SENDABLE = ATTRIBUTES - SPARE;

/** An envelope as attributes, and what they take of a request. */
export interface PackedAttributes {
  readonly attributes: Attributes;
  readonly bytes: number;
}

/**
 * The envelope as attributes: Pub/Sub limits the value of each, so a long one travels in several, `most` at most;
 * MESSAGE_TOO_LARGE where those are too few.
 */
export function packAttributes(envelope: string, most: number): PackedAttributes | AlienError {
  const length = Buffer.byteLength(envelope);
  if (length <= ATTRIBUTE_BYTES) {
    return { attributes: { [NAME]: envelope }, bytes: FRAME_BYTES + length };
  }
  const parts = split(envelope);
  if (parts.length > most) return tooMany(length, most);
  const attributes = Object.fromEntries(parts.map((part, index) => [nameOf(index), part]));
  return { attributes, bytes: FRAME_BYTES * parts.length + length };
}

/** Reads it back; undefined where a foreign producer sent the message. */
export function unpackAttributes(attributes: Attributes): string | undefined {
  let envelope = attributes[NAME];
  if (envelope === undefined) return undefined;
  for (let index = 1; ; index++) {
    const part = attributes[nameOf(index)];
    if (part === undefined) return envelope;
    envelope += part;
  }
}

function nameOf(index: number): string {
  return index === 0 ? NAME : `${NAME}.${index}`;
}

/** Between characters: half of one would not survive UTF-8. */
function split(text: string): string[] {
  const parts: string[] = [];
  let part = "";
  let bytes = 0;
  for (const character of text) {
    const size = Buffer.byteLength(character);
    if (bytes + size > ATTRIBUTE_BYTES) {
      parts.push(part);
      part = "";
      bytes = 0;
    }
    part += character;
    bytes += size;
  }
  parts.push(part);
  return parts;
}

function tooMany(size: number, most: number): AlienError {
  const limit = most * ATTRIBUTE_BYTES;
  const text = `what travels beside the payload is ${size} bytes; Pub/Sub accepts ${limit}`;
  return new AlienError("MESSAGE_TOO_LARGE", text, {
    fix: "Put what is in the attributes into the payload.",
    details: { size, limit, service: "Pub/Sub" },
  });
}
