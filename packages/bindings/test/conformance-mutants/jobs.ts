import { ReferenceDriver, ReferenceQueue } from "../../conformance/index.ts";
import type { Stored } from "../../conformance/stored.ts";
import type { Outcome, SettleResult } from "../../src/queue/driver.ts";
import type { Job, JobQuery } from "../../src/queue/job.ts";
import { inDriver, inQueue, type Mutant } from "./mutant.ts";

const applied: SettleResult = { ok: true, applied: true };

/** A driver that shows jobs otherwise. */
function showing(does: string, caughtBy: string, change: (job: Job) => Job | undefined): Mutant {
  return inDriver(
    does,
    caughtBy,
    class extends ReferenceDriver {
      override async job(id: string): Promise<Job | undefined> {
        const job = await super.job(id);
        return job && change(job);
      }
    },
  );
}

/** Faults in keeping, showing and changing jobs. */
export const jobMutants: readonly Mutant[] = [
  showing(
    "shows what is on loan as PENDING",
    "a job is PENDING, RUNNING while it is on loan, and SUCCEEDED when it is acked",
    (job) => (job.status === "RUNNING" ? { ...job, status: "PENDING" } : job),
  ),
  showing(
    "does not say when a delayed job is due",
    "a delayed job is PENDING, and says when it is due",
    ({ dueAt: _, ...job }) => job,
  ),
  showing("reads results as numbers", "a job keeps its result, verbatim", (job) =>
    job.result === undefined ? job : { ...job, result: JSON.stringify(JSON.parse(job.result)) },
  ),
  showing(
    "drops results",
    "what a handler returns is its job's result",
    ({ result: _, ...job }) => job,
  ),
  showing(
    "forgets the attempts that failed",
    "a job is PENDING again after a failure, and keeps its attempts and the last error",
    (job) => ({ ...job, attempts: job.attempts.slice(-1) }),
  ),
  showing(
    "forgets names",
    "a job keeps the name it was sent with, and one that no handler has is DEAD at once",
    ({ name: _, ...job }) => job,
  ),
  showing(
    "shows what goes to a dead letters' queue as PENDING",
    "a job whose dead letter goes to another queue is DEAD, and PENDING there",
    (job) => (job.status === "DEAD" ? { ...job, status: "PENDING" } : job),
  ),
  showing("forgets discarded jobs", "a job whose dead letter was discarded has FAILED", (job) =>
    job.status === "FAILED" ? undefined : job,
  ),
  showing(
    "shows what was kept too long as CANCELLED",
    "a job that nobody took within the retention has FAILED",
    (job) => (job.status === "FAILED" ? { ...job, status: "CANCELLED" } : job),
  ),
  showing(
    "forgets jobs half a day early",
    "a job is known for as long as results are kept after its end, and no longer",
    (job) => (job.endedAt !== undefined && job.sentAt + 43_200_000 < job.endedAt ? job : undefined),
  ),
  inQueue(
    "keeps records for ever",
    "a job is known for as long as results are kept after its end, and no longer",
    class extends ReferenceQueue {
      constructor(...[name, options, clock]: ConstructorParameters<typeof ReferenceQueue>) {
        super(name, { ...options, resultsMs: Number.MAX_SAFE_INTEGER }, clock);
      }
    },
  ),
  inQueue(
    "keeps jobs where nobody asked for it",
    "without results the jobs of a queue are not kept",
    class extends ReferenceQueue {
      constructor(...[name, options, clock]: ConstructorParameters<typeof ReferenceQueue>) {
        super(name, { resultsMs: 1_000, ...options }, clock);
      }
    },
  ),
  inQueue(
    "goes on with the spent budget after a requeue",
    "a job is DEAD when its budget is spent, and requeued it is PENDING with a fresh one",
    class extends ReferenceQueue {
      override redrive(id: string): SettleResult {
        const result = super.redrive(id);
        for (const stored of this.messages) if (stored.message.id === id) stored.attempts = 1;
        return result;
      }
    },
  ),
  inQueue(
    "says that it requeued what is not dead",
    "requeue changes nothing of a job that is not DEAD",
    class extends ReferenceQueue {
      override redrive(id: string): SettleResult {
        super.redrive(id);
        return applied;
      }
    },
  ),
  inQueue(
    "loses the records of what is purged",
    "a purged job is CANCELLED",
    class extends ReferenceQueue {
      protected override drop(stored: Stored): void {
        this.remove(stored);
      }
    },
  ),
  inQueue(
    "delivers what was cancelled",
    "cancel takes a PENDING job back, and it is never delivered",
    class extends ReferenceQueue {
      override cancel(id: string): SettleResult {
        const stored = this.waiting().find(({ message }) => message.id === id);
        if (stored !== undefined) this.jobs.dropped(stored, "CANCELLED");
        return applied;
      }
    },
  ),
  inQueue(
    "cancels only what is ready",
    "cancel takes back what is delayed or waits for its retry",
    class extends ReferenceQueue {
      override cancel(id: string): SettleResult {
        const stored = this.waiting().find(({ message }) => message.id === id);
        const ready = stored !== undefined && this.stateOf(stored) === "ready";
        return ready ? super.cancel(id) : { ok: true, applied: false };
      }
    },
  ),
  inQueue(
    "cancels what is on loan",
    "cancel changes nothing of a job that is RUNNING or has ended",
    class extends ReferenceQueue {
      override cancel(id: string): SettleResult {
        const stored = this.waiting().find(({ message }) => message.id === id);
        if (stored !== undefined) this.drop(stored, "CANCELLED");
        return { ok: true, applied: stored !== undefined };
      }
    },
  ),
  inQueue(
    "holds up a group behind a cancelled message",
    "a cancelled job of a group lets the next one go",
    class extends ReferenceQueue {
      readonly #cancelled = new Set<string | undefined>();

      override cancel(id: string): SettleResult {
        const stored = this.waiting().find(({ message }) => message.id === id);
        this.#cancelled.add(stored?.message.group);
        return super.cancel(id);
      }

      protected override groupIsFree(stored: Stored): boolean {
        return !this.#cancelled.has(stored.message.group) && super.groupIsFree(stored);
      }
    },
  ),
  inQueue(
    "acks without its result",
    "a job keeps its result, verbatim",
    class extends ReferenceQueue {
      override settle(receipt: string, outcome: Outcome): SettleResult {
        return super.settle(receipt, outcome.kind === "ack" ? { kind: "ack" } : outcome);
      }
    },
  ),
  inDriver(
    "lists the oldest first",
    "jobs are listed by status, the newest first, and page by page",
    class extends ReferenceDriver {
      override async jobs(query: JobQuery): Promise<readonly Job[]> {
        return [...(await super.jobs(query))].reverse();
      }
    },
  ),
  inDriver(
    "lists whatever the status",
    "jobs are listed by status, the newest first, and page by page",
    class extends ReferenceDriver {
      override jobs({ status: _, ...query }: JobQuery): Promise<readonly Job[]> {
        return super.jobs(query);
      }
    },
  ),
  inDriver(
    "ends a wait with the first failure",
    "a wait for a job goes on over failures, and ends with the job",
    class extends ReferenceDriver {
      override async jobEnded(id: string, signal: AbortSignal): Promise<Job | undefined> {
        for (;;) {
          const job = await this.job(id);
          if (job === undefined || job.attempts.length > 0 || job.endedAt !== undefined) return job;
          await this.queue.bell.wait(this.queue.clock, Number.POSITIVE_INFINITY, signal);
        }
      }
    },
  ),
  inQueue(
    "does not tell those who wait of a purge",
    "a wait for a job ends when it is purged",
    class extends ReferenceQueue {
      override purge(): number {
        const { bell } = this;
        const ring = bell.ring.bind(bell);
        bell.ring = () => undefined;
        const removed = super.purge();
        bell.ring = ring;
        return removed;
      }
    },
  ),
  inDriver(
    "goes on waiting when the wait is given up",
    "a wait for a job can be given up, and there is none for an unknown one",
    class extends ReferenceDriver {
      override jobEnded(id: string): Promise<Job | undefined> {
        return super.jobEnded(id, new AbortController().signal);
      }
    },
  ),
];
