import { damaged } from "../store/damage.ts";
import type { Storage, WriteBatch } from "../store/storage.ts";
import { type Fate, fate } from "./jobs/fate.ts";
import type { JobBook } from "./jobs/job-book.ts";
import { doneKey, segmentKey } from "./keys.ts";
import type { Segment } from "./segment.ts";
import type { WindowBudget } from "./window.ts";

/** What is done with in the segments of a lane, and the rows that say so. */
export class DoneRows {
  readonly #queue: number;
  readonly #storage: Storage;
  readonly #budget: WindowBudget;
  readonly #jobs: JobBook;
  readonly #dirty: Segment[] = [];

  constructor(
    queue: number,
    parts: { readonly storage: Storage; readonly budget: WindowBudget; readonly jobs: JobBook },
  ) {
    this.#queue = queue;
    this.#storage = parts.storage;
    this.#budget = parts.budget;
    this.#jobs = parts.jobs;
  }

  set(segment: Segment, index: number, what: Fate, at: number): void {
    segment.setDone(index);
    if (this.#jobs.kept) segment.setEnd(index, what, at);
    if (what === fate.expired || what === fate.cancelled) this.#jobs.watch.touchAll();
    this.touch(segment);
  }

  /** Its bytes stay in memory, whatever becomes of its rows. */
  pin(segment: Segment): void {
    const bytes = this.bytesOf(segment);
    this.#budget.free(segment);
    segment.bytes = bytes;
    segment.pinned = true;
  }

  /** Its rows are to be put or deleted. */
  touch(segment: Segment): void {
    if (segment.dirty) return;
    segment.dirty = true;
    this.#dirty.push(segment);
  }

  /** Puts what became of messages since the last commit into this one. From the cursor on every segment has a row. */
  seal(batch: WriteBatch, cursor: number): void {
    for (const segment of this.#dirty) {
      segment.dirty = false;
      const { lane, number } = segment;
      const key = doneKey(this.#queue, lane, number);
      if (segment.remaining > 0 || number >= cursor) {
        batch.put(key, segment.doneRow());
        segment.doneStored = true;
        continue;
      }
      if (this.#jobs.kept) this.#jobs.segmentEnded(segment, this.bytesOf(segment));
      batch.del(segmentKey(this.#queue, lane, number));
      if (segment.doneStored) batch.del(key);
      if (!segment.pinned) this.#budget.free(segment);
    }
    this.#dirty.length = 0;
  }

  /** The bytes of a segment, from disk where they were evicted. */
  bytesOf({ lane, number, bytes }: Segment): Buffer {
    if (bytes !== undefined) return bytes;
    const read = this.#storage.getSync(segmentKey(this.#queue, lane, number));
    if (read === undefined) throw damaged(`segment ${number} is missing`);
    return read;
  }
}
