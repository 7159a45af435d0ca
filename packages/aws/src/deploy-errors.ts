import { AlienError, type ErrorCode } from "@alienplatform/core";
import { deniedError } from "./denied.ts";
import { faultOf, OUT_OF_TIME, type SqsFault } from "./errors.ts";

/** What a service of AWS said of a call; `SqsFault` is the same of SQS's messages. */
type Fault = SqsFault;

interface Meaning {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly fix: string;
  /** How long to wait at least, where AWS says so. */
  readonly retryAfterMs?: number;
}

const expired: Meaning = {
  code: "CREDENTIALS_EXPIRED",
  retryable: false,
  fix: "Sign in again (aws sso login, or the way you got the session), then deploy again: it goes on from here.",
};
const unidentified: Meaning = {
  code: "CREDENTIALS_MISSING",
  retryable: false,
  fix: "Give this process credentials that AWS knows: aws sso login, AWS_PROFILE, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a role.",
};
const skewed: Meaning = {
  code: "CLOCK_SKEWED",
  // The SDK learns AWS's time from the answer, and signs the next call by it.
  retryable: true,
  fix: "Set the clock of this machine: AWS takes requests signed within 5 minutes of its own time.",
};
const region: Meaning = {
  code: "REGION_INVALID",
  retryable: false,
  fix: "Name a region with --region or AWS_REGION (eu-central-1, us-east-1), or enable it for the account: https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html",
};
const throttled: Meaning = {
  code: "THROTTLED",
  retryable: true,
  fix: "Deploy again a little later, while less is deployed in this account and region.",
};
const quota: Meaning = {
  code: "QUOTA_REACHED",
  retryable: false,
  fix: "Remove what is not needed, or ask for a higher quota: https://console.aws.amazon.com/servicequotas",
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
  fix: "Deploy again a little later: AWS has not finished what it was asked before.",
};
const unavailable: Meaning = {
  code: "SERVICE_UNAVAILABLE",
  retryable: true,
  fix: "Try again later; see https://health.aws.amazon.com for the state of the service.",
};
const unreachable: Meaning = {
  code: "SERVICE_UNAVAILABLE",
  retryable: true,
  fix: "Look at the network, at the region, and at AWS_ENDPOINT_URL where it is set: does AWS, or the emulator, answer there?",
};

/**
 * The names of errors: https://docs.aws.amazon.com/awsconsolehelpdocs/latest/gsg/common-errors.html, the actions' own pages,
 * and what Node and the SDK throw themselves. What `read` and `delete` take for "gone" never comes here, so that what is
 * missing here is not there yet, or not any more: the step looks again.
 */
const meanings: Readonly<Record<string, Meaning>> = {
  ExpiredToken: expired,
  ExpiredTokenException: expired,
  RequestExpired: skewed,
  RequestTimeTooSkewed: skewed,
  AuthFailure: unidentified,
  CredentialsProviderError: unidentified,
  IncompleteSignature: unidentified,
  InvalidAccessKeyId: unidentified,
  InvalidClientTokenId: unidentified,
  InvalidSignatureException: unidentified,
  MissingAuthenticationToken: unidentified,
  MissingAuthenticationTokenException: unidentified,
  SignatureDoesNotMatch: unidentified,
  TokenProviderError: unidentified,
  UnrecognizedClientException: unidentified,
  OptInRequired: region,
  PriorRequestNotComplete: throttled,
  RequestLimitExceeded: throttled,
  RequestThrottled: throttled,
  RequestThrottledException: throttled,
  SlowDown: throttled,
  Throttling: throttled,
  ThrottlingException: throttled,
  TooManyRequestsException: throttled,
  TooManyUpdates: throttled,
  CodeStorageExceededException: quota,
  // Of IAM and CloudWatch Logs, which throttle by other names.
  LimitExceeded: quota,
  LimitExceededException: quota,
  OverLimit: quota,
  ParameterLimitExceeded: quota,
  PolicyLengthExceededException: quota,
  ServiceQuotaExceededException: quota,
  EntityAlreadyExists: taken,
  EntityAlreadyExistsException: taken,
  ParameterAlreadyExists: taken,
  QueueAlreadyExists: taken,
  QueueNameExists: taken,
  ResourceAlreadyExistsException: taken,
  // A function or mapping that is there already, as well as one that is being changed: looking again serves both.
  ResourceConflictException: soon,
  ConcurrentModification: soon,
  ConflictException: soon,
  ConditionalRequestConflict: soon,
  ConcurrentModificationException: soon,
  DeleteConflict: soon,
  DeleteConflictException: soon,
  EntityTemporarilyUnmodifiable: soon,
  EntityTemporarilyUnmodifiableException: soon,
  NoSuchEntity: soon,
  NoSuchEntityException: soon,
  OperationAbortedException: soon,
  ParameterNotFound: soon,
  QueueDoesNotExist: soon,
  "AWS.SimpleQueueService.NonExistentQueue": soon,
  ResourceInUseException: soon,
  ResourceNotFoundException: soon,
  ResourceNotReadyException: soon,
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
  QueueDeletedRecently: { ...soon, retryAfterMs: 60_000 },
  "AWS.SimpleQueueService.QueueDeletedRecently": { ...soon, retryAfterMs: 60_000 },
  KMSThrottlingException: throttled,
  InternalError: unavailable,
  InternalFailure: unavailable,
  RequestTimeout: unavailable,
  RequestTimeoutException: unavailable,
  ServiceException: unavailable,
  ServiceUnavailable: unavailable,
  ServiceUnavailableException: unavailable,
  SyntaxError: unavailable, // an answer that is not AWS's: a proxy's page, or half of one
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

/** What is told apart by its text alone, and goes before the names. */
const byText: readonly (readonly [RegExp, Meaning])[] = [
  [/region is missing|not a valid (hostname|host label)/i, region],
  [OUT_OF_TIME, skewed],
  [/(token|session|credentials?)[^.]* (has |is |have |are )?expired|aws sso login/i, expired],
  // A role and its policy take some seconds to be known everywhere.
  [/role defined for the function cannot be assumed/i, soon],
  [/execution role does not have permissions to call/i, soon],
  [/dead letter target does not exist|could not find dlq/i, soon],
  // Attributes of queues take up to 60 seconds, and plan keeps the queue's above the function's.
  [/queue visibility timeout: .* is less than function timeout/i, soon],
  [/sqs error code: AWS.SimpleQueueService.NonExistentQueue/i, soon],
  [
    /UnreservedConcurrentExecution below its minimum/i,
    {
      ...quota,
      fix: "Ask for a higher quota of concurrent executions (https://console.aws.amazon.com/servicequotas), or ask for less with .concurrency().",
    },
  ],
];

/** Translates once, at the edge; `doing` says which action on which resource it was. Ours stay as they are. */
export function deployError(thrown: unknown, doing: string): AlienError {
  if (thrown instanceof AlienError) return thrown;
  const fault = faultOf(thrown);
  const denied = deniedError(fault, doing);
  if (denied !== undefined) return denied;
  const { code, retryable, fix, retryAfterMs } = meaningOf(fault);
  const { name, message = "", cause } = fault;
  return new AlienError(code, `${doing} failed: ${message === "" ? name : `${name}: ${message}`}`, {
    fix,
    retryable,
    details: {
      service: "AWS",
      error: name,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    },
    cause,
  });
}

function meaningOf({ name, message = "", status = 0 }: Fault): Meaning {
  const known = byText.find(([text]) => text.test(message))?.[1] ?? meanings[name];
  if (known !== undefined) return known;
  if (status === 429) return throttled;
  if (status >= 500) return unavailable;
  return {
    code: "PLATFORM_REFUSED",
    retryable: false,
    fix: "Change what AWS names in alien.ts; where alien.ts does not say it, report this error with its cause.",
  };
}
