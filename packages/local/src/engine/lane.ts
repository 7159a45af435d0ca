import type { Outgoing } from "@alienplatform/bindings";
import type { Storage, WriteBatch } from "../store/storage.ts";
import { Cursor } from "./cursor.ts";
import { DoneRows } from "./done-rows.ts";
import { type Fate, fate } from "./jobs/fate.ts";
import type { JobBook } from "./jobs/job-book.ts";
import { clearingKey, clearingValue } from "./keys.ts";
import type { Lease } from "./lease.ts";
import { LiveSegments } from "./live-segments.ts";
import type { LaneMeta } from "./meta.ts";
import { ReadAhead } from "./read-ahead.ts";
import { Segment, type SegmentPlace, type Visit } from "./segment.ts";
import { SegmentReader } from "./segment-reader.ts";
import { SegmentWriter } from "./segment-writer.ts";
import type { WindowBudget } from "./window.ts";

/** One priority of a queue: segments in order, and the cursor before the first message never received. */
export class Lane {
  readonly #queue: number;
  readonly priority: number;
  readonly #storage: Storage;
  readonly #budget: WindowBudget;
  readonly #jobs: JobBook;

  /** Segments below this one are on disk. */
  #stored: number;
  readonly #at: Cursor;
  #ready: number;

  /** Up to here, from the cursor on, segments are in memory. */
  #loadedTo: number;
  readonly #ahead = new ReadAhead();

  readonly #writer: SegmentWriter;
  /** What is done with in its segments. */
  readonly done: DoneRows;
  readonly #reader: SegmentReader;
  /** A message with a concurrency key has been in it. */
  keyed: boolean;
  /** With groups or keys: those in memory, also behind the cursor. */
  #live: LiveSegments | undefined;
  /** The same, after opening: behind `end` are gaps and messages that are done, and meta stays as it was. */
  #again: { readonly end: number; readonly cursor: number; readonly index: number } | undefined;

  constructor(
    queue: number,
    meta: LaneMeta,
    parts: { readonly storage: Storage; readonly budget: WindowBudget; readonly jobs: JobBook },
  ) {
    this.#queue = queue;
    this.priority = meta.lane;
    this.#storage = parts.storage;
    this.#budget = parts.budget;
    this.#jobs = parts.jobs;
    this.done = new DoneRows(queue, parts);
    this.#reader = new SegmentReader(queue, meta.lane, parts.storage);
    this.#writer = new SegmentWriter(queue, meta.lane, meta.next, parts.jobs);
    this.#stored = meta.next;
    this.#at = new Cursor(meta.cursor, meta.index);
    this.#ready = meta.ready;
    this.#loadedTo = meta.cursor;
    this.keyed = meta.keyed;
  }

  /** The number of the next segment to be made. */
  get #next(): number {
    return this.#writer.next;
  }

  /** How many claim() can give at most. */
  get claimable(): number {
    return this.#at.claimable;
  }

  /** Messages never received. */
  get ready(): number {
    return this.#ready;
  }

  get meta(): LaneMeta {
    const again = this.#again;
    const from = again !== undefined && this.#at.segment < again.end ? again : undefined;
    return {
      lane: this.priority,
      keyed: this.keyed,
      next: this.#next,
      cursor: from?.cursor ?? this.#at.segment,
      index: from?.index ?? this.#at.index,
      ready: this.#ready,
    };
  }

  /** From now on messages may be behind the cursor that are neither done nor on loan; those on loan are told. */
  joinGroups(lent: Iterable<readonly [Segment, number]>): void {
    const live = new LiveSegments(this.#queue, this.priority, this.#storage, this.#budget);
    for (const segment of this.#reader.holes()) live.add(segment);
    for (const segment of this.#at.window.items()) live.add(segment);
    for (const [segment, index] of lent) {
      live.add(segment);
      segment.setLent(index);
    }
    this.#live = live;
  }

  /** The opposite, where there is no message. */
  leaveGroups(): void {
    this.#live = undefined;
  }

  /** Goes back to the first segment that is there, for what was parked before the store was opened. */
  async rewind(): Promise<void> {
    const { segment: cursor, index } = this.#at;
    const end = index > 0 ? cursor + 1 : cursor;
    this.#again = { end, cursor, index };
    const lowest = await this.#live?.findLowest(end);
    if (lowest === undefined) return;
    this.#at.moveTo(lowest);
    this.#loadedTo = lowest;
  }

  /** Stores a message with the commit being built. */
  append(message: Outgoing): void {
    this.#writer.append(message);
    this.#ready++;
  }

  /** The same for a message that has a record; answers its place in that. */
  appendRecord(source: Buffer, start: number, end: number): number {
    this.#ready++;
    return this.#writer.appendRecord(source, start, end);
  }

  /** Takes back some that were appended to the commit being built, by their places in it. */
  withdraw(places: ReadonlySet<number>): void {
    this.#writer.withdraw(places);
    this.#ready -= places.size;
  }

  /** Puts the segments of this commit into it; from here on they can be claimed. `lent`: something of the queue is on loan. */
  seal(batch: WriteBatch, now: number, lent: boolean): void {
    let number = this.#next;
    // No segment is left that is looked for by the order of times.
    if (!lent && this.span.first >= number) this.#writer.madeAt = 0;
    for (const { bytes, offsets } of this.#writer.seal(batch, now)) {
      if (this.#loadedTo === number && this.#budget.roomy) {
        this.#keep(new Segment(this.priority, number, bytes, offsets));
      }
      number++;
    }
  }

  #keep(segment: Segment): void {
    this.#at.add(segment);
    this.#loadedTo = segment.number + 1;
    this.#budget.add(segment);
    this.#live?.add(segment);
  }

  /** What was sealed is on disk; answers whether some of it has to be read from there. */
  committed(): boolean {
    const more = this.#next > this.#stored && this.#loadedTo < this.#next;
    this.#stored = this.#next;
    this.#live?.sweep(this.#at.segment);
    return more;
  }

  /** Adds at most `max` messages to the lease; what is there for longer than `retentionMs` is dropped. */
  claim(lease: Lease, max: number, madeAfter: number): number {
    let claimed = 0;
    while (claimed < max) {
      const segment = this.#at.window.first;
      if (segment === undefined) break;
      if (segment.madeAt < madeAfter) {
        this.#drop(segment, fate.expired);
        continue;
      }
      if (this.#reader.hasHoles(segment.number)) {
        claimed += this.#claimAround(lease, segment, max - claimed);
        continue;
      }
      const from = this.#at.index;
      const until = Math.min(segment.count, from + max - claimed);
      for (let index = from; index < until; index++) lease.add(segment, index);
      claimed += until - from;
      this.#ready -= until - from;
      this.#at.advance(until - from);
      if (until === segment.count) this.#pass(segment);
    }
    return claimed;
  }

  /** The same in a segment in which some were cancelled. */
  #claimAround(lease: Lease, segment: Segment, max: number): number {
    let claimed = 0;
    while (claimed < max && this.#at.index < segment.count) {
      const { index } = this.#at;
      this.#at.advance(1);
      if (segment.isDone(index)) continue;
      lease.add(segment, index);
      claimed++;
    }
    this.#ready -= claimed;
    if (this.#at.index === segment.count) this.#pass(segment);
    return claimed;
  }

  /** Shows at most `most` messages from the cursor on, until `visit` answers false; returns how many it looked at. */
  walk(
    most: number,
    madeAfter: number,
    visit: (segment: Segment, index: number) => boolean,
  ): number {
    let looked = 0;
    for (let more = true; more && looked < most; ) {
      const segment = this.#at.window.first;
      if (segment === undefined) break;
      this.#at.skipTo(segment);
      while (more && looked < most && this.#at.index < segment.count) {
        const { index } = this.#at;
        this.#at.advance(1);
        looked++;
        if (segment.isDone(index) || segment.isLent(index)) continue;
        if (segment.madeAt < madeAfter) this.expire(segment, index);
        else more = visit(segment, index);
      }
      if (this.#at.index === segment.count) this.#pass(segment);
    }
    return looked;
  }

  /** The segment of a parked message. */
  passed(number: number): Segment {
    const segment = this.#live?.at(number);
    if (segment === undefined) throw new RangeError(`lane ${this.priority} parks no messages`);
    return segment;
  }

  /** A message that walk() showed is given out. */
  lend(segment: Segment, index: number): void {
    segment.setLent(index);
    this.#ready--;
  }

  /** It was kept too long without being received. */
  expire(segment: Segment, index: number): void {
    this.done.set(segment, index, fate.expired, this.#jobs.now());
    this.#ready--;
  }

  #drop(segment: Segment, what: Fate): void {
    const from = this.#at.index;
    this.#at.advance(segment.count - from);
    const now = this.#jobs.now();
    for (let index = from; index < segment.count; index++) {
      if (segment.isDone(index)) continue;
      this.#ready--;
      this.done.set(segment, index, what, now);
    }
    this.#pass(segment);
  }

  #pass(segment: Segment): void {
    this.#budget.pass(segment);
    this.#reader.passed(segment.number);
    // All of it was cancelled before its turn: its rows had to stay until now.
    if (segment.remaining === 0) this.done.touch(segment);
    this.#at.pass(segment);
  }

  /** Whether claim() found less than there is, because it is not in memory. */
  get unread(): boolean {
    return this.#loadedTo < this.#next;
  }

  /** Starts to read ahead where less than `wanted` or little is left; `loaded` is called when more can be claimed. */
  readAhead(wanted: number, loaded: () => void, failed: (error: unknown) => void): void {
    if (this.#ahead.busy || this.#loadedTo >= this.#stored) return;
    if (!this.#ahead.isLittle(this.#at.window.length) && this.#at.claimable >= wanted) return;
    this.#ahead.run((rows) => this.#load(rows)).then(loaded, failed);
  }

  /** Reads the next segments into the window. */
  async #load(rows: number): Promise<readonly Segment[]> {
    const from = this.#loadedTo;
    const live = this.#live;
    const end = this.#again?.end ?? 0;
    let segments: readonly Segment[];
    if (live !== undefined && from < end) {
      // Segments are missing here, because all of their messages are done.
      const some = await live.read(from, end, rows);
      if (this.#loadedTo !== from) return [];
      segments = some.map((row) => live.takeIn(row));
    } else {
      // A purge while reading moves the cursor past all of these.
      const wanted = () => this.#loadedTo === from;
      segments = await this.#reader.read(from, Math.min(this.#stored, from + rows), wanted);
      if (!wanted()) return [];
    }
    for (const segment of segments) this.#keep(segment);
    if (from < end && segments.length < rows) this.#loadedTo = end;
    return segments;
  }

  /** Puts a segment that leases refer to, read by the recovery, at the cursor where it belongs there. */
  adopt(segment: Segment): void {
    if (this.#live !== undefined) {
      this.#live.takeBack(segment);
      return;
    }
    if (segment.number === this.#loadedTo && this.#at.window.length === 0) this.#keep(segment);
    else this.#budget.add(segment);
    if (segment.number < this.#at.segment) this.#budget.pass(segment);
  }

  /** Puts what became of messages since the last commit into this one. */
  sealDone(batch: WriteBatch): void {
    this.done.seal(batch, this.#at.segment);
  }

  /** The bytes of a segment on loan, from disk where they were evicted. */
  bytesOf(segment: Segment): Buffer {
    return this.done.bytesOf(segment);
  }

  /** Forgets what was never received and was sealed; returns how many those were. Their rows are cleared later. */
  purge(batch: WriteBatch): number {
    const messages = this.#ready - this.#writer.count;
    const now = this.#jobs.now();
    const purgedAt = this.#jobs.kept ? now : undefined;
    if (this.#live === undefined) {
      const segment = this.#at.index > 0 ? this.#at.window.first : undefined;
      if (segment !== undefined) this.#drop(segment, fate.cancelled);
      for (const waiting of this.#at.window.items()) this.#budget.free(waiting);
      if (this.#at.segment < this.#next) {
        const key = clearingKey(this.#queue, this.priority, this.#at.segment);
        batch.put(key, clearingValue(this.#queue, this.priority, this.#next, purgedAt));
      }
    } else {
      this.#live.purge(batch, { end: this.#next, purgedAt }, (segment, index) =>
        this.done.set(segment, index, fate.cancelled, now),
      );
    }
    this.#reader.forgetHoles();
    this.#at.moveTo(this.#next);
    this.#loadedTo = this.#next;
    this.#ready = this.#writer.count;
    return messages;
  }

  /** Reads messages never received in order, from the window and from disk, until `visit` answers false; after one. */
  scan(visit: Visit, after?: SegmentPlace): Promise<void> {
    if (this.#live !== undefined) return this.#live.scan(this.#stored, visit, after);
    const span = { from: this.#at.segment, index: this.#at.index, end: () => this.#stored };
    if (after !== undefined && !this.#at.isPast(after.segment, after.index)) {
      span.from = after.segment;
      span.index = after.index + 1;
    }
    return this.#reader.scan(span, (number) => this.#at.window.at(number), visit);
  }

  /** The numbers of its segments that may be there, and whether messages may be parked there, behind the cursor. */
  get span(): { readonly first: number; readonly end: number; readonly parks: boolean } {
    const first = this.#live?.lowest ?? this.#at.segment;
    return { first, end: this.#stored, parks: this.#live !== undefined };
  }

  /** A segment as far as it is in memory. */
  inMemory(number: number): Segment | undefined {
    return this.#live?.inMemory(number) ?? this.#reader.holed(number) ?? this.#at.window.at(number);
  }

  /** Whether the cursor has passed a message. */
  isBehind(number: number, index: number): boolean {
    return this.#at.isPast(number, index);
  }

  /** None after this segment has anything that is done with. */
  get lastDone(): number {
    const { first, end, parks } = this.span;
    return parks ? end : Math.max(first, this.#reader.lastWithHoles);
  }

  /** After an opening: finds the holes, and when the last segment was made, since the clock may have been set back. */
  async recall(): Promise<void> {
    await this.#reader.findHoles(this.#at.segment, this.#next);
    this.#writer.madeAt = await this.#reader.lastMadeAt(this.#next);
  }

  /** Takes back a message that nobody has received yet; false where it is on loan or done with. */
  cancel(number: number, index: number): boolean {
    if (this.#live === undefined && this.isBehind(number, index)) return false;
    const segment = this.#live?.at(number) ?? this.inMemory(number) ?? this.#reader.readNow(number);
    if (segment.isDone(index) || segment.isLent(index)) return false;
    if (this.isBehind(number, index)) this.done.pin(segment);
    else this.#reader.keepHoles(segment);
    this.done.set(segment, index, fate.cancelled, this.#jobs.now());
    this.#ready--;
    return true;
  }
}
