import { AlienError } from "@alienplatform/core";
import { type Meaning as CommonMeaning, commonErrors, skewed } from "../common-errors.ts";
import { faultOf, OUT_OF_TIME } from "../errors.ts";

/** `fix`: where a message is delayed. */
interface Meaning extends CommonMeaning {
  /** Where what is delayed is counted or purged; the same where there is none. */
  readonly operating?: string;
}

/** What was asked for: senders make schedules, and operators list and delete them, with other rights. */
export type SchedulerWork = "send" | "operate";

const unavailable: Meaning = {
  code: "SERVICE_UNAVAILABLE",
  retryable: true,
  fix: "Try again later; see https://health.aws.amazon.com for the state of EventBridge Scheduler.",
};
const unreachable: Meaning = {
  code: "SERVICE_UNAVAILABLE",
  retryable: true,
  fix: "Look at the network: does EventBridge Scheduler answer in this region, or at the endpoint of the binding's scheduler?",
};
const throttled: Meaning = {
  code: "THROTTLED",
  retryable: true,
  fix: "Send fewer delayed messages at a time, or ask AWS for a higher request rate of CreateSchedule.",
  operating:
    "Try again a little later, or ask AWS for a higher request rate of ListSchedules and DeleteSchedule.",
};
const denied: Meaning = {
  code: "PERMISSION_DENIED",
  retryable: false,
  fix: "Grant this identity the action that the message names: scheduler:CreateSchedule in the queue's schedule group, and iam:PassRole on its role.",
  operating:
    "Grant this identity the action that the message names: scheduler:ListSchedules on all resources, and scheduler:DeleteSchedule in the queue's schedule group.",
};

/**
 * The names of errors, by https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html#API_CreateSchedule_Errors,
 * by https://docs.aws.amazon.com/scheduler/latest/APIReference/CommonErrors.html, and by what Node and the SDK throw themselves.
 */
const meanings: Readonly<Record<string, Meaning>> = {
  ...commonErrors({ unavailable, unreachable }),
  AccessDenied: denied,
  AccessDeniedException: denied,
  NotAuthorized: denied,
  OptInRequired: denied,
  ResourceNotFoundException: {
    code: "UNKNOWN_QUEUE",
    retryable: false,
    fix: "Deploy again: the schedule group that the binding names is not there.",
  },
  ServiceQuotaExceededException: {
    code: "QUOTA_REACHED",
    retryable: false,
    fix: "Let delayed messages become due, or ask for more schedules in this region: https://console.aws.amazon.com/servicequotas",
  },
  ConflictException: {
    code: "NOT_READY",
    retryable: true,
    fix: "Send again a little later: the schedule group is being changed or deleted.",
    operating: "Try again a little later: the schedule is being changed, or its group is.",
  },
  ValidationException: {
    code: "DRIVER_FAILED",
    retryable: false,
    fix: "Set the clock of this machine, since a time that has passed is refused; else report this error with its cause.",
    operating: "Report this error with its cause.",
  },
  Throttling: throttled,
  ThrottlingException: throttled,
  TooManyRequestsException: throttled,
  InternalFailure: unavailable,
  InternalServerException: unavailable,
  ServiceUnavailable: unavailable,
};

const unknown: Meaning = {
  code: "DRIVER_FAILED",
  retryable: false,
  fix: "Report this error with its cause: EventBridge Scheduler refused what the driver asked for.",
};

/** Of a role that was made seconds ago: "The execution role you provide must allow AWS EventBridge Scheduler to assume the role." */
const NOT_YET = /must allow .* to assume the role/i;
const soon: Meaning = {
  code: "NOT_READY",
  retryable: true,
  fix: "Send again a little later: a role takes some seconds to be known everywhere. After that, deploy again.",
};

/** Translates once, at the edge; `doing` names the call and the queue, and `work` chooses the fix. */
export function schedulerError(
  work: SchedulerWork,
  doing: string,
  thrown: unknown,
  signal?: AbortSignal,
): AlienError {
  const { name: said, message = "", status = 0 } = faultOf(thrown);
  // A signal may fire with any reason.
  const name = signal?.aborted ? "AbortError" : said;
  const byStatus = status === 429 ? throttled : status >= 500 ? unavailable : unknown;
  const byText = OUT_OF_TIME.test(message) ? skewed : NOT_YET.test(message) ? soon : undefined;
  const meaning: Meaning = byText ?? meanings[name] ?? byStatus;
  const { code, retryable, fix, operating = fix } = meaning;
  const text = code === "ABORTED" ? "it was aborted" : `${name}: ${message}`;
  return new AlienError(code, `${doing} failed: ${text}`, {
    fix: work === "send" ? fix : operating,
    retryable,
    details: { service: "EventBridge Scheduler", error: name },
    cause: thrown,
  });
}
