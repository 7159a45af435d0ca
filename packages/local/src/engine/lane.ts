import type { Outgoing } from "@alienplatform/bindings";
import { damaged } from "../store/damage.ts";
import type { Storage, WriteBatch } from "../store/storage.ts";
import { clearingKey, doneKey, segmentKey } from "./keys.ts";
import type { Lease } from "./lease.ts";
import { LiveSegments } from "./live-segments.ts";
import type { LaneMeta } from "./meta.ts";
import { parseSegment, SEGMENT_MAX_BYTES, Segment } from "./segment.ts";
import { SegmentBuilder } from "./segment-builder.ts";
import type { WindowBudget } from "./window.ts";

/** Segments are read ahead until so many bytes or rows are asked for at once. */
const READ_BYTES = 1024 * 1024;
const READ_ROWS = 512;

/** One priority of a queue: segments in order, and the cursor before the first message never received. */
export class Lane {
  readonly #queue: number;
  readonly #number: number;
  readonly #storage: Storage;
  readonly #budget: WindowBudget;

  /** The number of the next segment to be made; those below #stored are on disk. */
  #next: number;
  #stored: number;
  /** The first message never received. */
  #cursor: number;
  #index: number;
  #ready: number;
  /** Of these, how many are in the window. */
  #claimable = 0;

  /** The segments from the cursor up to #loadedTo, from #head on. */
  #window: Segment[] = [];
  #head = 0;
  #loadedTo: number;
  #loading = false;
  /** Of the segments read last; decides how many rows to ask for. */
  #averageBytes = SEGMENT_MAX_BYTES;

  readonly #builder = new SegmentBuilder();
  readonly #dirty: Segment[] = [];
  /** In a FIFO queue: those in memory, also behind the cursor. */
  #live: LiveSegments | undefined;
  /** In a FIFO queue, after opening: behind `end` are gaps and messages that are done, and meta stays as it was. */
  #again: { readonly end: number; readonly cursor: number; readonly index: number } | undefined;

  constructor(
    queue: number,
    meta: LaneMeta,
    parts: { readonly storage: Storage; readonly budget: WindowBudget },
  ) {
    this.#queue = queue;
    this.#number = meta.lane;
    this.#storage = parts.storage;
    this.#budget = parts.budget;
    this.#next = meta.next;
    this.#stored = meta.next;
    this.#cursor = meta.cursor;
    this.#index = meta.index;
    this.#ready = meta.ready;
    this.#loadedTo = meta.cursor;
  }

  get priority(): number {
    return this.#number;
  }

  /** How many claim() can give at most. */
  get claimable(): number {
    return this.#claimable;
  }

  /** Messages never received. */
  get ready(): number {
    return this.#ready;
  }

  get meta(): LaneMeta {
    const again = this.#again;
    const from = again !== undefined && this.#cursor < again.end ? again : undefined;
    return {
      lane: this.#number,
      next: this.#next,
      cursor: from?.cursor ?? this.#cursor,
      index: from?.index ?? this.#index,
      ready: this.#ready,
    };
  }

  /** Starts or stops to keep messages apart that are behind the cursor and not on loan; only where there are none. */
  setGrouped(grouped: boolean): void {
    if (grouped === (this.#live !== undefined)) return;
    this.#live = grouped
      ? new LiveSegments(this.#queue, this.#number, this.#storage, this.#budget)
      : undefined;
  }

  /** Goes back to the first segment that is there, for what was parked before the store was opened. */
  async rewind(): Promise<void> {
    const end = this.#index > 0 ? this.#cursor + 1 : this.#cursor;
    this.#again = { end, cursor: this.#cursor, index: this.#index };
    const lowest = await this.#live?.findLowest(end);
    if (lowest === undefined) return;
    this.#cursor = lowest;
    this.#index = 0;
    this.#loadedTo = lowest;
  }

  /** Stores a message with the commit being built. */
  append(message: Outgoing): void {
    this.#builder.append(message);
    this.#ready++;
  }

  /** The same for a message that has a record. */
  appendRecord(source: Buffer, start: number, end: number): void {
    this.#builder.appendRecord(source, start, end);
    this.#ready++;
  }

  /** Puts the segments of this commit into it; from here on they can be claimed. */
  seal(batch: WriteBatch, now: number): void {
    for (const { bytes, offsets } of this.#builder.finish(now)) {
      const number = this.#next++;
      batch.put(segmentKey(this.#queue, this.#number, number), bytes);
      if (this.#loadedTo === number && this.#budget.roomy) {
        this.#keep(new Segment(this.#number, number, bytes, offsets));
      }
    }
  }

  #keep(segment: Segment): void {
    this.#window.push(segment);
    this.#claimable += segment.count - (segment.number === this.#cursor ? this.#index : 0);
    this.#loadedTo = segment.number + 1;
    this.#budget.add(segment);
    this.#live?.add(segment);
  }

  /** What was sealed is on disk; answers whether some of it has to be read from there. */
  committed(): boolean {
    const more = this.#next > this.#stored && this.#loadedTo < this.#next;
    this.#stored = this.#next;
    this.#live?.sweep(this.#cursor);
    return more;
  }

  /** Adds at most `max` messages to the lease; what is there for longer than `retentionMs` is dropped. */
  claim(lease: Lease, max: number, madeAfter: number): number {
    let claimed = 0;
    while (claimed < max) {
      const segment = this.#window[this.#head];
      if (segment === undefined) break;
      if (segment.madeAt < madeAfter) {
        this.#drop(segment);
        continue;
      }
      const until = Math.min(segment.count, this.#index + max - claimed);
      for (let index = this.#index; index < until; index++) lease.add(segment, index);
      claimed += until - this.#index;
      this.#ready -= until - this.#index;
      this.#claimable -= until - this.#index;
      this.#index = until;
      if (until === segment.count) this.#pass(segment);
    }
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
      const segment = this.#window[this.#head];
      if (segment === undefined) break;
      while (more && looked < most && this.#index < segment.count) {
        const index = this.#index++;
        this.#claimable--;
        looked++;
        if (segment.isDone(index) || segment.isLent(index)) continue;
        if (segment.madeAt < madeAfter) this.expire(segment, index);
        else more = visit(segment, index);
      }
      if (this.#index === segment.count) this.#pass(segment);
    }
    return looked;
  }

  /** The segment of a parked message. */
  passed(number: number): Segment {
    const segment = this.#live?.at(number);
    if (segment === undefined) throw new RangeError(`lane ${this.#number} parks no messages`);
    return segment;
  }

  /** A message that walk() showed is given out. */
  lend(segment: Segment, index: number): void {
    segment.setLent(index);
    this.#ready--;
  }

  /** It was kept too long without being received. */
  expire(segment: Segment, index: number): void {
    this.setDone(segment, index);
    this.#ready--;
  }

  #drop(segment: Segment): void {
    this.#ready -= segment.count - this.#index;
    this.#claimable -= segment.count - this.#index;
    for (let index = this.#index; index < segment.count; index++) this.setDone(segment, index);
    this.#pass(segment);
  }

  #pass(segment: Segment): void {
    this.#budget.pass(segment);
    this.#cursor = segment.number + 1;
    this.#index = 0;
    this.#head++;
    if (this.#head > 64 && this.#head * 2 > this.#window.length) {
      this.#window = this.#window.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Whether claim() found less than there is, because it is not in memory. */
  get unread(): boolean {
    return this.#loadedTo < this.#next;
  }

  /** Starts to read ahead where less than `wanted` or little is left; `loaded` is called when more can be claimed. */
  readAhead(wanted: number, loaded: () => void, failed: (error: unknown) => void): void {
    if (this.#loading || this.#loadedTo >= this.#stored) return;
    const few = this.#window.length - this.#head < 2 || this.#claimable < wanted;
    if (!few && !this.#thin()) return;
    this.#loading = true;
    this.#load().then(() => {
      this.#loading = false;
      loaded();
    }, failed);
  }

  #thin(): boolean {
    return (this.#window.length - this.#head) * this.#averageBytes < READ_BYTES / 4;
  }

  /** Reads the next segments into the window. */
  async #load(): Promise<void> {
    const from = this.#loadedTo;
    if (this.#live !== undefined && this.#again !== undefined && from < this.#again.end) {
      return this.#loadAgain(this.#live, from, this.#again.end);
    }
    const rows = Math.max(1, Math.min(READ_ROWS, Math.floor(READ_BYTES / this.#averageBytes)));
    const until = Math.min(this.#stored, from + rows);
    const keys: Buffer[] = [];
    for (let number = from; number < until; number++) {
      keys.push(segmentKey(this.#queue, this.#number, number));
    }
    const values = await this.#storage.getMany(keys);
    // A purge while reading has moved the cursor past all of these.
    if (this.#loadedTo !== from) return;
    let bytes = 0;
    for (const [position, value] of values.entries()) {
      const segment = parseSegment(this.#number, from + position, value);
      bytes += value?.length ?? 0;
      this.#keep(segment);
    }
    if (values.length > 0) this.#averageBytes = Math.max(1, bytes / values.length);
  }

  /** The same where segments are missing, because all of their messages are done. */
  async #loadAgain(live: LiveSegments, from: number, end: number): Promise<void> {
    const most = Math.max(1, Math.floor(READ_BYTES / this.#averageBytes));
    const rows = await live.read(from, end, most);
    if (this.#loadedTo !== from) return;
    for (const row of rows) this.#keep(live.takeIn(row));
    if (rows.length < most) this.#loadedTo = end;
    const bytes = rows.reduce((sum, { bytes }) => sum + bytes.length, 0);
    if (rows.length > 0) this.#averageBytes = Math.max(1, bytes / rows.length);
  }

  /** Puts a segment that leases refer to, read by the recovery, at the cursor where it belongs there. */
  adopt(segment: Segment): void {
    if (this.#live !== undefined) {
      this.#live.takeBack(segment);
      return;
    }
    if (segment.number === this.#loadedTo && this.#window.length === 0) this.#keep(segment);
    else this.#budget.add(segment);
    if (segment.number < this.#cursor) this.#budget.pass(segment);
  }

  setDone(segment: Segment, index: number): void {
    segment.setDone(index);
    if (segment.dirty) return;
    segment.dirty = true;
    this.#dirty.push(segment);
  }

  /** Puts what became of messages since the last commit into this one. */
  sealDone(batch: WriteBatch): void {
    for (const segment of this.#dirty) {
      segment.dirty = false;
      const key = doneKey(this.#queue, this.#number, segment.number);
      if (segment.remaining > 0) {
        batch.put(key, Buffer.from(segment.done ?? []));
        segment.doneStored = true;
        continue;
      }
      batch.del(segmentKey(this.#queue, this.#number, segment.number));
      if (segment.doneStored) batch.del(key);
      this.#budget.free(segment);
    }
    this.#dirty.length = 0;
  }

  /** The bytes of a segment on loan, from disk where they were evicted. */
  bytesOf(segment: Segment): Buffer {
    if (segment.bytes !== undefined) return segment.bytes;
    const bytes = this.#storage.getSync(segmentKey(this.#queue, this.#number, segment.number));
    if (bytes === undefined) throw damaged(`segment ${segment.number} is missing`);
    return bytes;
  }

  /** Forgets what was never received and was sealed; returns how many those were. Their rows are cleared later. */
  purge(batch: WriteBatch): number {
    const messages = this.#ready - this.#builder.count;
    if (this.#live === undefined) {
      const segment = this.#index > 0 ? this.#window[this.#head] : undefined;
      if (segment !== undefined) this.#drop(segment);
      for (const waiting of this.#window.slice(this.#head)) this.#budget.free(waiting);
      if (this.#cursor < this.#next) {
        const to = segmentKey(this.#queue, this.#number, this.#next);
        batch.put(clearingKey(this.#queue, this.#number, this.#cursor), to);
      }
    } else {
      this.#live.purge(batch, this.#next, (segment, index) => this.setDone(segment, index));
    }
    this.#window = [];
    this.#head = 0;
    this.#claimable = 0;
    this.#cursor = this.#next;
    this.#index = 0;
    this.#loadedTo = this.#next;
    this.#ready = this.#builder.count;
    return messages;
  }

  /** Reads messages never received in order, from the window and from disk, until `visit` answers false. */
  async scan(visit: (bytes: Buffer, at: number) => boolean): Promise<void> {
    if (this.#live !== undefined) return this.#live.scan(this.#stored, visit);
    let index = this.#index;
    for (let number = this.#cursor; number < this.#stored; number++) {
      const inWindow = this.#window[this.#head + number - this.#cursor];
      const segment =
        inWindow?.number === number && inWindow.bytes !== undefined
          ? inWindow
          : await this.#read(number);
      for (; segment?.bytes !== undefined && index < segment.count; index++) {
        if (!visit(segment.bytes, segment.offset(index))) return;
      }
      index = 0;
    }
  }

  /** A segment for looking at, undefined where it has been handled meanwhile. */
  async #read(number: number): Promise<Segment | undefined> {
    const bytes = await this.#storage.get(segmentKey(this.#queue, this.#number, number));
    return bytes && parseSegment(this.#number, number, bytes);
  }
}
