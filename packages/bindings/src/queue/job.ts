import type { Attempt } from "./attempt.ts";
import type { Failure, SettleResult } from "./driver.ts";

/**
 * PENDING is ready or delayed, also after a failure; RUNNING is on loan; DEAD has spent its budget and is among the dead
 * letters; FAILED had its dead letter discarded, or was not taken within its retention; CANCELLED was taken back while
 * PENDING, or purged.
 */
export type JobStatus = "PENDING" | "RUNNING" | "SUCCEEDED" | "DEAD" | "FAILED" | "CANCELLED";

/** A message as a piece of work: where it stands, and what came of it. */
export interface Job {
  readonly id: string;
  readonly queue: string;
  readonly status: JobStatus;
  /** Oldest first; a running one is not among them. */
  readonly attempts: readonly Attempt[];
  /** JSON text; of one that SUCCEEDED and returned something. */
  readonly result?: string;
  readonly lastError?: Failure;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  readonly dueAt?: number;
  readonly endedAt?: number;
  /** The handler it is for, where it was sent with call(). */
  readonly name?: string;
}

export interface JobQuery {
  readonly status?: JobStatus;
  /** 1..500. */
  readonly limit: number;
  /** The id to go on after. */
  readonly after?: string;
}

/** Some jobs, and where to go on. */
export interface JobsPage {
  readonly jobs: readonly Job[];
  /** The id to go on after; undefined at the end. */
  readonly next: string | undefined;
}

/** Jobs of a queue that keeps their records; every method fails with JOBS_NOT_KEPT where it does not. */
export interface JobOperator {
  /** Undefined where no such job was sent, or its record's time is over. */
  job(id: string): Promise<Job | undefined>;
  /** The newest first, by their ids; fewer than `limit` where they are large. */
  jobs(query: JobQuery): Promise<readonly Job[]>;
  /** The same, where a status is found only by looking at each: of so many as one call may look at, and where to go on. */
  jobsPage?(query: JobQuery): Promise<JobsPage>;
  /** Waits until the job has ended (SUCCEEDED, DEAD, FAILED or CANCELLED). Fails with ABORTED. */
  jobEnded(id: string, signal: AbortSignal): Promise<Job | undefined>;
  /** From DEAD to PENDING, with a fresh attempt budget; `applied: false` where it is not DEAD. */
  requeueJob(id: string): Promise<SettleResult>;
  /** From PENDING to CANCELLED; `applied: false` where it is not PENDING. */
  cancelJob(id: string): Promise<SettleResult>;
}
