import { damaged } from "../store/damage.ts";
import type { Storage, WriteBatch } from "../store/storage.ts";
import { clearingKey, clearingValue, doneKey, readSegmentKey, segmentKey } from "./keys.ts";
import { parseSegment, type Segment, type SegmentPlace, type Visit } from "./segment.ts";
import type { WindowBudget } from "./window.ts";

/** Rows looked at together: few, since most who look want the first. */
const SCAN_ROWS = 4;

/** A segment as stored. */
export interface SegmentRow {
  readonly number: number;
  readonly bytes: Buffer;
  /** Its bitmap, where some of it is done. */
  readonly done: Buffer | undefined;
}

/**
 * The segments of a FIFO lane that are in memory, each once: a message behind the cursor is found again through here.
 * One that the cursor has passed is forgotten with its bytes, unless something of it is on loan, and read again when
 * its parked messages have their turn.
 */
export class LiveSegments {
  readonly #queue: number;
  readonly #lane: number;
  readonly #storage: Storage;
  readonly #budget: WindowBudget;
  readonly #segments = new Map<number, Segment>();
  #sweeping = this.#segments.values();
  #added = 0;
  /** No row is before this one's. */
  #lowest = 0;

  constructor(queue: number, lane: number, storage: Storage, budget: WindowBudget) {
    this.#queue = queue;
    this.#lane = lane;
    this.#storage = storage;
    this.#budget = budget;
  }

  add(segment: Segment): void {
    this.#segments.set(segment.number, segment);
    this.#added++;
  }

  /** A segment behind the cursor; all that was sealed must be on disk. */
  at(number: number): Segment {
    const known = this.#segments.get(number);
    if (known !== undefined) return known;
    const bytes = this.#storage.getSync(segmentKey(this.#queue, this.#lane, number));
    if (bytes === undefined) throw damaged(`segment ${number} is missing`);
    const segment = parseSegment(this.#lane, number, bytes);
    const done = this.#storage.getSync(doneKey(this.#queue, this.#lane, number));
    if (done !== undefined) segment.restore(done);
    this.takeBack(segment);
    return segment;
  }

  /** No row is before this one's. */
  get lowest(): number {
    return this.#lowest;
  }

  /** A segment as far as it is in memory. */
  inMemory(number: number): Segment | undefined {
    return this.#segments.get(number);
  }

  /** One that the cursor has passed is in memory again. */
  takeBack(segment: Segment): void {
    this.add(segment);
    this.#budget.add(segment);
    this.#budget.pass(segment);
  }

  /** The first segment that is there, before `end`. */
  async findLowest(end: number): Promise<number | undefined> {
    const [first] = await this.read(0, end, 1);
    if (first !== undefined) this.#lowest = first.number;
    return first?.number;
  }

  /** At most `most` rows from segment `from` to before `end`, where some may be missing. */
  async read(from: number, end: number, most: number): Promise<readonly SegmentRow[]> {
    const gte = segmentKey(this.#queue, this.#lane, from);
    const rows = await this.#storage.rows(
      { gte, lt: segmentKey(this.#queue, this.#lane, end) },
      most,
    );
    const numbers = rows.map(([key]) => readSegmentKey(key).segment);
    const done = await this.#storage.getMany(
      numbers.map((number) => doneKey(this.#queue, this.#lane, number)),
    );
    return rows.map(([, bytes], position) => ({
      number: numbers[position] ?? 0,
      bytes,
      done: done[position],
    }));
  }

  /** The segment of a row that was read; one that is in memory knows more than its row. */
  takeIn({ number, bytes, done }: SegmentRow): Segment {
    const known = this.#segments.get(number);
    if (known !== undefined) {
      this.#budget.free(known);
      known.bytes = bytes;
      return known;
    }
    const segment = parseSegment(this.#lane, number, bytes);
    if (done !== undefined) segment.restore(done);
    return segment;
  }

  /** Reads what was never received in order, from disk, until `visit` answers false; after one. */
  async scan(end: number, visit: Visit, after?: SegmentPlace): Promise<void> {
    for (let from = Math.max(this.#lowest, after?.segment ?? 0); ; ) {
      const rows = await this.read(from, end, SCAN_ROWS);
      if (from === this.#lowest) this.#lowest = rows[0]?.number ?? from;
      for (const { number, bytes, done } of rows) {
        const stored = parseSegment(this.#lane, number, bytes);
        if (done !== undefined) stored.restore(done);
        const segment = this.#segments.get(number) ?? stored;
        let index = number === after?.segment ? after.index + 1 : 0;
        for (; index < segment.count; index++) {
          if (segment.isDone(index) || segment.isLent(index)) continue;
          if (!visit(bytes, stored.offset(index), number, index)) return;
        }
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < SCAN_ROWS) return;
      from = last.number + 1;
    }
  }

  /** Only what is on loan is left: the rows of all others before `end` are to be cleared. */
  purge(
    batch: WriteBatch,
    { end, purgedAt }: { readonly end: number; readonly purgedAt: number | undefined },
    drop: (segment: Segment, index: number) => void,
  ): void {
    const kept = [...this.#segments.values()]
      .filter(({ lentCount }) => lentCount > 0)
      .sort((a, b) => a.number - b.number);
    let from = this.#lowest;
    for (const segment of kept) {
      for (let index = 0; index < segment.count; index++) {
        if (!segment.isDone(index) && !segment.isLent(index)) drop(segment, index);
      }
      this.#clear(batch, from, segment.number, purgedAt);
      from = segment.number + 1;
    }
    this.#clear(batch, from, end, purgedAt);
    for (const segment of this.#segments.values()) {
      if (segment.lentCount === 0) this.#budget.free(segment);
    }
    this.#segments.clear();
    for (const segment of kept) this.add(segment);
  }

  #clear(batch: WriteBatch, from: number, end: number, purgedAt: number | undefined): void {
    if (from >= end) return;
    const key = clearingKey(this.#queue, this.#lane, from);
    batch.put(key, clearingValue(this.#queue, this.#lane, end, purgedAt));
  }

  /**
   * Forgets some of what nobody needs, in proportion to what came in. To be called when what was sealed is on disk:
   * what is read again later is then as it was here.
   */
  sweep(cursor: number): void {
    let steps = this.#added * 2 + 16;
    this.#added = 0;
    for (; steps > 0; steps--) {
      const { value: segment, done } = this.#sweeping.next();
      if (done === true || segment === undefined) {
        this.#sweeping = this.#segments.values();
        return;
      }
      const needed = segment.bytes !== undefined || segment.dirty || segment.lentCount > 0;
      if (segment.number < cursor && !needed) this.#segments.delete(segment.number);
    }
  }
}
