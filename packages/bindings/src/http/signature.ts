import type { webcrypto } from "node:crypto";

/** The request header that carries the signature: "t=<seconds since the epoch>,v1=<64 hexadecimal digits>". */
export const SIGNATURE_HEADER = "x-alien-signature";

const HMAC = { name: "HMAC", hash: "SHA-256" };

/** Signs request bodies with one secret, on every runtime that has WebCrypto. */
export class Signer {
  readonly #secret: string;
  #key: Promise<webcrypto.CryptoKey> | undefined;

  constructor(secret: string) {
    this.#secret = secret;
  }

  /** The value of the header, for a body that is sent at `nowMs`. */
  async sign(body: Uint8Array, nowMs: number): Promise<string> {
    this.#key ??= signingKey(this.#secret, "sign");
    const timestamp = String(Math.floor(nowMs / 1_000));
    const signature = await crypto.subtle.sign("HMAC", await this.#key, signed(timestamp, body));
    return `t=${timestamp},v1=${hex(new Uint8Array(signature))}`;
  }
}

/** Not every runtime has Buffer. */
function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The bytes of a secret as a key. */
export function signingKey(secret: string, usage: "sign" | "verify"): Promise<webcrypto.CryptoKey> {
  return crypto.subtle.importKey("raw", new TextEncoder().encode(secret), HMAC, false, [usage]);
}

/** What is signed: the timestamp as it stands in the header, a dot, and the body's bytes. */
export function signed(timestamp: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const prefix = new TextEncoder().encode(`${timestamp}.`);
  const bytes = new Uint8Array(prefix.length + body.length);
  bytes.set(prefix);
  bytes.set(body, prefix.length);
  return bytes;
}
