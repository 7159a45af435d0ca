import type { Job, JobQuery, JobsPage, SettleResult } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import type { Storage } from "../../store/storage.ts";
import type { Commit } from "../commit.ts";
import type { QueueParts } from "../parts.ts";
import { type FoundJob, JobFinder } from "./job-finder.ts";
import { JobList } from "./job-list.ts";
import { JobSweep } from "./job-sweep.ts";
import { toJob } from "./to-job.ts";

const applied: SettleResult = Object.freeze({ ok: true, applied: true });
const notApplied: SettleResult = Object.freeze({ ok: true, applied: false });

/** What users ask about a queue's jobs. All but cancel() and requeue() are looks. */
export class JobDesk {
  readonly #parts: QueueParts;
  readonly #commit: Commit;
  readonly #finder: JobFinder;
  readonly #list: JobList;
  /** Deletes what is over. */
  readonly sweep: JobSweep;
  readonly #changed: () => void;

  constructor(
    parts: QueueParts,
    options: {
      readonly storage: Storage;
      readonly commit: Commit;
      /** Called when a seal has something to do. */
      readonly changed: () => void;
    },
  ) {
    this.#parts = parts;
    this.#commit = options.commit;
    this.#finder = new JobFinder(parts, options.storage, options.commit);
    this.#list = new JobList({ parts, storage: options.storage, finder: this.#finder });
    this.sweep = new JobSweep(parts, { ...options, finder: this.#finder });
    this.#changed = options.changed;
  }

  /** Undefined where no such job was sent, or its record's time is over. */
  async get(id: string): Promise<Job | undefined> {
    this.#refuseUnkept();
    return this.#toJob(await this.#finder.find(id));
  }

  /** The newest first, by their ids. */
  async list(query: JobQuery): Promise<readonly Job[]> {
    this.#refuseUnkept();
    await this.#parts.jobs.settled();
    const jobs = await this.#list.list(query);
    await this.#commit.durable();
    return jobs;
  }

  /** The same, of so many as one call may look at, and where to go on. */
  async page(query: JobQuery): Promise<JobsPage> {
    this.#refuseUnkept();
    await this.#parts.jobs.settled();
    const page = await this.#list.page(query);
    await this.#commit.durable();
    return page;
  }

  /** Waits until the job has ended. */
  async ended(id: string, signal: AbortSignal | undefined): Promise<Job | undefined> {
    for (;;) {
      const { changed, stop } = this.#parts.jobs.watch.next(id, signal);
      try {
        const job = await this.get(id);
        if (job === undefined || hasEnded(job)) return job;
        await changed;
      } finally {
        stop();
      }
    }
  }

  /** Whether it is among the dead letters; between commits, see Commit.alone. */
  async isDead(id: string): Promise<boolean> {
    this.#refuseUnkept();
    return (await this.#parts.dead.find(id)).length > 0;
  }

  /** Between commits, see Commit.alone. */
  async cancel(id: string): Promise<SettleResult> {
    this.#refuseUnkept();
    const found = await this.#finder.look(id);
    const cancelled = found !== undefined && this.#cancel(found);
    if (!cancelled) return notApplied;
    this.#parts.jobs.watch.touchId(id);
    const { activity, clock } = this.#parts;
    if (activity.happens()) activity.add({ type: "cancelled", id, at: clock.now() });
    this.#changed();
    return applied;
  }

  #cancel(found: FoundJob): boolean {
    if (found.where === "segment") {
      const { lane, segment, index } = found.record;
      return found.loan === undefined && lane.cancel(segment.number, index);
    }
    if (found.where !== "loose" || found.loan !== undefined) return false;
    const { loose } = found;
    const batch = this.#parts.batch();
    if (!this.#parts.loose.cancel(batch, loose)) return false;
    this.#parts.jobs.dropped(batch, loose, "cancelled");
    if (loose.returned) this.#parts.order.cancelled(loose);
    return true;
  }

  /** A record is kept for so long after its end; a dead letter stays until somebody decides. */
  #toJob(found: FoundJob | undefined): Job | undefined {
    if (found === undefined) return undefined;
    const { name, resultsMs = 0 } = this.#parts.spec();
    const job = toJob(name, found);
    if (found.where === "dead" || job.endedAt === undefined) return job;
    return job.endedAt + resultsMs > this.#parts.clock.now() ? job : undefined;
  }

  #refuseUnkept(): void {
    const { name, resultsMs } = this.#parts.spec();
    if (resultsMs !== undefined) return;
    throw new AlienError("JOBS_NOT_KEPT", `queue "${name}" keeps no records of jobs`, {
      fix: 'Declare it with .results("24h").',
      details: { queue: name },
    });
  }
}

function hasEnded({ status }: Job): boolean {
  return status !== "PENDING" && status !== "RUNNING";
}
