import type { Attempt, Job, JobStatus } from "@alienplatform/bindings";
import { keptOf } from "../loose-row.ts";
import { recordId, recordMeta, recordSentAt } from "../record.ts";
import { attemptsOf } from "./attempts.ts";
import type { EndedMessage } from "./ended-row.ts";
import { type Fate, fate } from "./fate.ts";
import { timeOfId } from "./id-time.ts";
import { RETENTION_ENDED } from "./job-book.ts";
import type { FoundJob } from "./job-finder.ts";
import type { EndedJob } from "./job-row.ts";

/** A job as its users see it. */
export function toJob(queue: string, found: FoundJob): Job {
  switch (found.where) {
    case "segment": {
      const { bytes, at } = found.record;
      const status = found.loan === undefined ? "PENDING" : "RUNNING";
      return { ...inRecord(queue, bytes, at, status), ...attemptsOf(bytes, at, undefined) };
    }
    case "loose": {
      const { loose, loan } = found;
      const status = loan === undefined ? "PENDING" : "RUNNING";
      return {
        ...inRecord(queue, loose.row, loose.at, status),
        ...attemptsOf(loose.row, loose.at, keptOf(loose)),
        dueAt: loose.due,
      };
    }
    case "dead": {
      const { id, sentAt, deadAt, error, history, headers } = found.letter;
      return {
        id,
        queue,
        status: "DEAD",
        attempts: history,
        lastError: error,
        sentAt,
        endedAt: deadAt,
        ...(headers.job !== undefined && { name: headers.job }),
      };
    }
    case "ended":
      return endedJob(queue, found.id, found.job);
    case "past":
      return pastJob(queue, found.message);
  }
}

export function endedJob(queue: string, id: string, job: EndedJob): Job {
  return { id, queue, ...job };
}

/** Of a message that went with its segment more is not known: at the first delivery it went well, or it had none. */
export function pastJob(queue: string, { id, fate: what, endedAt, name }: EndedMessage): Job {
  const done: Attempt = { number: 1, outcome: "SUCCEEDED", endedAt };
  return {
    id,
    queue,
    status: statusOf(what),
    attempts: what === fate.succeeded ? [done] : [],
    ...(what === fate.expired && { lastError: RETENTION_ENDED }),
    // An id is drawn when its message is sent.
    sentAt: timeOfId(id),
    endedAt,
    ...(name !== undefined && { name }),
  };
}

export function statusOf(what: Fate): JobStatus {
  switch (what) {
    case fate.succeeded:
      return "SUCCEEDED";
    case fate.cancelled:
      return "CANCELLED";
    case fate.expired:
      return "FAILED";
    case fate.moved:
      throw new RangeError("a message that moved has not ended");
  }
}

function inRecord(queue: string, bytes: Buffer, at: number, status: JobStatus) {
  const { job: name } = recordMeta(bytes, at);
  return {
    id: recordId(bytes, at),
    queue,
    status,
    sentAt: recordSentAt(bytes, at),
    ...(name !== undefined && { name }),
  };
}
