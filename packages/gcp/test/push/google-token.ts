import { createHmac, createSign, generateKeyPairSync } from "node:crypto";

const KEY_ID = "of-the-test";

/** What Google signs for a service account, signed with a key of the test's own. */
export class TokenIssuer {
  readonly #privateKey: string;
  readonly #publicKey: string;

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", {
      modulusLength: 2_048,
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    this.#privateKey = privateKey;
    this.#publicKey = publicKey;
  }

  /** By key id, as Google serves them. */
  readonly certificates = async () => ({ [KEY_ID]: this.#publicKey });

  /** By who takes the public key, which everybody has, for a secret: the oldest forgery of such a token. */
  forge(claims: Readonly<Record<string, unknown>>): string {
    const signed = written("HS256", claims);
    const signature = createHmac("sha256", this.#publicKey).update(signed).digest("base64url");
    return `${signed}.${signature}`;
  }

  /** https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions#jwt_format */
  issue(claims: Readonly<Record<string, unknown>>): string {
    const signed = written("RS256", claims);
    const signature = createSign("RSA-SHA256").update(signed).sign(this.#privateKey, "base64url");
    return `${signed}.${signature}`;
  }
}

/** Head and claims, to be signed. */
function written(alg: string, claims: Readonly<Record<string, unknown>>): string {
  const now = Math.floor(Date.now() / 1_000);
  const payload = {
    azp: "113774264463038321964",
    email_verified: true,
    exp: now + 3_600,
    iat: now,
    iss: "https://accounts.google.com",
    sub: "113774264463038321964",
    ...claims,
  };
  return [{ alg, kid: KEY_ID, typ: "JWT" }, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
}
