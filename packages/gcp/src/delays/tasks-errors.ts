import { AlienError } from "@alienplatform/core";
import { away, commonStatuses, type Meaning, unidentified } from "../common-errors.ts";
import { ACTS_AS, ENQUEUER, PURGERS, VIEWER } from "./rights.ts";

const refused: Meaning = {
  code: "DRIVER_FAILED",
  retryable: false,
  fix: "Report this error with its cause: Cloud Tasks refused what the driver asked for.",
};
const disabled: Meaning = {
  code: "PERMISSION_DENIED",
  retryable: false,
  fix: "Enable the API once: gcloud services enable cloudtasks.googleapis.com",
};
/**
 * "Queue does not exist. If you just created the queue, wait at least a minute for the queue to initialize." The same is said
 * of one that had no request and no task for 30 days, for a few minutes, NOT_FOUND among others:
 * https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues#State
 */
const asleep: Meaning = {
  code: "NOT_READY",
  retryable: true,
  fix: "Try again in a few minutes: Cloud Tasks needs them for a queue that is new, or had nothing to do for 30 days. Where it stays so, deploy again: the queue of Cloud Tasks that the binding names is not there.",
};

/** By the name of a status: https://cloud.google.com/apis/design/errors#error_codes */
const meanings: Readonly<Record<string, Meaning>> = {
  ...commonStatuses("Cloud Tasks"),
  RESOURCE_EXHAUSTED: {
    code: "THROTTLED",
    retryable: true,
    fix: "Send less at a time, or ask Google for a higher quota of Cloud Tasks.",
  },
  NOT_FOUND: asleep,
  FAILED_PRECONDITION: asleep,
};

/** What Cloud Tasks answered instead, by the name of its status. */
export class TasksFault extends Error {
  readonly status: string;
  /** "SERVICE_DISABLED": what google.rpc.ErrorInfo says beside. */
  readonly reason: string | undefined;

  constructor(status: string, message: string, reason?: string) {
    super(message);
    this.name = "TasksFault";
    this.status = status;
    this.reason = reason;
  }
}

/** What a caller wants of the tasks, each with roles of its own. */
export type TasksUse = "send" | "count" | "purge";

const QUEUE = "on the queue of Cloud Tasks that the binding names";
/** The missing roles, as rights.ts has them. */
const GRANTS: Readonly<Record<TasksUse, string>> = {
  send: `Grant this identity ${ENQUEUER} ${QUEUE}, and ${ACTS_AS} on the service account beside it.`,
  count: `Grant this identity ${VIEWER} ${QUEUE}.`,
  purge: `Grant this identity ${PURGERS.join(" and ")} ${QUEUE}.`,
};

export interface TasksCall {
  readonly use: TasksUse;
  /** Names the call and the queue. */
  readonly doing: string;
}

/** Translates once, at the edge. */
export function tasksError(
  { use, doing }: TasksCall,
  thrown: unknown,
  signal?: AbortSignal,
): AlienError {
  if (thrown instanceof AlienError) return thrown;
  if (signal?.aborted) {
    return new AlienError("ABORTED", `${doing} failed: it was aborted`, {
      fix: "Call again: whether the call was carried out is unknown.",
      cause: thrown,
    });
  }
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const { code, retryable, fix } = meaningOf(use, thrown, text);
  const status = thrown instanceof TasksFault ? thrown.status : "no answer";
  return new AlienError(code, `${doing} failed: ${status}: ${text}`, {
    fix,
    retryable,
    details: { service: "Cloud Tasks", status },
    cause: thrown,
  });
}

function meaningOf(use: TasksUse, thrown: unknown, text: string): Meaning {
  if (thrown instanceof TasksFault) {
    if (thrown.reason === "SERVICE_DISABLED") return disabled;
    if (thrown.status === "PERMISSION_DENIED") {
      return { code: "PERMISSION_DENIED", retryable: false, fix: GRANTS[use] };
    }
    return meanings[thrown.status] ?? refused;
  }
  return /default credentials|metadata/i.test(text) ? unidentified : away("Cloud Tasks");
}
