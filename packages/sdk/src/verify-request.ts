import { type HttpMessage, SIGNATURE_HEADER, signed, signingKey } from "@alienplatform/bindings";
import { AlienError, type Duration, parseDuration } from "@alienplatform/core";
import { readSignature, signatureInvalid } from "./read-signature.ts";

/** A request as frameworks give it: its headers, and its body as it came, before anything parsed it. */
export interface ReceivedRequest {
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string | Uint8Array;
}

export interface VerifyOptions {
  /** How far the signature's time may be from this machine's, in both directions. Default "5m". */
  readonly tolerance?: Duration;
  /** Milliseconds since the epoch; default the system's clock. */
  readonly now?: () => number;
}

/** What was in a request that is what the platform signed. */
export interface VerifiedMessage<T = unknown> extends HttpMessage<T> {
  /** The body itself, for numbers that JavaScript would round. */
  readonly text: string;
}

/**
 * The message of a request, once its signature is found good; reads the body of a Request. The secret is
 * ALIEN_SIGNING_SECRET, or several while it is being replaced. Throws SIGNATURE_INVALID where the request is
 * not, or no longer, what was signed (`details.reason`: "missing", "malformed", "expired" or "mismatch"),
 * and SECRET_MISSING without a secret.
 */
export async function verifyRequest<T = unknown>(
  request: Request | ReceivedRequest,
  secret: string | readonly string[] | undefined,
  options: VerifyOptions = {},
): Promise<VerifiedMessage<T>> {
  const secrets = secretsOf(secret);
  const toleranceMs = parseDuration(options.tolerance ?? "5m", "tolerance");
  const { headers } = request;
  const { timestamp, signatures } = readSignature(headerOf(headers));
  const body = await bodyOf(request);
  const data = signed(timestamp, body);
  if (!(await matches(secrets, signatures, data))) {
    throw signatureInvalid("mismatch", "the signature is not that of this body under this secret");
  }
  const ageMs = (options.now ?? Date.now)() - Number(timestamp) * 1_000;
  if (Math.abs(ageMs) > toleranceMs) {
    const when = `${Math.abs(Math.round(ageMs / 1_000))} s ${ageMs > 0 ? "ago" : "ahead"}`;
    throw signatureInvalid(
      "expired",
      `the request was signed ${when}, which is beyond the tolerance`,
    );
  }
  return messageOf(body);
}

function secretsOf(secret: string | readonly string[] | undefined): readonly string[] {
  const secrets = typeof secret === "string" ? [secret] : (secret ?? []);
  // An empty one would let everybody sign.
  if (secrets.length > 0 && secrets.every((each) => typeof each === "string" && each !== "")) {
    return secrets;
  }
  throw new AlienError("SECRET_MISSING", "there is no secret to verify requests with", {
    fix: "Set ALIEN_SIGNING_SECRET, and write verifyRequest(request, process.env.ALIEN_SIGNING_SECRET).",
    details: { variable: "ALIEN_SIGNING_SECRET" },
  });
}

function headerOf(headers: ReceivedRequest["headers"]): string | undefined {
  if (isHeaders(headers)) return headers.get(SIGNATURE_HEADER) ?? undefined;
  const values = Object.entries(headers)
    .filter(([name]) => name.toLowerCase() === SIGNATURE_HEADER)
    .flatMap(([, value]) => value ?? []);
  return values.length === 0 ? undefined : values.join(",");
}

/** Also those of another implementation than this runtime's own. */
function isHeaders(headers: ReceivedRequest["headers"]): headers is Headers {
  return typeof headers.get === "function";
}

async function bodyOf(request: Request | ReceivedRequest): Promise<Uint8Array> {
  if ("arrayBuffer" in request) {
    if (request.bodyUsed) throw new TypeError(`The body has been read already. ${FORM}`);
    return new Uint8Array(await request.arrayBuffer());
  }
  const { body } = request;
  if (typeof body === "string") return new TextEncoder().encode(body);
  if (body instanceof Uint8Array) return body;
  throw new TypeError(`The body has to be as it came, not what a framework made of it. ${FORM}`);
}

const FORM =
  "Write verifyRequest(request, secret) before anything reads the body, or verifyRequest({ headers, body }, secret) with its text.";

/** WebCrypto compares in constant time. */
async function matches(
  secrets: readonly string[],
  signatures: readonly Uint8Array<ArrayBuffer>[],
  data: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  for (const secret of secrets) {
    const key = await signingKey(secret, "verify");
    for (const signature of signatures) {
      if (await crypto.subtle.verify("HMAC", key, signature, data)) return true;
    }
  }
  return false;
}

function messageOf<T>(body: Uint8Array): VerifiedMessage<T> {
  const text = new TextDecoder().decode(body);
  // Who has the secret writes nothing else.
  return { ...(JSON.parse(text) as HttpMessage<T>), text };
}
