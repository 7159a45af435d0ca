import type { Outgoing } from "@alienplatform/bindings";
import type { WriteBatch } from "../store/storage.ts";
import type { JobBook } from "./jobs/job-book.ts";
import { segmentKey } from "./keys.ts";
import { type BuiltSegment, SegmentBuilder } from "./segment-builder.ts";

/** Makes the segments of a lane. */
export class SegmentWriter {
  readonly #queue: number;
  readonly #lane: number;
  readonly #jobs: JobBook;
  readonly #builder = new SegmentBuilder();
  /** The number of the next segment to be made. */
  next: number;
  /** When the last of the segments that are there was made. */
  madeAt = 0;

  constructor(queue: number, lane: number, next: number, jobs: JobBook) {
    this.#queue = queue;
    this.#lane = lane;
    this.next = next;
    this.#jobs = jobs;
  }

  /** Messages that are not sealed yet. */
  get count(): number {
    return this.#builder.count;
  }

  append(message: Outgoing): void {
    this.#builder.append(message);
  }

  /** The same for a message that has a record; answers its place among what is not sealed. */
  appendRecord(source: Buffer, start: number, end: number): number {
    this.#builder.appendRecord(source, start, end);
    return this.#builder.count - 1;
  }

  /** Takes back some that are not sealed yet, by their places among those. */
  withdraw(places: ReadonlySet<number>): void {
    this.#builder.withdraw(places);
  }

  /** Puts the segments of this commit into it. */
  seal(batch: WriteBatch, now: number): readonly BuiltSegment[] {
    if (this.#builder.count === 0) return NONE;
    const { lowest, highest } = this.#builder;
    // Jobs are found by the order of these times, which a clock that was set back must not break. What it costs meanwhile:
    // a row for each job, and messages are kept for as much longer.
    const madeAt = Math.max(now, this.madeAt);
    this.madeAt = madeAt;
    const built = this.#builder.finish(madeAt);
    const first = this.next;
    for (const { bytes } of built) {
      batch.put(segmentKey(this.#queue, this.#lane, this.next++), bytes);
    }
    this.#jobs.stored(batch, built, { lane: this.#lane, first, madeAt, lowest, highest });
    return built;
  }
}

const NONE: readonly BuiltSegment[] = [];
