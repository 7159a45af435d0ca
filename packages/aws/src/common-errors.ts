import type { ErrorCode } from "@alienplatform/core";

/** What an error of a service says in our words. */
export interface Meaning {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly fix: string;
}

const unidentified: Meaning = {
  code: "PERMISSION_DENIED",
  retryable: false,
  fix: "Give this process credentials of AWS: a role, AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
};
/** Who asks is not believed for the time that its clock says. */
export const skewed: Meaning = {
  code: "CLOCK_SKEWED",
  // The SDK learns AWS's time from the answer, and signs the next call by it.
  retryable: true,
  fix: "Set the clock of this machine: AWS takes requests signed within 5 minutes of its own time.",
};

/**
 * The names of errors that are the same of every service: of who is not known, by the services' pages of common errors such as
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html, and what Node and the SDK throw
 * themselves.
 */
export function commonErrors({
  unavailable,
  unreachable,
}: {
  /** The service does not answer as it should, for now. */
  readonly unavailable: Meaning;
  /** There is no way to it. */
  readonly unreachable: Meaning;
}): Readonly<Record<string, Meaning>> {
  return {
    ExpiredToken: unidentified,
    ExpiredTokenException: unidentified,
    IncompleteSignature: unidentified,
    IncompleteSignatureException: unidentified,
    InvalidClientTokenId: unidentified,
    InvalidSecurity: unidentified,
    InvalidSignatureException: unidentified,
    MissingAuthenticationToken: unidentified,
    MissingAuthenticationTokenException: unidentified,
    SignatureDoesNotMatch: unidentified,
    UnrecognizedClientException: unidentified,
    CredentialsProviderError: unidentified,
    TokenProviderError: unidentified,
    RequestExpired: skewed,
    RequestTimeTooSkewed: skewed,
    SyntaxError: unavailable, // an answer that is not the service's: a proxy's page, or half of one
    TimeoutError: unavailable,
    ECONNREFUSED: unreachable,
    ECONNRESET: unavailable,
    EAI_AGAIN: unavailable,
    ENETUNREACH: unreachable,
    ENOTFOUND: unreachable,
    EPIPE: unavailable,
    ERR_STREAM_PREMATURE_CLOSE: unavailable,
    ETIMEDOUT: unavailable,
    AbortError: {
      code: "ABORTED",
      retryable: false,
      fix: "Call again: whether the call was carried out is unknown.",
    },
  };
}
