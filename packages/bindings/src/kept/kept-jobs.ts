import { AlienError } from "@alienplatform/core";
import type { Clock } from "../clock.ts";
import { pause } from "../pause.ts";
import { withRedrive } from "../queue/attempt.ts";
import type { DeadLetter, DeadLetterOperator } from "../queue/dead-letter.ts";
import type { SettleResult } from "../queue/driver.ts";
import type { Job, JobOperator, JobQuery, JobsPage } from "../queue/job.ts";
import { onJobChange } from "./job-bell.ts";
import { isEnded, type JobRecord, jobOf, lapsed } from "./job-record.ts";
import type { JobRecords } from "./job-records.ts";

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;
const MOST_LOOKED_AT = 5_000;

export interface KeptJobsOptions {
  readonly queue: string;
  /** Undefined where the queue keeps none. */
  readonly records: JobRecords | undefined;
  readonly dead: DeadLetterOperator;
  readonly clock: Clock;
}

/** The jobs of a queue whose records are in a table. */
export class KeptJobs implements JobOperator {
  readonly #given: KeptJobsOptions;

  constructor(given: KeptJobsOptions) {
    this.#given = given;
  }

  async job(id: string): Promise<Job | undefined> {
    const record = await this.#records().get(id);
    return record && jobOf(record, this.#given.queue);
  }

  async jobs(query: JobQuery): Promise<readonly Job[]> {
    return (await this.#found(query, Number.POSITIVE_INFINITY)).jobs;
  }

  /** A table has no order by status: one call looks at so many records at most. */
  jobsPage(query: JobQuery): Promise<JobsPage> {
    return this.#found(query, MOST_LOOKED_AT);
  }

  async #found({ status, limit, after }: JobQuery, most: number): Promise<JobsPage> {
    const jobs: Job[] = [];
    let seen = 0;
    for await (const record of this.#records().after(after)) {
      seen++;
      if (status === undefined || record.status === status) {
        jobs.push(jobOf(record, this.#given.queue));
      }
      if (jobs.length === limit || seen === most) return { jobs, next: record.id };
    }
    return { jobs, next: undefined };
  }

  async jobEnded(id: string, signal: AbortSignal): Promise<Job | undefined> {
    const records = this.#records();
    let awake = new AbortController();
    // What this process writes is seen at once, what others write at the next look.
    const stop = onJobChange(records.partition, id, () => awake.abort());
    try {
      for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
        if (signal.aborted) throw aborted(id);
        awake = new AbortController();
        const job = await this.job(id);
        if (job === undefined || isEnded(job)) return job;
        await pause(this.#given.clock, pauseMs, AbortSignal.any([signal, awake.signal]));
      }
    } finally {
      stop();
    }
  }

  async requeueJob(id: string): Promise<SettleResult> {
    const record = await this.#records().get(id);
    // What went to another queue is a job there.
    if (record === undefined || record.forwarded === true) return UNCHANGED;
    // Where the service itself has moved it nobody wrote that down.
    const dead = record.status === "DEAD" || (await this.#isLetter(record));
    if (!dead) return UNCHANGED;
    const [result] = await this.redriven([id], (ids) => this.#given.dead.redrive(ids));
    return result ?? UNCHANGED;
  }

  async cancelJob(id: string): Promise<SettleResult> {
    const records = this.#records();
    const { clock } = this.#given;
    const now = await records.get(id);
    if (now?.status !== "PENDING" || (await this.#isLetter(now))) return UNCHANGED;
    let applied = false;
    await records.change(id, (record) => {
      applied = false;
      const over = record?.run === undefined || record.run.until <= clock.now();
      if (record === undefined || isEnded(record) || !over) return undefined;
      applied = true;
      return { ...lapsed(record), status: "CANCELLED", endedAt: clock.now() };
    });
    return { ok: true, applied };
  }

  /** Redrives by `act`; what went back to its queue is PENDING again. */
  async redriven(
    ids: readonly string[],
    act: (ids: readonly string[]) => Promise<readonly SettleResult[]>,
  ): Promise<readonly SettleResult[]> {
    const since = this.#given.clock.now();
    const results = await act(ids);
    await this.returned(ids, results, since);
    return results;
  }

  /** These went back to their queue, none of them before `since`. */
  async returned(
    ids: readonly string[],
    results: readonly SettleResult[],
    since: number,
  ): Promise<void> {
    await Promise.all(
      appliedOf(ids, results).map((id) =>
        this.#given.records?.change(id, (record) => {
          if (record === undefined || !isEnded(record)) return undefined;
          // What has happened to it since is newer.
          if (record.status === "SUCCEEDED" || (record.endedAt ?? 0) > since) return undefined;
          const { endedAt: _, forwarded: __, ...rest } = record;
          const attempts = withRedrive(record.attempts, since);
          return { ...rest, attempts, status: "PENDING", queuedAt: since, dueAt: since };
        }),
      ),
    );
  }

  /** These dead letters are discarded. */
  async discarded(ids: readonly string[], results: readonly SettleResult[]): Promise<void> {
    const { records, clock } = this.#given;
    await Promise.all(
      appliedOf(ids, results).map((id) =>
        records?.change(id, (record) =>
          record === undefined || (isEnded(record) && record.status !== "DEAD")
            ? undefined
            : { ...record, status: "FAILED", endedAt: clock.now() },
        ),
      ),
    );
  }

  /** These are among the dead letters, whoever put them there: the service itself, or an import. */
  async seen(letters: readonly DeadLetter[]): Promise<readonly DeadLetter[]> {
    const { records, clock } = this.#given;
    if (records === undefined) return letters;
    return Promise.all(
      letters.map(async (letter) => {
        const stored = await records.change(letter.id, (record) =>
          died(record, letter, clock.now()),
        );
        return stored === undefined ? letter : { ...letter, history: stored.record.attempts };
      }),
    );
  }

  /** What waited at this time is purged. */
  async purged(at: number): Promise<void> {
    await this.#given.records?.purged(at);
  }

  /** Its last lease has ended, and the service may have moved it. */
  async #isLetter({ id, status, attempts }: JobRecord): Promise<boolean> {
    if (status !== "PENDING" || attempts.at(-1)?.outcome !== "EXPIRED") return false;
    const letter = await this.#given.dead.deadLetter(id);
    if (letter === undefined) return false;
    await this.seen([letter]);
    return true;
  }

  #records(): JobRecords {
    const { records, queue } = this.#given;
    if (records !== undefined) return records;
    throw new AlienError("JOBS_NOT_KEPT", `queue "${queue}" keeps no jobs`, {
      fix: 'Declare it with .results("24h") and deploy.',
      details: { queue },
    });
  }
}

const UNCHANGED: SettleResult = { ok: true, applied: false };

function appliedOf(ids: readonly string[], results: readonly SettleResult[]): string[] {
  return ids.filter((_, index) => {
    const result = results[index];
    return result?.ok === true && result.applied !== false;
  });
}

/** What a letter says of its job; undefined where the record says it, or something newer. */
function died(
  record: JobRecord | undefined,
  { id, sentAt, deadAt, error, headers, history }: DeadLetter,
  now: number,
): JobRecord | undefined {
  if (record === undefined) {
    const name = headers.job === undefined ? {} : { name: headers.job };
    const times = { sentAt, queuedAt: sentAt, dueAt: sentAt, endedAt: deadAt };
    return { id, ...name, ...times, status: "DEAD", attempts: history, lastError: error };
  }
  if (isEnded(record) || (record.run?.until ?? 0) > now) return undefined;
  // Of one that the service itself has moved nobody knows when.
  const endedAt = headers.dead?.deadAt ?? now;
  if (endedAt < record.queuedAt) return undefined;
  return { ...lapsed(record), status: "DEAD", lastError: error, endedAt };
}

function aborted(id: string): AlienError {
  return new AlienError("ABORTED", `the wait for job ${id} was given up`, {
    fix: "Wait again: the job goes on.",
  });
}
