import type { Clock, DeadLetter } from "@alienplatform/bindings";
import type { WriteBatch } from "../../store/storage.ts";
import type { Commit } from "../commit.ts";
import { jobGroupKey, jobKey } from "../keys.ts";
import { keptOf, type Loose } from "../loose-row.ts";
import { recordId, recordMeta, recordSentAt } from "../record.ts";
import type { Segment } from "../segment.ts";
import type { BuiltSegment } from "../segment-builder.ts";
import type { Source } from "../source.ts";
import { attemptsOf } from "./attempts.ts";
import { type Delayed, encodeDelayed } from "./delayed-row.ts";
import { EndedWriter, SPAN_MS } from "./ended-writer.ts";
import { type Fate, fate } from "./fate.ts";
import { idsFrom, timeOfId } from "./id-time.ts";
import { type EndedJob, encodeJob, type JobRow, type LoosePlace } from "./job-row.ts";
import { JobWatch } from "./job-watch.ts";

/** A message is looked for in what was stored within so long after its id was drawn. */
export const REACH_MS = 5_000;
/** And its record in those of so long: they are of times that lie close together. */
export const RECORD_REACH_MS = REACH_MS + SPAN_MS;
/** In the place of a lane: delayed messages. */
export const DELAYED_LANE = 255;
const DELAYED_IN_ROW = 2_048;

/**
 * Writes down what becomes of a queue's jobs. A plain message costs no row: while it lives, its id's time leads to its
 * segment; when all of a segment are done with, one row says which those were. What differs has a row of its own.
 */
export class JobBook {
  /** How long records are kept after the end; undefined keeps none. */
  keepMs: number | undefined;
  /** Whether they lead to every message: not to those that were there when keeping them began. */
  complete = true;
  /** Who waits for one of them. */
  readonly watch = new JobWatch();
  readonly #queue: number;
  readonly #clock: Clock;
  readonly #commit: Commit;
  readonly #ended = new EndedWriter((at, row) => this.#putEnded(at, row));
  /** Rows of ended jobs in the commit being built. */
  #rows = 0;
  /** Resolves when what purges left is written down; undefined where it is. */
  #clearing: Promise<void> | undefined;
  #cleared: () => void = () => undefined;
  /** Purges that are not done with. */
  #purges = 0;
  /** Where the sweep looks at rows meanwhile: those that were put since. */
  written: Set<string> | undefined;
  /** Delayed at send, since the last seal. */
  #delayed: Delayed[] = [];
  /** What ids of the segments sealed last lie between. */
  #madeAt = -1;
  #lowest = "";
  #highest = "";

  constructor(queue: number, parts: { readonly clock: Clock; readonly commit: Commit }) {
    this.#queue = queue;
    this.#clock = parts.clock;
    this.#commit = parts.commit;
  }

  now(): number {
    return this.#clock.now();
  }

  get kept(): boolean {
    return this.keepMs !== undefined;
  }

  /** Whether ids between these two lead to what was stored at a time. */
  #reaches(lowest: string, highest: string, madeAt: number): boolean {
    if (madeAt !== this.#madeAt) {
      this.#madeAt = madeAt;
      this.#lowest = idsFrom(madeAt - REACH_MS);
      this.#highest = idsFrom(madeAt + 1);
    }
    return lowest >= this.#lowest && highest < this.#highest;
  }

  /** Segments of this commit, numbered from `first`, with the lowest and the highest of their ids. */
  stored(
    batch: WriteBatch,
    segments: readonly BuiltSegment[],
    place: {
      readonly lane: number;
      readonly first: number;
      readonly madeAt: number;
      readonly lowest: string;
      readonly highest: string;
    },
  ): void {
    const { lane, first, madeAt, lowest, highest } = place;
    if (!this.kept || this.#reaches(lowest, highest, madeAt)) return;
    for (const [position, { bytes, offsets }] of segments.entries()) {
      for (const offset of offsets) {
        const id = recordId(bytes, offset);
        if (this.#reaches(id, id, madeAt)) continue;
        this.put(batch, id, { madeAt, lane, segment: first + position });
      }
    }
  }

  /** All messages of a segment are done with. */
  segmentEnded(segment: Segment, bytes: Buffer): void {
    this.#ended.addSegment(segment, bytes);
  }

  #putEnded(at: number, row: Buffer): void {
    // Of this commit and this queue, so that no two rows have one key.
    const number = (this.#commit.count % 2 ** 32) * 2 ** 16 + (this.#rows++ % 2 ** 16);
    this.#commit.batch.put(jobGroupKey(this.#queue, at, 0, number), row);
  }

  /** A message of its own, delayed at send. */
  delayed(id: string, due: number, serial: number): void {
    if (this.kept) this.#delayed.push({ id, due, serial });
  }

  /** Puts where the delayed messages of this commit are. */
  seal(batch: WriteBatch, now: number, retentionMs: number): void {
    this.watch.seal();
    this.#ended.flush();
    this.#rows = 0;
    if (this.#delayed.length === 0) return;
    const near: Delayed[] = [];
    for (const message of this.#delayed) {
      const { id, due, serial } = message;
      if (this.#reaches(id, id, now)) near.push(message);
      else this.put(batch, id, { due, serial });
    }
    this.#delayed = [];
    for (let from = 0; from < near.length; from += DELAYED_IN_ROW) {
      const some = near.slice(from, from + DELAYED_IN_ROW);
      const number = some[0]?.serial ?? 0;
      batch.put(
        jobGroupKey(this.#queue, now, DELAYED_LANE, number),
        encodeDelayed(some, retentionMs),
      );
    }
  }

  /** A delivery succeeded that the segment of its message cannot tell all about. */
  succeeded(
    batch: WriteBatch,
    { bytes, at, attempts, kept }: Source,
    ack: { readonly result: string | undefined; readonly takenAt: number | undefined },
  ): void {
    const endedAt = this.now();
    const { result, takenAt } = ack;
    if (result === undefined && attempts === 0 && kept === undefined) {
      if (this.#pack(bytes, at, fate.succeeded, endedAt)) return;
    }
    this.#end(batch, bytes, at, {
      status: "SUCCEEDED",
      endedAt,
      attempts: [
        ...attemptsOf(bytes, at, kept).attempts,
        {
          number: attempts + 1,
          outcome: "SUCCEEDED",
          ...(takenAt !== undefined && { startedAt: takenAt }),
          endedAt,
        },
      ],
      ...(result !== undefined && { result }),
    });
  }

  /** A message in a row of its own is in another one now. */
  moved(batch: WriteBatch, bytes: Buffer, at: number, { due, serial }: LoosePlace): void {
    if (this.kept) this.put(batch, recordId(bytes, at), { due, serial });
  }

  /** A message that was in a row of its own is among the dead letters, which know it by its id. */
  buried(batch: WriteBatch, bytes: Buffer, at: number): void {
    if (this.kept) this.#forget(batch, recordId(bytes, at));
  }

  /** A message has gone to the queue that dead letters go to; there it is a job of its own. */
  forwarded(
    batch: WriteBatch,
    { bytes, at }: Source,
    death: Pick<EndedJob, "attempts" | "lastError">,
  ): void {
    this.watch.touch(bytes, at);
    if (this.kept) this.#end(batch, bytes, at, { status: "DEAD", endedAt: this.now(), ...death });
  }

  /** A message in a row of its own is deleted. */
  dropped(batch: WriteBatch, loose: Loose, why: "cancelled" | "expired"): void {
    if (!this.kept) return;
    const { row, at } = loose;
    this.watch.touch(row, at);
    const { attempts, lastError } = attemptsOf(row, at, keptOf(loose));
    if (attempts.length === 0 && lastError === undefined) {
      if (this.#pack(row, at, fate[why], this.now())) return;
    }
    const error = why === "expired" ? RETENTION_ENDED : lastError;
    this.#end(batch, row, at, {
      status: why === "expired" ? "FAILED" : "CANCELLED",
      endedAt: this.now(),
      attempts,
      ...(error !== undefined && { lastError: error }),
    });
  }

  /** A dead letter is deleted. */
  discarded(batch: WriteBatch, letter: DeadLetter): void {
    if (!this.kept) return;
    const { id, sentAt, history, error, headers } = letter;
    this.watch.touchId(id);
    this.put(batch, id, {
      status: "FAILED",
      endedAt: this.now(),
      sentAt,
      attempts: history,
      lastError: error,
      ...(headers.job !== undefined && { name: headers.job }),
    });
  }

  /** In a row with others, where the time of its id leads to that and it has not been redriven. */
  #pack(bytes: Buffer, at: number, what: Fate, endedAt: number): boolean {
    const time = timeOfId(recordId(bytes, at));
    if (Number.isNaN(time) || recordMeta(bytes, at).earlier !== undefined) return false;
    this.#ended.addRecord(bytes, at, what, { time, at: endedAt });
    return true;
  }

  #end(batch: WriteBatch, bytes: Buffer, at: number, job: Omit<EndedJob, "sentAt" | "name">): void {
    const { job: name } = recordMeta(bytes, at);
    const sentAt = recordSentAt(bytes, at);
    const id = recordId(bytes, at);
    this.put(batch, id, { ...job, sentAt, ...(name !== undefined && { name }) });
  }

  /** A purge begins: its segments are looked through after its commit. */
  purging(): void {
    this.watch.touchAll();
    this.#purges++;
    if (!this.kept || this.#clearing !== undefined) return;
    this.#clearing = new Promise((resolve) => {
      this.#cleared = resolve;
    });
  }

  /** One of them is done, or will be by the next owner. */
  purged(): void {
    this.#purges--;
    if (this.#purges === 0) this.closed();
  }

  /** Nobody writes anything down any more. */
  closed(): void {
    this.#cleared();
    this.#clearing = undefined;
  }

  /**
   * Resolves when all that was changed is where it can be found. The commit comes first: a purge may be in it, and
   * between that and its clearing a purged job is nowhere.
   */
  async settled(): Promise<void> {
    await this.#commit.durable();
    while (this.#clearing !== undefined) await this.#clearing;
  }

  /** What is to be known of one job, in the place of what was before. */
  put(batch: WriteBatch, id: string, job: JobRow): void {
    batch.put(jobKey(this.#queue, id), encodeJob(job));
    this.written?.add(id);
  }

  #forget(batch: WriteBatch, id: string): void {
    batch.del(jobKey(this.#queue, id));
  }
}

/** Why a message was dropped that nobody has received in time. */
export const RETENTION_ENDED = Object.freeze({
  code: "RETENTION_ENDED",
  message: "it was kept for the queue's retention and not received",
});
