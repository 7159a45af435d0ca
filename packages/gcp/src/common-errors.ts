import type { ErrorCode } from "@alienplatform/core";

/** What a refusal of Google's says in our words. */
export interface Meaning {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly fix: string;
}

/** Google does not know who asks. */
export const unidentified: Meaning = {
  code: "PERMISSION_DENIED",
  retryable: false,
  fix: "Give this process credentials: a service account, GOOGLE_APPLICATION_CREDENTIALS, or gcloud auth application-default login.",
};

/** The service does not answer as it should, for now. */
export function away(service: string): Meaning {
  return {
    code: "SERVICE_UNAVAILABLE",
    retryable: true,
    fix: `Look at the network, at an endpoint that the binding names, and at https://status.cloud.google.com for the state of ${service}.`,
  };
}

/** What the names of statuses mean of every service over REST: https://cloud.google.com/apis/design/errors#error_codes */
export function commonStatuses(service: string): Readonly<Record<string, Meaning>> {
  const unavailable = away(service);
  return {
    // Of writes of one document at once each may be tried again.
    ABORTED: unavailable,
    CANCELLED: unavailable,
    DEADLINE_EXCEEDED: unavailable,
    INTERNAL: unavailable,
    UNAVAILABLE: unavailable,
    UNKNOWN: unavailable,
    UNAUTHENTICATED: unidentified,
  };
}
