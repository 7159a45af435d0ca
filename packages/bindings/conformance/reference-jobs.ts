import { AlienError } from "@alienplatform/core";
import type { Clock } from "../src/clock.ts";
import type { Attempt } from "../src/queue/attempt.ts";
import type { QueueOptions } from "../src/queue/binding.ts";
import type { DeadLetter } from "../src/queue/dead-letter.ts";
import type { Failure, Outgoing } from "../src/queue/driver.ts";
import type { Job, JobQuery, JobStatus } from "../src/queue/job.ts";
import type { Loan, Stored } from "./stored.ts";

/** Where the jobs are that have not ended. */
interface LiveJobs {
  readonly name: string;
  waiting(): readonly Stored[];
  deadLetters(): readonly DeadLetter[];
}

/** What became of the messages of the reference queue. */
export class ReferenceJobs {
  readonly #options: QueueOptions;
  readonly #clock: Clock;
  readonly #ended = new Map<string, Omit<Job, "queue">>();

  constructor(options: QueueOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  succeeded({ stored, startedAt }: Loan, result: string | undefined): void {
    const endedAt = this.#clock.now();
    const { message, attempts, history } = stored;
    const last: Attempt = { number: attempts, outcome: "SUCCEEDED", startedAt, endedAt };
    this.#end(message, {
      status: "SUCCEEDED",
      attempts: [...history, last],
      ...(result !== undefined && { result }),
    });
  }

  dropped({ message, history }: Stored, status: "CANCELLED" | "FAILED"): void {
    const lastError = { code: "RETENTION_ENDED", message: "nobody took it in time" };
    this.#end(message, {
      status,
      attempts: [...history],
      ...(status === "FAILED" && { lastError }),
    });
  }

  discarded(letter: DeadLetter): void {
    this.#end(letter, { status: "FAILED", attempts: letter.history, lastError: letter.error });
  }

  /** Its dead letter is a message of another queue. */
  forwarded(message: Outgoing, history: readonly Attempt[], lastError: Failure): void {
    this.#end(message, { status: "DEAD", attempts: [...history], lastError });
  }

  #end(
    { id, sentAt, headers: { job } }: Pick<Outgoing, "id" | "sentAt" | "headers">,
    how: Pick<Job, "status" | "attempts" | "lastError" | "result">,
  ): void {
    const name = job !== undefined && { name: job };
    this.#ended.set(id, { id, sentAt, endedAt: this.#clock.now(), ...how, ...name });
  }

  /** All that are kept, the newest first. */
  all(queue: LiveJobs): readonly Job[] {
    const { resultsMs } = this.#options;
    if (resultsMs === undefined) {
      throw new AlienError("JOBS_NOT_KEPT", `queue "${queue.name}" keeps no jobs`, {
        fix: 'Declare it with .results("24h").',
      });
    }
    const live = queue.waiting().map((stored) => liveJob(queue, stored));
    const dead = queue.deadLetters().map((letter) => deadJob(queue, letter));
    const known = new Set([...live, ...dead].map(({ id }) => id));
    const ended = [...this.#ended.values()]
      .filter(({ id }) => !known.has(id))
      .filter(({ endedAt = 0 }) => this.#clock.now() < endedAt + resultsMs)
      .map((job) => ({ ...job, queue: queue.name }));
    return [...live, ...dead, ...ended].sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  get(queue: LiveJobs, id: string): Job | undefined {
    return this.all(queue).find((job) => job.id === id);
  }

  list(queue: LiveJobs, { status, limit, after }: JobQuery): readonly Job[] {
    return this.all(queue)
      .filter((job) => status === undefined || job.status === status)
      .filter(({ id }) => after === undefined || id < after)
      .slice(0, limit);
  }
}

const LIVE: ReadonlySet<JobStatus> = new Set(["PENDING", "RUNNING"]);

export function hasEnded({ status }: Job): boolean {
  return !LIVE.has(status);
}

function liveJob(queue: LiveJobs, { message, loan, history, dueAt }: Stored): Job {
  const { id, sentAt, headers } = message;
  const error = history.at(-1)?.error;
  return {
    id,
    queue: queue.name,
    status: loan === undefined ? "PENDING" : "RUNNING",
    attempts: [...history],
    ...(error !== undefined && { lastError: error }),
    sentAt,
    dueAt,
    ...(headers.job !== undefined && { name: headers.job }),
  };
}

function deadJob(queue: LiveJobs, letter: DeadLetter): Job {
  const { id, sentAt, deadAt, history, error, headers } = letter;
  return {
    id,
    queue: queue.name,
    status: "DEAD",
    attempts: history,
    lastError: error,
    sentAt,
    endedAt: deadAt,
    ...(headers.job !== undefined && { name: headers.job }),
  };
}
