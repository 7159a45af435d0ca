import { AlienError, type ErrorCode } from "@alienplatform/core";
import { ApiRefusal } from "./api-client.ts";
import { permissionOf } from "./token-permissions.ts";

interface Meaning {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly fix: string;
}

const unidentified: Meaning = {
  code: "CREDENTIALS_MISSING",
  retryable: false,
  fix: "Set CLOUDFLARE_API_TOKEN to a token that Cloudflare knows, and that has not expired: https://dash.cloudflare.com/profile/api-tokens",
};
const denied: Meaning = {
  code: "PERMISSION_DENIED",
  retryable: false,
  fix: "Give the token of CLOUDFLARE_API_TOKEN the permissions of https://developers.cloudflare.com/fundamentals/api/reference/permissions/ that docs/deploy.md lists, on this account.",
};
const throttled: Meaning = {
  code: "THROTTLED",
  retryable: true,
  fix: "Deploy again in five minutes: a token makes 1,200 calls in that time, all of its programs together.",
};
const quota: Meaning = {
  code: "QUOTA_REACHED",
  retryable: false,
  fix: "Remove what is not needed, or take a paid plan: https://developers.cloudflare.com/workers/platform/limits/",
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
  fix: "Deploy again a little later: Cloudflare has not finished what it was asked before.",
};
const unavailable: Meaning = {
  code: "SERVICE_UNAVAILABLE",
  retryable: true,
  fix: "Try again later; https://www.cloudflarestatus.com says whether Cloudflare has trouble.",
};
const unreachable: Meaning = {
  code: "SERVICE_UNAVAILABLE",
  retryable: true,
  fix: "Look at the network, and at CLOUDFLARE_API_BASE_URL where it is set: does anybody answer there?",
};
const noAddress: Meaning = {
  code: "PLATFORM_REFUSED",
  retryable: false,
  fix: "Open Workers in the dashboard once, which gives the account its workers.dev subdomain, then deploy again.",
};
const inUse: Meaning = {
  ...soon,
  fix: "Remove what uses it by hand, where that is none of this stage's, then deploy again.",
};

/** Nobody's network: it would come again. */
const unknown: Meaning = {
  code: "PLATFORM_REFUSED",
  retryable: false,
  fix: "It is no answer of Cloudflare's: report this error with its cause.",
};

/**
 * By Cloudflare's codes: https://developers.cloudflare.com/queues/reference/error-codes/ for those of queues, and wrangler's
 * sources and issues for those that no page lists. What `read` and `delete` take for "gone" never comes here, so that what
 * is missing here is not there yet, or not any more: the step looks again.
 */
const byCode: Readonly<Record<number, Meaning>> = {
  // Invalid request headers: a token that is none.
  6003: unidentified,
  9106: unidentified,
  9107: unidentified,
  9109: denied,
  10000: denied,
  10001: unidentified,
  10106: denied,
  7404: soon,
  // "A database with that name already exists": https://github.com/cloudflare/workers-sdk/pull/2143
  7502: taken,
  10007: soon,
  10063: noAddress,
  // "script still in use as a consumer for a queue"
  10064: inUse,
  10104: soon,
  10429: throttled,
  971: throttled,
  11000: soon,
  // The Worker is there, and its handlers are not known yet: https://github.com/alchemy-run/distilled/pull/273
  11001: soon,
  11004: taken,
  11005: inUse,
  11009: taken,
  10027: quota,
  10037: quota,
};

/** By what Node says of a connection that failed. */
const byName: Readonly<Record<string, Meaning>> = {
  AbortError: {
    code: "ABORTED",
    retryable: false,
    fix: "Deploy again: whether the call was carried out is unknown, and it takes up from what is there.",
  },
  TimeoutError: unavailable,
  ECONNREFUSED: unreachable,
  ENOTFOUND: unreachable,
  ENETUNREACH: unreachable,
};

/** Translates once, at the edge; `doing` says which action on which resource it was. Ours stay as they are. */
export function deployError(thrown: unknown, doing: string): AlienError {
  if (thrown instanceof AlienError) return thrown;
  if (thrown instanceof ApiRefusal) return refused(thrown, doing);
  const name = nameOf(thrown);
  const { code, retryable, fix } = byName[name] ?? (isOfTheNetwork(thrown) ? unavailable : unknown);
  return new AlienError(code, `${doing} failed: ${name}`, {
    fix,
    retryable,
    details: { service: "Cloudflare", error: name },
    cause: thrown,
  });
}

function refused(refusal: ApiRefusal, doing: string): AlienError {
  const { status, errors, retryAfterMs, message } = refusal;
  const { code, retryable, fix } = meaningOf(refusal);
  const missing = code === "PERMISSION_DENIED" ? permissionOf(doing) : undefined;
  return new AlienError(code, `${doing} failed: ${message}`, {
    fix:
      missing === undefined
        ? fix
        : `Give the token of CLOUDFLARE_API_TOKEN the permission "${missing}" on this account: https://dash.cloudflare.com/profile/api-tokens`,
    retryable,
    details: {
      service: "Cloudflare",
      status,
      codes: errors.map((each) => each.code),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    },
    cause: refusal,
  });
}

function meaningOf({ status, errors }: ApiRefusal): Meaning {
  const known = errors.map(({ code }) => byCode[code]).find((meaning) => meaning !== undefined);
  if (known !== undefined) return known;
  if (status === 401) return unidentified;
  if (status === 403) return denied;
  if (status === 429) return throttled;
  // Without a code of Cloudflare's it is a proxy's answer, or half of one.
  if (status >= 500 || errors.length === 0) return unavailable;
  return {
    code: "PLATFORM_REFUSED",
    retryable: false,
    fix: "Change what Cloudflare names in alien.ts; where alien.ts does not say it, report this error with its cause.",
  };
}

/**
 * What fetch says of a connection is a TypeError, like a mistake of ours, but with a cause that has a code: of the system's,
 * of TLS or of undici's own. https://fetch.spec.whatwg.org/#concept-network-error
 */
function isOfTheNetwork(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  const { cause } = thrown;
  return (cause instanceof Error && codeOf(cause) !== undefined) || isOfTheSystem(thrown);
}

function isOfTheSystem(error: Error): boolean {
  return /^(E[A-Z]+|UND_ERR_\w+)$/.test(codeOf(error) ?? "");
}

/** What undici knows of a failed connection is in the cause: "ECONNREFUSED". */
function nameOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const { cause } = thrown;
  if (cause instanceof Error) return codeOf(cause) ?? cause.message;
  return codeOf(thrown) ?? thrown.name;
}

/** An exception of the web has a number there, which says less than its name. */
function codeOf(error: Error): string | undefined {
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}
