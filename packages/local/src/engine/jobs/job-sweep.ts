import type { Storage } from "../../store/storage.ts";
import type { Commit } from "../commit.ts";
import { jobGroupKey, queueRange, readJobKey, table } from "../keys.ts";
import type { QueueParts } from "../parts.ts";
import { endedAtOf } from "./ended-row.ts";
import { idsFrom } from "./id-time.ts";
import type { JobFinder } from "./job-finder.ts";
import { decodeJob } from "./job-row.ts";

/** How often a record's time is looked at, as a part of that time; and within which bounds. */
const PARTS = 24;
const SOONEST_MS = 60_000;
const LATEST_MS = 60 * 60_000;
/** Rows looked at in a step. */
const STEP_ROWS = 1_024;

/**
 * Deletes the records of jobs whose time is over, a little at a time: with the first commit after an opening, and then
 * every now and then where there are commits. It sets no timer: an idle queue grows no older. What it has not come to
 * yet is not shown.
 */
export class JobSweep {
  readonly #parts: QueueParts;
  readonly #storage: Storage;
  readonly #commit: Commit;
  readonly #finder: JobFinder;
  readonly #changed: () => void;
  #nextAt = 0;
  #running = false;
  #closed = false;

  constructor(
    parts: QueueParts,
    options: {
      readonly storage: Storage;
      readonly commit: Commit;
      readonly finder: JobFinder;
      readonly changed: () => void;
    },
  ) {
    this.#parts = parts;
    this.#storage = options.storage;
    this.#commit = options.commit;
    this.#finder = options.finder;
    this.#changed = options.changed;
  }

  /** To be called with each commit. */
  sealed(now: number): void {
    if (now < this.#nextAt || this.#running || this.#closed) return;
    const { keepMs } = this.#parts.jobs;
    if (keepMs === undefined) return;
    this.#running = true;
    this.#nextAt = now + Math.min(LATEST_MS, Math.max(SOONEST_MS, keepMs / PARTS));
    setImmediate(() => {
      // A store that has failed is opened again, and swept from the beginning then.
      this.#run(keepMs)
        .catch((error) => this.#commit.fail(error))
        .finally(() => {
          this.#running = false;
        });
    });
  }

  close(): void {
    this.#closed = true;
  }

  async #run(keepMs: number): Promise<void> {
    const { number: queue } = this.#parts;
    const before = this.#parts.clock.now() - keepMs;
    const groups = queueRange(table.jobGroup, queue);
    if (before > 0) groups.lt = jobGroupKey(queue, before, 0, 0);
    const rows = queueRange(table.job, queue);
    rows.lt = Buffer.concat([rows.gte, Buffer.from(idsFrom(before), "latin1")]);
    for (const range of [groups, rows]) {
      for (let rest: Range | undefined = range; rest !== undefined; ) {
        rest = await this.#step(rest, before);
        if (this.#stopped) return;
        // The others have their turn.
        await this.#commit.durable();
      }
    }
  }

  /** A full disk has no space for what is not needed now. */
  get #stopped(): boolean {
    return this.#closed || this.#commit.full || this.#commit.failure !== undefined;
  }

  /** Looks at some rows, and answers where the rest is. */
  async #step(range: Range, before: number): Promise<Range | undefined> {
    const written = new Set<string>();
    this.#parts.jobs.written = written;
    const rows = await this.#storage.rows(range, STEP_ROWS);
    const over: Buffer[] = [];
    for (const [key, row] of rows) {
      if (
        key[0] === table.jobGroup ? endedAtOf(row) <= before : await this.#isOver(key, row, before)
      )
        over.push(key);
    }
    this.#parts.jobs.written = undefined;
    if (this.#stopped) return undefined;
    const { batch } = this.#commit;
    for (const key of over) {
      if (key[0] === table.jobGroup || !written.has(readJobKey(key))) batch.del(key);
    }
    if (over.length > 0) this.#changed();
    const last = rows.at(-1)?.[0];
    if (last === undefined || rows.length < STEP_ROWS) return undefined;
    return { gte: Buffer.concat([last, Buffer.of(0)]), lt: range.lt };
  }

  /** Whether a row about one job is of no use any more. */
  async #isOver(key: Buffer, row: Buffer, before: number): Promise<boolean> {
    const job = decodeJob(row);
    if ("status" in job) return job.endedAt <= before;
    const found = await this.#finder.look(readJobKey(key));
    if (found === undefined || found.where === "dead") return true;
    // Where its id leads to what it ended as, that it was in a row of its own is of no use any more.
    return found.where === "past" && "due" in job;
  }
}

interface Range {
  readonly gte: Buffer;
  readonly lt: Buffer;
}
