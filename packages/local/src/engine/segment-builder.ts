import type { Outgoing } from "@alienplatform/bindings";
import { encodeRecord, recordId, recordRoom } from "./record.ts";
import { SEGMENT_HEAD, SEGMENT_MAX_BYTES, SEGMENT_MAX_MESSAGES, sealSegment } from "./segment.ts";

/** A segment as it goes to the store. */
export interface BuiltSegment {
  readonly bytes: Buffer;
  readonly offsets: Uint32Array;
}

/** Writes the messages of a commit side by side into large buffers: no buffer per message, none copied again. */
export class SegmentBuilder {
  #slab = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  #offsets: number[] = [];
  #full: BuiltSegment[] = [];
  #count = 0;
  /** Of the ids since the last finish(). */
  lowest = "";
  highest = "";

  /** Messages since the last finish(). */
  get count(): number {
    return this.#count;
  }

  append(message: Outgoing): void {
    const at = this.#room(recordRoom(message));
    this.#offsets.push(at - this.#start);
    this.#end = encodeRecord(message, this.#slab, at);
    this.#count++;
    this.#sawId(message.id);
  }

  /** Ids mostly rise. */
  #sawId(id: string): void {
    if (id > this.highest) {
      this.highest = id;
      if (this.lowest === "") this.lowest = id;
    } else if (id < this.lowest) this.lowest = id;
  }

  /** A record as it stands somewhere else. */
  appendRecord(source: Buffer, start: number, end: number): void {
    const at = this.#room(end - start);
    this.#offsets.push(at - this.#start);
    this.#end = at + source.copy(this.#slab, at, start, end);
    this.#count++;
    this.#sawId(recordId(source, start));
  }

  /** Takes back some of the messages since the last finish(), by their places among those. */
  withdraw(places: ReadonlySet<number>): void {
    let place = 0;
    for (const { bytes, offsets } of this.finish(0)) {
      for (const [index, offset] of offsets.entries()) {
        if (places.has(place++)) continue;
        this.appendRecord(bytes, offset, offsets[index + 1] ?? bytes.length);
      }
    }
  }

  /** Where a record of at most `bytes` can be written. */
  #room(bytes: number): number {
    const count = this.#offsets.length;
    const at = count === 0 ? this.#start + SEGMENT_HEAD : this.#end;
    if (count < SEGMENT_MAX_MESSAGES && at + bytes <= this.#slab.length) return at;
    this.#cut();
    if (this.#start + SEGMENT_HEAD + bytes > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(Math.max(SEGMENT_MAX_BYTES, SEGMENT_HEAD + bytes));
      this.#start = 0;
    }
    return this.#start + SEGMENT_HEAD;
  }

  #cut(): void {
    if (this.#offsets.length === 0) return;
    this.#full.push({
      bytes: this.#slab.subarray(this.#start, this.#end),
      offsets: Uint32Array.from(this.#offsets),
    });
    this.#offsets = [];
    this.#start = this.#end;
  }

  /** The segments made since the last time, complete. */
  finish(now: number): readonly BuiltSegment[] {
    if (this.#count === 0) return NONE;
    this.#cut();
    const built = this.#full;
    for (const { bytes, offsets } of built) sealSegment(bytes, offsets.length, now);
    this.#full = [];
    this.#count = 0;
    this.lowest = "";
    this.highest = "";
    return built;
  }
}

const NONE: readonly BuiltSegment[] = [];
