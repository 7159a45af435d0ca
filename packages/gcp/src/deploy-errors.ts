import { AlienError, type ErrorCode } from "@alienplatform/core";
import { GoogleRefusal } from "./google-refusal.ts";

interface Meaning {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly fix: string;
}

const unidentified: Meaning = {
  code: "CREDENTIALS_MISSING",
  retryable: false,
  fix: "Give this process credentials that Google knows: gcloud auth application-default login, GOOGLE_APPLICATION_CREDENTIALS, or a service account of the machine.",
};
const expired: Meaning = {
  code: "CREDENTIALS_EXPIRED",
  retryable: false,
  fix: "Sign in again (gcloud auth application-default login), then deploy again: it goes on from here.",
};
const throttled: Meaning = {
  code: "THROTTLED",
  retryable: true,
  fix: "Deploy again a little later, while less is deployed in this project.",
};
const quota: Meaning = {
  code: "QUOTA_REACHED",
  retryable: false,
  fix: "Remove what is not needed, or ask for a higher quota: https://console.cloud.google.com/iam-admin/quotas",
};
const taken: Meaning = {
  code: "NAME_TAKEN",
  // It was not there a moment ago, when it was read: looking again tells whose it is.
  retryable: true,
  fix: "Plan again: what is there now was made meanwhile, or by an earlier try.",
};
const soon: Meaning = {
  code: "NOT_READY",
  retryable: true,
  fix: "Deploy again a little later: Google has not finished what it was asked before.",
};
const unavailable: Meaning = {
  code: "SERVICE_UNAVAILABLE",
  retryable: true,
  fix: "Try again later; see https://status.cloud.google.com for the state of the service.",
};
const unreachable: Meaning = {
  code: "SERVICE_UNAVAILABLE",
  retryable: true,
  fix: "Look at the network, and at CLOUDSDK_API_ENDPOINT_OVERRIDES_... where it is set: does Google, or the emulator, answer there?",
};
const aborted: Meaning = {
  code: "ABORTED",
  retryable: false,
  fix: "Deploy again: whether the call was carried out is unknown, and it takes up from what is there.",
};
const denied: Meaning = {
  code: "PERMISSION_DENIED",
  retryable: false,
  fix: "Grant this identity what the message names: the README of @alienplatform/gcp lists what deploying needs.",
};
const refused: Meaning = {
  code: "PLATFORM_REFUSED",
  retryable: false,
  fix: "Change what Google names in alien.ts; where alien.ts does not say it, report this error with its cause.",
};

/**
 * By status: https://cloud.google.com/apis/design/errors#error_codes. What `read` and `delete` take for "gone" never comes
 * here, so that what is missing here is not there yet, or not any more: the step looks again.
 */
const statuses: Readonly<Record<string, Meaning>> = {
  ABORTED: soon,
  ALREADY_EXISTS: taken,
  CANCELLED: aborted,
  DEADLINE_EXCEEDED: unavailable,
  // Cloud Storage: somebody else wrote meanwhile. Others: what it hangs on is being made.
  FAILED_PRECONDITION: soon,
  INTERNAL: unavailable,
  NOT_FOUND: soon,
  PERMISSION_DENIED: denied,
  RESOURCE_EXHAUSTED: throttled,
  UNAUTHENTICATED: expired,
  UNAVAILABLE: unavailable,
  UNKNOWN: unavailable,
};

/** What Node and the libraries throw themselves. */
const names: Readonly<Record<string, Meaning>> = {
  AbortError: aborted,
  TimeoutError: unavailable,
  EAI_AGAIN: unavailable,
  ECONNABORTED: unavailable,
  ECONNREFUSED: unreachable,
  ECONNRESET: unavailable,
  EHOSTUNREACH: unreachable,
  ENETDOWN: unreachable,
  ENETUNREACH: unreachable,
  ENOTFOUND: unreachable,
  EPIPE: unavailable,
  ETIMEDOUT: unavailable,
  SyntaxError: unavailable, // an answer that is not Google's: a proxy's page, or half of one
  ERR_STREAM_PREMATURE_CLOSE: unavailable,
  UND_ERR_BODY_TIMEOUT: unavailable,
  UND_ERR_CONNECT_TIMEOUT: unavailable,
  UND_ERR_HEADERS_TIMEOUT: unavailable,
  UND_ERR_SOCKET: unavailable,
};

/** Nobody's network: it would come again. */
const unknown: Meaning = {
  code: "PLATFORM_REFUSED",
  retryable: false,
  fix: "It is no answer of Google's: report this error with its cause.",
};

const forbiddenByPolicy: Meaning = {
  code: "PLATFORM_REFUSED",
  retryable: false,
  fix: "An organization's policy forbids it: ask whoever keeps it, or do without (a function that everybody may call has .http()).",
};

const protectedByHand: Meaning = {
  code: "PLATFORM_REFUSED",
  retryable: false,
  fix: "Somebody has protected the database at Google. To delete it: gcloud firestore databases update --database=<name> --no-delete-protection, then again.",
};

/** What is told apart by its text alone, and goes before the rest. */
const byText: readonly (readonly [RegExp, Meaning])[] = [
  [/invalid_grant|invalid_rapt|reauth|token has been expired or revoked/i, expired],
  [/could not load the default credentials|default credentials/i, unidentified],
  // A new service account takes up to a minute or more to be known everywhere:
  // https://cloud.google.com/iam/docs/service-accounts-create
  [
    /service account .*does not exist|principal .*does not exist|service account .*not found/i,
    soon,
  ],
  // https://cloud.google.com/resource-manager/docs/organization-policy/restricting-domains
  [/permitted customer|organization policy|constraints\/\w+/i, forbiddenByPolicy],
  // https://cloud.google.com/firestore/docs/manage-databases#delete_protection
  [/delete.protection/i, protectedByHand],
  [/concurrent policy changes/i, soon],
  // A new bucket's objects, and a new grant, likewise: https://cloud.google.com/iam/docs/access-change-propagation
  [/unable to queue the operation|operation is already in progress/i, soon],
];

/** Translates once, at the edge; `doing` says which action on which resource it was. Ours stay as they are. */
export function deployError(thrown: unknown, doing: string): AlienError {
  if (thrown instanceof AlienError) return thrown;
  const { code, retryable, fix } = meaningOf(thrown);
  const { message } = thrown instanceof Error ? thrown : new Error(String(thrown));
  const told = thrown instanceof GoogleRefusal ? thrown : undefined;
  const said = told === undefined ? nameOf(thrown) : told.status;
  return new AlienError(code, `${doing} failed: ${said}: ${message}`, {
    fix,
    retryable,
    details: {
      service: told?.service ?? "Google Cloud",
      error: said,
      ...(told?.retryAfterMs === undefined ? {} : { retryAfterMs: told.retryAfterMs }),
    },
    cause: thrown,
  });
}

function meaningOf(thrown: unknown): Meaning {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const known = byText.find(([pattern]) => pattern.test(text))?.[1];
  if (known !== undefined) return known;
  if (!(thrown instanceof GoogleRefusal))
    return names[nameOf(thrown)] ?? answered(thrown) ?? unknown;
  return disabled(thrown) ?? counted(thrown) ?? statuses[thrown.status] ?? refused;
}

/** Where tokens come from answers by errors of its library's, with the HTTP status. */
function answered(thrown: unknown): Meaning | undefined {
  const { status } = (thrown ?? {}) as { status?: unknown }; // of GaxiosError
  if (status === 429) return throttled;
  return typeof status === "number" && (status >= 500 || status === 408) ? unavailable : undefined;
}

/** An API that nobody has enabled in the project is refused as forbidden. */
function disabled({ reason, metadata, service }: GoogleRefusal): Meaning | undefined {
  if (reason !== "SERVICE_DISABLED") return undefined;
  const name = metadata.service ?? `${service}.googleapis.com`;
  return { ...denied, fix: `Enable the API once: gcloud services enable ${name}` };
}

/** Of what is counted per minute a little later there is more; of the rest there is not. */
function counted({ status, message }: GoogleRefusal): Meaning | undefined {
  if (status !== "RESOURCE_EXHAUSTED") return undefined;
  return /maximum number|limit .*reached|quota .*(services|service account|buckets)/i.test(message)
    ? quota
    : throttled;
}

/** Node wraps what its fetch met. */
function nameOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown;
  const { code } = thrown as { code?: unknown }; // Node's system errors have one
  if (typeof code === "string") return code;
  return thrown.cause instanceof Error && thrown.name === "TypeError"
    ? nameOf(thrown.cause)
    : thrown.name;
}
