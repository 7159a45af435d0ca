import { AlienError, type ErrorCode } from "@alienplatform/core";
import { isServiceBusError, type ServiceBusErrorCode } from "@azure/service-bus";

interface Translation {
  readonly code: ErrorCode;
  /** What happened, after the queue's name. */
  readonly text: string;
  readonly fix: string;
  readonly retryable: boolean;
}

const away: Translation = {
  code: "SERVICE_UNAVAILABLE",
  text: "Service Bus did not answer",
  fix: "Look at the namespace's health and at the network between; the call may be repeated.",
  retryable: true,
};

const lost: Translation = {
  code: "RECEIPT_EXPIRED",
  text: "the loan is over: its lock has ended, or the message is gone",
  fix: "Receive the message again; declare a longer .lease(), or extend it.",
  retryable: false,
};

const forbidden: Translation = {
  code: "PERMISSION_DENIED",
  text: "Service Bus refuses these credentials",
  fix: "Grant Azure Service Bus Data Sender to who sends, Data Receiver to who receives, and Data Owner to who counts.",
  retryable: false,
};

const missing: Translation = {
  code: "UNKNOWN_QUEUE",
  text: "the namespace has no such queue",
  fix: "Deploy the stack, or correct the binding.",
  retryable: false,
};

const busy: Translation = {
  code: "THROTTLED",
  text: "Service Bus is busy and asks for fewer calls",
  fix: "Send less at a time, or use a Premium namespace with more messaging units.",
  retryable: true,
};

const full: Translation = {
  code: "STORAGE_FULL",
  text: "the queue or the namespace has reached a quota",
  fix: "Consume or purge what waits, or raise the queue's size.",
  retryable: false,
};

/** By ServiceBusError's code. */
const byCode: Readonly<Record<ServiceBusErrorCode, Translation | undefined>> = {
  MessagingEntityNotFound: missing,
  MessageLockLost: lost,
  MessageNotFound: lost,
  SessionLockLost: lost,
  SessionCannotBeLocked: { ...away, text: "another receiver holds the session" },
  MessageSizeExceeded: {
    code: "MESSAGE_TOO_LARGE",
    text: "the message is larger than Service Bus accepts here",
    fix: "Put the payload in storage and send its key.",
    retryable: false,
  },
  MessagingEntityDisabled: {
    code: "QUEUE_PAUSED",
    text: "the queue is disabled",
    fix: "Activate it in the portal, or with az servicebus queue update --status Active.",
    retryable: false,
  },
  MessagingEntityAlreadyExists: undefined,
  QuotaExceeded: full,
  ServiceBusy: busy,
  ServiceTimeout: away,
  ServiceCommunicationProblem: away,
  UnauthorizedAccess: forbidden,
  GeneralError: undefined,
};

/** By the name of an error that comes without such a code: of the SDK below, of ours for it, of the credentials, of HTTP. */
const byName: Readonly<Record<string, Translation>> = {
  MessagingError: away,
  OperationTimeoutError: away,
  ConnectionCutError: away,
  AnswerLostError: away,
  UnansweredError: away,
  AuthenticationError: forbidden,
  CredentialUnavailableError: forbidden,
  AuthenticationRequiredError: forbidden,
};

/** What the SDK says in words alone, of a connection or a link that was cut while it was used or opened. */
const cut = [
  /^Unknown error (encountered|occurred on the AMQP connection)/,
  /\b(EPIPE|ECONNRESET|ECONNREFUSED|ETIMEDOUT)\b/,
  /^(SenderBusyError|DetachForcedError)/,
];

const byStatus: Readonly<Record<number, Translation>> = {
  401: forbidden,
  403: forbidden,
  404: missing,
  429: busy,
  500: away,
  502: away,
  503: away,
  504: away,
};

/** Anything that Service Bus or its SDK threw, once. The vendor's own error stays in `cause`. */
export function translate(thrown: unknown, queue: string): AlienError {
  if (thrown instanceof AlienError) return thrown;
  if (thrown instanceof Error && thrown.name === "AbortError") {
    const text = "the call was aborted; whether it was carried out is unknown";
    return new AlienError("ABORTED", text, { cause: thrown });
  }
  const known = find(thrown);
  if (known !== undefined) {
    const { code, text, fix, retryable } = known;
    return new AlienError(code, `queue "${queue}": ${text}`, { fix, retryable, cause: thrown });
  }
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  return new AlienError("DRIVER_FAILED", `queue "${queue}": Service Bus failed with ${name}`, {
    fix: "Look at the cause.",
    // Without a code the SDK still says whether it would try again.
    retryable: isServiceBusError(thrown) && thrown.retryable,
    cause: thrown,
  });
}

/** Whether there was no session to accept within the time that was waited: no failure. */
export function isNoSession(thrown: unknown): boolean {
  if (!isServiceBusError(thrown)) return false;
  return thrown.code === "ServiceTimeout" || thrown.code === "SessionCannotBeLocked";
}

function find(thrown: unknown): Translation | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const byText = cut.some((text) => text.test(thrown.message)) ? away : undefined;
  if (isServiceBusError(thrown)) return byCode[thrown.code] ?? byText;
  // HTTP errors carry it.
  const { statusCode } = thrown as Error & { readonly statusCode?: number };
  return (
    (statusCode === undefined ? undefined : byStatus[statusCode]) ?? byName[thrown.name] ?? byText
  );
}

/** Whether the SDK refuses to settle twice what it knows to be settled. */
export function isAlreadySettled(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.message.includes("already settled");
}
