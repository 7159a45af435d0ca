import { AlienError } from "@alienplatform/core";
import { googleAuthLibrary } from "google-gax";
import type { PushIdentity } from "../client.ts";

/** Google's public keys, PEM by key id. */
export type Certificates = Readonly<Record<string, string>>;

const ISSUERS = ["accounts.google.com", "https://accounts.google.com"];

/**
 * Verifies the OpenID Connect token that Pub/Sub sends with each push: Google's signature, its time, its audience and
 * its service account; https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions
 */
export class PushVerifier {
  readonly #identity: PushIdentity;
  readonly #certificates: () => Promise<Certificates>;
  readonly #client: InstanceType<typeof googleAuthLibrary.OAuth2Client>;

  /** `certificates` are Google's, fetched and kept as long as Google says, unless told otherwise. */
  constructor(identity: PushIdentity, certificates?: () => Promise<Certificates>) {
    this.#identity = identity;
    this.#client = new googleAuthLibrary.OAuth2Client();
    this.#certificates = certificates ?? (() => this.#googles());
  }

  /** Fails with SIGNATURE_INVALID for a request that Pub/Sub did not send, `details.reason` says why. */
  async verify(authorization: string | undefined): Promise<void> {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1];
    if (token === undefined) throw refused("missing", "has no token");
    const certificates = await this.#certificates();
    const { audience, serviceAccount } = this.#identity;
    const ticket = await this.#client
      .verifySignedJwtWithCertsAsync(token, { ...certificates }, audience, ISSUERS)
      .catch((error: unknown) => {
        // Its text quotes the token.
        throw refused(
          "mismatch",
          "has a token that is not Google's, not for this function or too old",
          error,
        );
      });
    const { email, email_verified: verified } = ticket.getPayload() ?? {};
    if (email === serviceAccount && verified === true) return;
    throw refused("sender", "was sent by another service account than the subscription's");
  }

  async #googles(): Promise<Certificates> {
    try {
      const { certs } = await this.#client.getFederatedSignonCertsAsync();
      // In PEM, as this call asks for them.
      return certs as Certificates;
    } catch (cause) {
      throw new AlienError("SERVICE_UNAVAILABLE", "Google's public keys cannot be fetched", {
        fix: "Let the function reach https://www.googleapis.com/oauth2/v1/certs.",
        retryable: true,
        cause,
      });
    }
  }
}

function refused(reason: string, what: string, cause?: unknown): AlienError {
  return new AlienError("SIGNATURE_INVALID", `a request to the function ${what}`, {
    fix: "Push from the function's own subscription; where that is refused, deploy again.",
    details: { reason },
    ...(cause === undefined ? {} : { cause: nameOf(cause) }),
  });
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
