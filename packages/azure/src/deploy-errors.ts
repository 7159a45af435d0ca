import { AlienError, type ErrorCode } from "@alienplatform/core";

interface Meaning {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly fix: string;
  /** How long to wait at least, where Azure says so. */
  readonly retryAfterMs?: number;
}

const expired: Meaning = {
  code: "CREDENTIALS_EXPIRED",
  retryable: false,
  fix: "Sign in again (az login, or the way you got the session), then deploy again: it goes on from here.",
};
const unidentified: Meaning = {
  code: "CREDENTIALS_MISSING",
  retryable: false,
  fix: "Give this process credentials that Azure knows: az login, AZURE_CLIENT_ID with AZURE_TENANT_ID and AZURE_CLIENT_SECRET, or a managed identity.",
};
const subscription: Meaning = {
  code: "CREDENTIALS_MISSING",
  retryable: false,
  fix: "Set AZURE_SUBSCRIPTION_ID to a subscription that these credentials may see: az account list --output table.",
};
const region: Meaning = {
  code: "REGION_INVALID",
  retryable: false,
  fix: "Name a region that has Flex Consumption with --region or AZURE_LOCATION: az functionapp list-flexconsumption-locations --output table.",
};
const unregistered: Meaning = {
  code: "PLATFORM_REFUSED",
  retryable: false,
  fix: "Register the provider that the message names, once for the subscription: az provider register --namespace <provider> --wait.",
};
const throttled: Meaning = {
  code: "THROTTLED",
  retryable: true,
  fix: "Deploy again a little later, while less is deployed in this subscription.",
};
const quota: Meaning = {
  code: "QUOTA_REACHED",
  retryable: false,
  fix: "Remove what is not needed, or ask for a higher quota: https://portal.azure.com/#view/Microsoft_Azure_Capacity/QuotaMenuBlade",
};
const taken: Meaning = {
  code: "NAME_TAKEN",
  // It was not there a moment ago, when it was read: looking again tells whose it is.
  retryable: true,
  fix: "Plan again: what is there now was made meanwhile, or by an earlier try.",
};
const takenByOthers: Meaning = {
  code: "NAME_TAKEN",
  retryable: false,
  fix: "Somebody else in the world has this name: give the stack or the stage another one.",
};
const assigned: Meaning = {
  code: "NAME_TAKEN",
  retryable: false,
  fix: "Somebody has assigned this very role there: take theirs away, az role assignment delete, so that deploy keeps its own.",
};
const soon: Meaning = {
  code: "NOT_READY",
  retryable: true,
  fix: "Deploy again a little later: Azure has not finished what it was asked before.",
};
const unavailable: Meaning = {
  code: "SERVICE_UNAVAILABLE",
  retryable: true,
  fix: "Try again later; see https://azure.status.microsoft for the state of the service.",
};
const unreachable: Meaning = {
  code: "SERVICE_UNAVAILABLE",
  retryable: true,
  fix: "Look at the network, and at AZURE_RESOURCE_MANAGER_URL where it is set: does Azure, or the emulator, answer there?",
};

/**
 * The codes of errors: https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors, the
 * services' own pages, and what Node and the clients throw themselves. What `read` and `delete` take for "gone" never comes
 * here, so that what is missing here is not there yet, or not any more: the step looks again.
 */
const meanings: Readonly<Record<string, Meaning>> = {
  ExpiredAuthenticationToken: expired,
  AuthenticationFailed: unidentified,
  AuthenticationRequiredError: unidentified,
  CredentialUnavailableError: unidentified,
  AggregateAuthenticationError: unidentified,
  AuthenticationError: unidentified,
  ChainedTokenCredential: unidentified,
  InvalidAuthenticationToken: unidentified,
  InvalidAuthenticationTokenTenant: subscription,
  SubscriptionNotFound: subscription,
  InvalidSubscriptionId: subscription,
  LocationNotAvailableForResourceType: region,
  LocationNotAvailableForResourceGroup: region,
  InvalidLocation: region,
  InvalidResourceLocation: region,
  MissingSubscriptionRegistration: unregistered,
  NoRegisteredProviderFound: unregistered,
  SubscriptionNotRegistered: unregistered,
  OperationNotAllowed: quota,
  QuotaExceeded: quota,
  SubscriptionQuotaExceeded: quota,
  RoleAssignmentLimitExceeded: quota,
  MessagingGatewayTooManyRequests: throttled,
  SubscriptionRequestsThrottled: throttled,
  TooManyRequests: throttled,
  StorageAccountAlreadyExists: taken,
  RoleAssignmentExists: assigned,
  StorageAccountAlreadyTaken: takenByOthers,
  NamespaceUnavailable: takenByOthers,
  NameNotAvailable: takenByOthers,
  VaultAlreadyExists: takenByOthers,
  // An identity that was just made is not known everywhere for some minutes.
  PrincipalNotFound: soon,
  AnotherOperationInProgress: soon,
  OperationPreempted: soon,
  ParentResourceNotFound: soon,
  ReferencedResourceNotProvisioned: soon,
  ResourceGroupBeingDeleted: soon,
  ResourceGroupNotFound: soon,
  ResourceNotFound: soon,
  AccountIsDisabled: soon,
  RetryableError: soon,
  StorageAccountOperationInProgress: soon,
  TableBeingDeleted: soon,
  Conflict: soon,
  NotFound: soon,
  InternalServerError: unavailable,
  REQUEST_SEND_ERROR: unavailable,
  PARSE_ERROR: unavailable, // an answer that is not Azure's: a proxy's page, or half of one
  TimeoutError: unavailable,
  EAI_AGAIN: unavailable,
  ECONNREFUSED: unreachable,
  ECONNRESET: unavailable,
  ENETUNREACH: unreachable,
  ENOTFOUND: unreachable,
  EPIPE: unavailable,
  ETIMEDOUT: unavailable,
  AbortError: {
    code: "ABORTED",
    retryable: false,
    fix: "Deploy again: whether the call was carried out is unknown, and it takes up from what is there.",
  },
};

/** What is told apart by its text alone, and goes before the codes. */
const byText: readonly (readonly [RegExp, Meaning])[] = [
  [/AADSTS(700082|70043|50173|700084)|az login/i, expired],
  [/does not have enough resources|quota|exceeds? the (limit|maximum)/i, quota],
];

/** "The client 'who' with object id 'id' does not have authorization to perform action 'x' over scope 'y'" */
const WHO = /client '([^']+)'/;
const ACTION = /perform action '([^']+)'/;
const SCOPE = /over scope '([^']+)'/;

interface Fault {
  readonly code: string;
  readonly message: string;
  readonly status: number;
  readonly retryAfterMs?: number;
  readonly cause: unknown;
}

/** Translates once, at the edge; `doing` says which action on which resource it was. Ours stay as they are. */
export function deployError(thrown: unknown, doing: string): AlienError {
  if (thrown instanceof AlienError) return thrown;
  const fault = faultOf(thrown);
  const denied = deniedError(fault, doing);
  if (denied !== undefined) return denied;
  const { code, retryable, fix } = meaningOf(fault);
  const { message, cause, retryAfterMs } = fault;
  const text = message === "" ? fault.code : `${fault.code}: ${message}`;
  return new AlienError(code, `${doing} failed: ${text}`, {
    fix,
    retryable,
    details: {
      service: "Azure",
      error: fault.code,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    },
    cause,
  });
}

/** What Azure forbids, with the line that would allow it. Right after a role was assigned it may pass by itself. */
function deniedError(
  { code, message, status, cause }: Fault,
  doing: string,
): AlienError | undefined {
  if (status !== 403 && code !== "AuthorizationFailed") return undefined;
  const [who, action, scope] = [WHO, ACTION, SCOPE].map((pattern) => pattern.exec(message)?.[1]);
  const fix =
    action === undefined
      ? "Assign a role that allows it, on the resource group or the subscription; see the package's README for the roles of a deployer."
      : `Assign a role that has ${action} to ${who ?? "this identity"}: az role assignment create --assignee ${who ?? "<who>"} --role <role> --scope ${scope ?? "<scope>"}; it takes some minutes to be known.`;
  return new AlienError(
    "PERMISSION_DENIED",
    `${doing} failed: ${message === "" ? code : message}`,
    {
      fix,
      details: {
        service: "Azure",
        error: code,
        ...(who === undefined ? {} : { identity: who }),
        ...(action === undefined ? {} : { action }),
        ...(scope === undefined ? {} : { resource: scope }),
      },
      cause,
    },
  );
}

function meaningOf({ code, message, status }: Fault): Meaning {
  const known = byText.find(([text]) => text.test(message))?.[1] ?? meanings[code];
  if (known !== undefined) return known;
  if (status === 401) return unidentified;
  if (status === 404 || status === 409 || status === 412) return soon;
  if (status === 429) return throttled;
  if (status >= 500 || status === 408) return unavailable;
  return {
    code: "PLATFORM_REFUSED",
    retryable: false,
    fix: "Change what Azure names in alien.ts; where alien.ts does not say it, report this error with its cause.",
  };
}

/** What Azure's clients throw: a code, a status and the answer's headers where there was an answer. */
function faultOf(thrown: unknown): Fault {
  if (!(thrown instanceof Error)) {
    return { code: "unknown", message: String(thrown), status: 0, cause: thrown };
  }
  const { code, statusCode, response } = thrown as Error & {
    readonly code?: string;
    readonly statusCode?: number;
    readonly response?: { readonly headers?: { get(name: string): string | undefined } };
  }; // RestError of @azure/core-rest-pipeline
  const seconds = Number(response?.headers?.get("retry-after") ?? Number.NaN);
  const isAbort = thrown.name === "AbortError";
  return {
    code: isAbort
      ? "AbortError"
      : (code ?? (statusCode === undefined ? thrown.name : `HTTP ${statusCode}`)),
    message: thrown.message,
    status: statusCode ?? 0,
    ...(Number.isFinite(seconds) ? { retryAfterMs: seconds * 1_000 } : {}),
    cause: thrown,
  };
}
