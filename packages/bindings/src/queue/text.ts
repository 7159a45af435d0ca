const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether a text survives UTF-8: half a surrogate pair does not. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

/** Bytes of a text in UTF-8. */
export function utf8Size(text: string): number {
  // Of a short one without an array of its own: every message is measured.
  if (text.length <= SHORT) return encoder.encodeInto(text, scratch).written;
  return encoder.encode(text).length;
}

const SHORT = 2_048;
const encoder = new TextEncoder();
/** A unit of UTF-16 is three bytes at most. */
const scratch = new Uint8Array(3 * SHORT);

/** The text that a body is, whether a platform carries text or bytes; the bytes where they are none. */
export function textOrBytes(body: string | Uint8Array): string | Uint8Array {
  if (typeof body === "string") return body;
  try {
    return utf8.decode(body);
  } catch {
    return body;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
