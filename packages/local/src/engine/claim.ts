import { hash } from "node:crypto";
import type { Outgoing } from "@alienplatform/bindings";
import { addChecksum, CHECKSUM_BYTES, verified } from "./checksum.ts";
import { readU48, writeU48 } from "./keys.ts";

/** The use of an idempotency key that counts: which message it was for, when, and what that said. */
export interface Claim {
  readonly id: string;
  readonly at: number;
  /** Fingerprint of kind and body, or ANY_CONTENT. */
  readonly content: string;
}

/** Bytes of a fingerprint; in memory they are the characters of a string. */
const FINGERPRINT = 16;

/**
 * 128 bits of SHA-256. Two keys with one fingerprint would lose a message, and keys come from outside: whoever wants
 * such a pair has 2^64 to try, and by chance a thousand million keys meet with a probability below 10^-20.
 */
export function fingerprint(text: string): string {
  return hash("sha256", text, "binary").slice(0, FINGERPRINT);
}

/** Of a message that was sent while nobody compares: it is the same as any. */
export const ANY_CONTENT = "\0".repeat(FINGERPRINT);

/** What makes two sends with one key the same: JSON 1 is not the text "1". */
export function contentOf({ headers, body }: Outgoing): string {
  return fingerprint(`${headers.kind} ${body}`);
}

/** u8 format, u48 claimed at, 16 bytes fingerprint of the content, id, u32 checksum. */
const HEAD = 7 + FINGERPRINT;

export function encodeClaim({ id, at, content }: Claim): Buffer {
  const row = Buffer.allocUnsafe(HEAD + id.length + CHECKSUM_BYTES);
  row[0] = 1;
  writeU48(row, at, 1);
  row.write(content, 7, "latin1");
  row.write(id, HEAD, "latin1");
  return addChecksum(row);
}

export function decodeClaim(row: Buffer): Claim {
  verified(row, "an idempotency key");
  return {
    id: row.toString("latin1", HEAD, row.length - CHECKSUM_BYTES),
    at: readU48(row, 1),
    content: row.toString("latin1", 7, HEAD),
  };
}
