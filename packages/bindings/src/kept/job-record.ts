import type { Attempt } from "../queue/attempt.ts";
import type { Delivery, Failure, Outcome, Outgoing } from "../queue/driver.ts";
import type { Job, JobStatus } from "../queue/job.ts";

const MOST_ATTEMPTS = 100;
const SHORT_TEXT = 240;
const LONGEST_TEXT = 4_096;

/** What is kept of a job: an item of the table, as JSON. */
export interface JobRecord {
  readonly id: string;
  readonly name?: string;
  readonly sentAt: number;
  /** When it came to its queue: sent, or redriven. */
  readonly queuedAt: number;
  readonly dueAt: number;
  readonly status: JobStatus;
  readonly attempts: readonly Attempt[];
  /** The delivery that is under way, where one is. */
  readonly run?: JobRun;
  /** JSON text. */
  readonly result?: string;
  readonly lastError?: Failure;
  readonly endedAt?: number;
  /** Its dead letter went to another queue, and is a job there. */
  readonly forwarded?: true;
}

/** One delivery of a job; `token` is its own. */
export interface JobRun {
  readonly token: string;
  readonly number: number;
  readonly startedAt: number;
  /** When its lease ends. */
  readonly until: number;
}

/** What is known of a queue when its records are read. */
export interface JobTimes {
  readonly now: number;
  readonly retentionMs: number;
  /** How long dead letters are kept. */
  readonly deadMs: number;
  /** What waited by then was purged. */
  readonly purgedAt?: number | undefined;
}

const LEASE_EXPIRED: Failure = { code: "LEASE_EXPIRED", message: "the lease ended" };
const RETENTION_ENDED: Failure = {
  code: "RETENTION_ENDED",
  message: "nobody took it within the queue's retention",
};

/** The record of a message that is to be sent. */
export function pendingRecord(
  { id, sentAt, delayMs = 0, headers }: Pick<Outgoing, "id" | "sentAt" | "delayMs" | "headers">,
  now: number,
): JobRecord {
  const name = headers.job === undefined ? {} : { name: headers.job };
  const dueAt = sentAt + delayMs;
  return { id, ...name, sentAt, queuedAt: now, dueAt, status: "PENDING", attempts: [] };
}

/** A delivery begins. What was not kept before, as of a foreign producer's message, is kept from here on. */
export function runningRecord(
  before: JobRecord | undefined,
  delivery: Delivery,
  run: JobRun,
): JobRecord {
  const { endedAt: _, ...record } = lapsed(before ?? pendingRecord(delivery, run.startedAt));
  // A dead letter that comes was redriven, and nobody has written that down yet.
  const queued = before !== undefined && isEnded(before) ? { queuedAt: run.startedAt } : {};
  return { ...record, ...queued, status: "RUNNING", run };
}

/** A delivery has ended so; one that was too many was never begun. */
export function endedRecord(
  record: JobRecord,
  outcome: Outcome,
  { now, forwarded }: { readonly now: number; readonly forwarded: boolean },
): JobRecord {
  const { run, ...rest } = record;
  const attempts = run === undefined ? rest.attempts : withAttempt(rest, run, outcome, now);
  switch (outcome.kind) {
    case "release":
      return { ...rest, status: "PENDING", dueAt: now };
    case "ack": {
      const result = outcome.result === undefined ? {} : { result: outcome.result };
      return { ...rest, status: "SUCCEEDED", attempts, ...result, endedAt: now };
    }
    case "retry": {
      const lastError = kept(outcome.error);
      return { ...rest, status: "PENDING", attempts, lastError, dueAt: now + outcome.delayMs };
    }
    case "deadLetter": {
      const lastError = kept(outcome.error);
      const where = forwarded ? { forwarded: true as const } : {};
      return { ...rest, status: "DEAD", attempts, lastError, endedAt: now, ...where };
    }
  }
}

/** The run, whose lease has ended, as an attempt. */
export function lapsed({ run, ...record }: JobRecord): JobRecord {
  if (run === undefined) return record;
  const { number, startedAt, until } = run;
  const ended: Attempt = {
    number,
    outcome: "EXPIRED",
    startedAt,
    endedAt: until,
    error: LEASE_EXPIRED,
  };
  const attempts = last([...record.attempts, ended]);
  return { ...record, status: "PENDING", attempts, lastError: LEASE_EXPIRED, dueAt: until };
}

/** Where it stands at this time: leases end, and what nobody took in time is gone, though nobody writes it down. */
export function statusAt(record: JobRecord, times: JobTimes): JobRecord {
  const { now, retentionMs, deadMs, purgedAt = Number.NEGATIVE_INFINITY } = times;
  const { status, run, endedAt = 0, forwarded } = record;
  if (status === "DEAD" && forwarded !== true && now >= endedAt + deadMs) {
    return { ...record, status: "FAILED", endedAt: endedAt + deadMs };
  }
  if (status !== "PENDING" && status !== "RUNNING") return record;
  if (run !== undefined && run.until > now) return record;
  const waiting = lapsed(record);
  if (waiting.queuedAt <= purgedAt) return { ...waiting, status: "CANCELLED", endedAt: purgedAt };
  const gone = waiting.dueAt + retentionMs;
  if (now < gone) return waiting;
  return { ...waiting, status: "FAILED", lastError: RETENTION_ENDED, endedAt: gone };
}

/** As its readers see it. */
export function jobOf(record: JobRecord, queue: string): Job {
  const { queuedAt: _, run: __, forwarded: ___, ...job } = record;
  const { dueAt, ...ended } = job;
  return isEnded(record) ? { ...ended, queue } : { ...job, dueAt, queue };
}

/** Whether nothing more happens to it by itself. */
export function isEnded({ status }: Pick<JobRecord, "status">): boolean {
  return status !== "PENDING" && status !== "RUNNING";
}

function withAttempt(
  { attempts }: Pick<JobRecord, "attempts">,
  { number, startedAt }: JobRun,
  outcome: Outcome,
  endedAt: number,
): readonly Attempt[] {
  const times = { number, startedAt, endedAt };
  if (!("error" in outcome)) return last([...attempts, { ...times, outcome: "SUCCEEDED" }]);
  const { code, message } = outcome.error;
  const error = { code: code.slice(0, SHORT_TEXT), message: message.slice(0, SHORT_TEXT) };
  return last([...attempts, { ...times, outcome: "FAILED", error }]);
}

function last(attempts: readonly Attempt[]): readonly Attempt[] {
  return attempts.length > MOST_ATTEMPTS ? attempts.slice(-MOST_ATTEMPTS) : attempts;
}

/** An item is small: a stack and the issues of a schema are cut as the message is. */
function kept({ code, message, stack }: Failure): Failure {
  return {
    code: code.slice(0, SHORT_TEXT),
    message: message.slice(0, LONGEST_TEXT),
    ...(stack === undefined ? {} : { stack: stack.slice(0, LONGEST_TEXT) }),
  };
}
