import { AlienError } from "@alienplatform/core";

/** What a signature header says. */
export interface ReadSignature {
  /** Seconds since the epoch, as it stands there. */
  readonly timestamp: string;
  /** One, or several while the sender replaces its secret. */
  readonly signatures: readonly Uint8Array<ArrayBuffer>[];
}

/** More is nothing that a sender writes, and each would cost a hash over the body. */
const MOST_SIGNATURES = 5;

/** Reads "t=<seconds>,v1=<64 hexadecimal digits>"; parts of other names are left to later versions. */
export function readSignature(header: string | undefined): ReadSignature {
  if (header === undefined || header === "") {
    throw signatureInvalid("missing", "the request has no x-alien-signature header");
  }
  const parts = header.split(",").map((part) => part.trim());
  const valuesOf = (name: string) =>
    parts.filter((part) => part.startsWith(`${name}=`)).map((part) => part.slice(name.length + 1));
  const [timestamp = "", ...others] = valuesOf("t");
  const signatures = valuesOf("v1");
  const good =
    others.length === 0 &&
    /^\d{1,12}$/.test(timestamp) &&
    signatures.length > 0 &&
    signatures.length <= MOST_SIGNATURES &&
    signatures.every((each) => /^[\da-f]{64}$/.test(each));
  if (!good) {
    throw signatureInvalid("malformed", "the x-alien-signature header is not t=<seconds>,v1=<hex>");
  }
  return {
    timestamp,
    signatures: signatures.map(bytesOf),
  };
}

/** Not every runtime has Buffer. */
function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
    Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16),
  );
}

/** Says why a request is refused; never what was expected of it. */
export function signatureInvalid(
  reason: "missing" | "malformed" | "expired" | "mismatch",
  message: string,
): AlienError {
  return new AlienError("SIGNATURE_INVALID", message, {
    fix: "Answer 401 and do nothing else; docs/http-consumers.md says what may be wrong.",
    details: { reason },
  });
}
