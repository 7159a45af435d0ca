import { AlienError } from "@alienplatform/core";
import { commonErrors, type Meaning, skewed } from "./common-errors.ts";

const WAIT = "Try again later; see https://health.aws.amazon.com for the state of SQS.";
const unavailable: Meaning = { code: "SERVICE_UNAVAILABLE", retryable: true, fix: WAIT };
const unreachable: Meaning = {
  code: "SERVICE_UNAVAILABLE",
  retryable: true,
  fix: "Look at the network, and at the host of the binding's url or endpoint: does SQS, or the emulator, answer there?",
};
const throttled: Meaning = {
  code: "THROTTLED",
  retryable: true,
  fix: "Send less at a time, or ask AWS for a higher quota of SQS.",
};
const denied: Meaning = {
  code: "PERMISSION_DENIED",
  retryable: false,
  fix: "Grant this identity the action that the message names, on this queue.",
};
const gone: Meaning = {
  code: "UNKNOWN_QUEUE",
  retryable: false,
  fix: "Deploy again: the queue that the binding names is not there.",
};
const key: Meaning = {
  code: "PERMISSION_DENIED",
  retryable: false,
  fix: "Let this identity use the KMS key that encrypts the queue, and enable the key.",
};
const expired: Meaning = {
  code: "RECEIPT_EXPIRED",
  retryable: false,
  fix: "Do nothing: the message comes back, or is gone. A longer .lease() makes this rarer.",
};
const tooLarge: Meaning = {
  code: "MESSAGE_TOO_LARGE",
  retryable: false,
  fix: "Put the payload in storage and send its key.",
};

/**
 * The names of errors, by https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html, by the
 * pages of the actions there, and by what Node and the SDK throw themselves. A batch's entries have the same ones.
 */
const meanings: Readonly<Record<string, Meaning>> = {
  ...commonErrors({ unavailable, unreachable }),
  AccessDenied: denied,
  AccessDeniedException: denied,
  NotAuthorized: denied,
  OptInRequired: denied,
  InvalidAddress: gone,
  NonExistentQueue: gone,
  "AWS.SimpleQueueService.NonExistentQueue": gone,
  QueueDoesNotExist: gone,
  QueueDeletedRecently: gone,
  ResourceNotFoundException: gone,
  KmsAccessDenied: key,
  KmsDisabled: key,
  KmsInvalidKeyUsage: key,
  KmsInvalidState: key,
  KmsNotFound: key,
  KmsOptInRequired: key,
  KmsThrottled: throttled,
  KMSThrottlingException: throttled,
  OverLimit: {
    code: "THROTTLED",
    retryable: true,
    fix: "Settle what is on loan: SQS lends at most 120,000 messages of a queue at once.",
  },
  PurgeQueueInProgress: {
    code: "THROTTLED",
    retryable: true,
    fix: "Wait 60 seconds: SQS purges a queue once in that time.",
  },
  RequestLimitExceeded: throttled,
  RequestThrottled: throttled,
  Throttling: throttled,
  ThrottlingException: throttled,
  TooManyRequestsException: throttled,
  InternalError: unavailable,
  InternalFailure: unavailable,
  ServiceUnavailable: unavailable,
  RequestTimeout: unavailable,
  MessageNotInflight: expired,
  ReceiptHandleIsInvalid: expired,
  BatchRequestTooLong: tooLarge,
};

/**
 * What is told apart by its text alone: of SQS, which says InvalidParameterValue of many things, and of the SDK.
 * https://repost.aws/knowledge-center/sqs-receipt-handle-error
 */
const byText: readonly (readonly [RegExp, Meaning])[] = [
  [/^Invalid MD5 checksum/, unavailable], // what the SDK found was changed on the way
  [/must be shorter than/i, tooLarge],
  [/receipt ?handle|does not exist or is not available for visibility/i, expired],
  [
    /Total VisibilityTimeout/i,
    {
      code: "UNSUPPORTED",
      retryable: false,
      fix: "Let the message come back and go on then: SQS lends one for 12 hours from its receipt, extensions and retries included.",
    },
  ],
];

/**
 * Said under several names, by most of which a key is wrong.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html
 */
export const OUT_OF_TIME = /signature (expired|not yet current)/i;

/** What SQS said of a call, or of one entry of a batch. */
export interface SqsFault {
  /** The name of an error, or its code in Node. */
  readonly name: string;
  readonly message?: string | undefined;
  /** Whether the same call is wrong for ever, where SQS says so. */
  readonly senderFault?: boolean | undefined;
  readonly status?: number | undefined;
  readonly cause?: unknown;
}

/** Translates once, at the edge; `doing` names the call and the queue. */
export function toAlienError(doing: string, fault: SqsFault): AlienError {
  const { code, retryable, fix } = meaningOf(fault);
  const { name, message = "", cause } = fault;
  const said = message === "" ? name : `${name}: ${message}`;
  return new AlienError(code, `${doing} failed: ${withoutReceipts(said)}`, {
    fix,
    retryable,
    details: { service: "SQS", error: name },
    cause,
  });
}

/** The same of what a call threw; ours stay as they are. */
export function thrownError(doing: string, thrown: unknown): AlienError {
  if (thrown instanceof AlienError) return thrown;
  return toAlienError(doing, faultOf(thrown));
}

function meaningOf({ name, message = "", senderFault, status = 0 }: SqsFault): Meaning {
  if (OUT_OF_TIME.test(message)) return skewed;
  const known = meanings[name] ?? byText.find(([text]) => text.test(message))?.[1];
  if (known !== undefined) return known;
  if (status === 429) return throttled;
  if (status >= 500 || senderFault === false) return unavailable;
  return {
    code: "DRIVER_FAILED",
    retryable: false,
    fix: "Report this error with its cause: SQS refused what the driver asked for.",
  };
}

/** What a call threw, as a fault. */
export function faultOf(thrown: unknown): SqsFault {
  // Every thrown value may be read so; what it lacks is undefined.
  const error = (thrown ?? {}) as {
    readonly name?: string;
    readonly code?: string;
    readonly message?: string;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  const named = error.name !== undefined && error.name !== "Error" ? error.name : error.code;
  return {
    name: named ?? "Error",
    message: error.message ?? String(thrown),
    status: error.$metadata?.httpStatusCode,
    cause: thrown,
  };
}

/** SQS quotes a receipt that it refuses: whoever has it may delete the message. */
function withoutReceipts(text: string): string {
  return text.replaceAll(/[A-Za-z0-9+/=_-]{60,}/g, "…");
}
