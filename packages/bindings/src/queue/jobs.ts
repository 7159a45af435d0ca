import { AlienError, type Duration, parseDuration } from "@alienplatform/core";
import type { Job, JobQuery, JobStatus } from "./job.ts";
import type { OpenOperator } from "./open-operator.ts";
import { type PageOptions, readPage } from "./page.ts";
import { refuseUnknown } from "./unknown-option.ts";

/** A job as its readers see it: with its result read. */
export interface KeptJob<Result = unknown> extends Omit<Job, "result"> {
  /** What the handler returned; undefined where it returned nothing or the job has not SUCCEEDED. */
  readonly result?: Result;
  /** The same as the JSON text that is kept, for what JavaScript's numbers cannot hold. */
  readonly resultText?: string;
}

export interface JobListOptions extends PageOptions {
  readonly status?: JobStatus;
}

/** Some jobs, and where to go on: undefined at the end. */
export interface KeptJobsPage {
  readonly jobs: readonly KeptJob[];
  readonly next: string | undefined;
}

export interface JobWaitOptions {
  /** Default for as long as it takes. */
  readonly timeout?: Duration;
  readonly signal?: AbortSignal;
}

const STATUSES: ReadonlySet<string> = new Set([
  "PENDING",
  "RUNNING",
  "SUCCEEDED",
  "DEAD",
  "FAILED",
  "CANCELLED",
] satisfies JobStatus[]);

/** The jobs of one queue that keeps them; every method fails with JOBS_NOT_KEPT where it does not. */
export class Jobs {
  readonly #queue: string;
  readonly #open: () => Promise<OpenOperator>;

  constructor(open: () => Promise<OpenOperator>, queue: string) {
    this.#open = open;
    this.#queue = queue;
  }

  /** Undefined where no such job was sent, or the time of its record is over. The id is what send() answered. */
  async get<Result = unknown>(id: string): Promise<KeptJob<Result> | undefined> {
    const { operator } = await this.#open();
    const job = await operator.job(id);
    return job && readResult<Result>(job);
  }

  /** The newest first: at most `limit`, 1..500, 10 unless told otherwise. */
  async list<Result = unknown>(options: JobListOptions = {}): Promise<readonly KeptJob<Result>[]> {
    const query = readQuery("jobs.list", options);
    const { operator } = await this.#open();
    return (await operator.jobs(query)).map((job) => readResult<Result>(job));
  }

  /**
   * The same with where to go on. With a status one call looks at 5,000 records at most, so that a page may be
   * empty and yet have a next.
   */
  async page(options: JobListOptions = {}): Promise<KeptJobsPage> {
    const query = readQuery("jobs.page", options);
    const { operator } = await this.#open();
    if (operator.jobsPage === undefined) {
      const jobs = (await operator.jobs(query)).map((job) => readResult(job));
      return { jobs, next: jobs.at(-1)?.id };
    }
    const { jobs, next } = await operator.jobsPage(query);
    return { jobs: jobs.map((job) => readResult(job)), next };
  }

  /**
   * Waits until the job has ended, over failures and retries: SUCCEEDED, DEAD, FAILED or CANCELLED. When `timeout` has
   * passed the answer is the job as it is, PENDING or RUNNING. Fails with UNKNOWN_JOB, and with ABORTED by `signal`.
   */
  async wait<Result = unknown>(id: string, options: JobWaitOptions = {}): Promise<KeptJob<Result>> {
    refuseUnknown("jobs.wait", options, ["timeout", "signal"]);
    const { timeout, signal } = options;
    const { operator, clock } = await this.#open();
    const over = new AbortController();
    const abort = () => over.abort();
    const givenUp = () => signal?.aborted === true;
    if (givenUp()) throw aborted(id);
    signal?.addEventListener("abort", abort);
    const cancel =
      timeout === undefined ? undefined : clock.schedule(parseDuration(timeout), abort);
    // Neither the platform's wait nor its clock keeps a process alive, and this is what it waits for.
    const alive = setInterval(() => undefined, LONG_MS);
    try {
      const job = await operator.jobEnded(id, over.signal);
      if (job === undefined) throw this.#unknown(id);
      return readResult(job);
    } catch (error) {
      if (!over.signal.aborted || !isAborted(error)) throw error;
      if (givenUp()) throw aborted(id);
      const job = await operator.job(id);
      if (job === undefined) throw this.#unknown(id);
      return readResult(job);
    } finally {
      clearInterval(alive);
      cancel?.();
      signal?.removeEventListener("abort", abort);
    }
  }

  /** From DEAD to PENDING with a fresh attempt budget; false where it is not DEAD. Fails with UNKNOWN_JOB. */
  async requeue(id: string): Promise<boolean> {
    const { operator } = await this.#open();
    const result = await operator.requeueJob(id);
    if (!result.ok) throw result.error;
    return this.#changed(id, result.applied !== false);
  }

  /** From PENDING to CANCELLED: it is not delivered any more; false where it is not PENDING. Fails with UNKNOWN_JOB. */
  async cancel(id: string): Promise<boolean> {
    const { operator } = await this.#open();
    const result = await operator.cancelJob(id);
    if (!result.ok) throw result.error;
    return this.#changed(id, result.applied !== false);
  }

  /** Nothing happens to a job of another status; one that is not there is a mistake. */
  async #changed(id: string, changed: boolean): Promise<boolean> {
    if (!changed && (await this.get(id)) === undefined) throw this.#unknown(id);
    return changed;
  }

  #unknown(id: string): AlienError {
    return new AlienError("UNKNOWN_JOB", `queue "${this.#queue}" has no job ${id}`, {
      fix: "Use the id that send() answered; records are kept for the queue's .results() time after the end.",
      details: { queue: this.#queue, id },
    });
  }
}

function readQuery(call: string, options: JobListOptions): JobQuery {
  refuseUnknown(call, options, ["status", "limit", "after"]);
  const { status, ...page } = options;
  if (status !== undefined && !STATUSES.has(status)) throw unknownStatus(status);
  return { ...readPage(call, page), ...(status !== undefined && { status }) };
}

const LONG_MS = 2 ** 30;

function readResult<Result>({ result, ...job }: Job): KeptJob<Result> {
  if (result === undefined) return job;
  // As with the payload of a message by name, its type is what the caller says.
  return { ...job, result: JSON.parse(result) as Result, resultText: result };
}

function isAborted(error: unknown): boolean {
  return error instanceof AlienError && error.code === "ABORTED";
}

function aborted(id: string): AlienError {
  return new AlienError("ABORTED", `the wait for job ${id} was aborted`, {
    fix: "Nothing: its signal said so. The job goes on.",
  });
}

function unknownStatus(status: string): AlienError {
  return new AlienError("OPTION_INVALID", `status is ${JSON.stringify(status)}`, {
    fix: `Use one of ${[...STATUSES].join(", ")}.`,
    details: { option: "status" },
  });
}
