import { crc32 } from "node:zlib";
import { damaged } from "../store/damage.ts";
import type { EndedMessage } from "./jobs/ended-row.ts";
import { type Fate, fate } from "./jobs/fate.ts";
import { readU48, writeU48 } from "./keys.ts";
import { recordLength } from "./record.ts";

/** Before the records: u8 format, u8 zero, u16 count, u48 made at, u32 checksum of the records. */
export const SEGMENT_HEAD = 14;
export const SEGMENT_MAX_BYTES = 256 * 1024;
export const SEGMENT_MAX_MESSAGES = 2048;
const FORMAT = 1;

/** Where a message of a lane is. */
export interface SegmentPlace {
  readonly segment: number;
  readonly index: number;
}

/** Is shown a message where its record lies; answers whether to go on. */
export type Visit = (bytes: Buffer, at: number, segment: number, index: number) => boolean;

/** The messages that one commit stored for one lane: immutable on disk, with what became of each in memory. */
export class Segment {
  readonly lane: number;
  readonly number: number;
  readonly count: number;
  readonly madeAt: number;
  /** Undefined once evicted; the row still has it. */
  bytes: Buffer | undefined;
  /** Where each record starts. */
  offsets: Uint32Array;
  /** One bit per message that is acked, dead or moved out; undefined while there is none. */
  done: Buffer | undefined;
  remaining: number;
  /** One bit per message on loan, and how many; kept in FIFO queues only. */
  #lent: Buffer | undefined;
  lentCount = 0;
  /** Changed since the last commit. */
  dirty = false;
  /** A row for `done` exists. */
  doneStored = false;
  /** A message of it was cancelled while it was parked: it is met once more, and has to be in memory then. */
  pinned = false;
  /**
   * Where jobs are kept: for each message that is done with, when, in milliseconds after `madeAt`; undefined while it is
   * the same for all.
   */
  #ends: Uint32Array | undefined;
  #end = -1;
  /** And as what; undefined while all have succeeded. */
  fates: Uint8Array | undefined;

  constructor(lane: number, number: number, bytes: Buffer, offsets: Uint32Array) {
    this.lane = lane;
    this.number = number;
    this.bytes = bytes;
    this.offsets = offsets;
    this.count = offsets.length;
    this.remaining = this.count;
    this.madeAt = madeAtOf(bytes);
  }

  isDone(index: number): boolean {
    return this.done !== undefined && ((this.done[index >>> 3] ?? 0) & (1 << (index & 7))) !== 0;
  }

  setDone(index: number): void {
    this.done ??= Buffer.alloc((this.count + 7) >>> 3);
    this.done[index >>> 3] = (this.done[index >>> 3] ?? 0) | (1 << (index & 7));
    this.remaining--;
    if (this.#lent === undefined || !this.isLent(index)) return;
    this.#lent[index >>> 3] = (this.#lent[index >>> 3] ?? 0) & ~(1 << (index & 7));
    this.lentCount--;
  }

  /** When and as what a message was done with. Of what was before the store was opened it is not known: before now. */
  setEnd(index: number, what: Fate, at: number): void {
    const after = Math.max(0, at - this.madeAt);
    if (this.#end < 0) this.#end = after;
    if (this.#ends === undefined && after !== this.#end) {
      this.#ends = new Uint32Array(this.count).fill(this.#end);
    }
    if (this.#ends !== undefined) this.#ends[index] = after;
    if (what === fate.succeeded) return;
    this.fates ??= new Uint8Array(this.count);
    this.fates[index] = what;
  }

  /** When a message that is done with was so. */
  endedAt(index: number): number {
    return this.madeAt + (this.#ends?.[index] ?? Math.max(0, this.#end));
  }

  /** What became of a message; undefined while it is not done with. */
  endOf(id: string, index: number): EndedMessage | undefined {
    if (!this.isDone(index)) return undefined;
    // Of what only setEnd() writes.
    const what = (this.fates?.[index] ?? fate.succeeded) as Fate;
    return { id, fate: what, endedAt: this.endedAt(index) };
  }

  isLent(index: number): boolean {
    return this.#lent !== undefined && ((this.#lent[index >>> 3] ?? 0) & (1 << (index & 7))) !== 0;
  }

  setLent(index: number): void {
    this.#lent ??= Buffer.alloc((this.count + 7) >>> 3);
    this.#lent[index >>> 3] = (this.#lent[index >>> 3] ?? 0) | (1 << (index & 7));
    this.lentCount++;
  }

  /** The row of what is done with: the bitmap, and the fates where there are any. */
  doneRow(): Buffer {
    return Buffer.concat([this.done ?? NOTHING, this.fates ?? NOTHING]);
  }

  /** Takes over a row of doneRow(). */
  restore(row: Buffer): void {
    const bytes = (this.count + 7) >>> 3;
    this.done = Buffer.from(row.subarray(0, bytes));
    if (row.length > bytes) this.fates = Uint8Array.from(row.subarray(bytes));
    this.doneStored = true;
    for (let index = 0; index < this.count; index++) if (this.isDone(index)) this.remaining--;
  }

  offset(index: number): number {
    const offset = this.offsets[index];
    if (offset === undefined) throw new RangeError(`segment ${this.number} has no ${index}`);
    return offset;
  }
}

const NOTHING = Buffer.alloc(0);

/** Completes the header of a segment whose records are in place. */
export function sealSegment(bytes: Buffer, count: number, madeAt: number): void {
  bytes[0] = FORMAT;
  bytes[1] = 0;
  bytes.writeUInt16BE(count, 2);
  writeU48(bytes, madeAt, 4);
  bytes.writeUInt32BE(crc32(bytes.subarray(SEGMENT_HEAD)), 10);
}

/** When a segment was made, by its row alone. */
export function madeAtOf(bytes: Buffer): number {
  return readU48(bytes, 4);
}

/** Reads a segment's row; STORAGE_DAMAGED where it is not what sealSegment made. */
export function parseSegment(lane: number, number: number, bytes: Buffer | undefined): Segment {
  if (bytes === undefined) throw damaged(`segment ${number} is missing`);
  if (
    bytes.length < SEGMENT_HEAD ||
    bytes[0] !== FORMAT ||
    crc32(bytes.subarray(SEGMENT_HEAD)) !== bytes.readUInt32BE(10)
  ) {
    throw damaged(`segment ${number} does not match its checksum`);
  }
  const offsets = new Uint32Array(bytes.readUInt16BE(2));
  let at = SEGMENT_HEAD;
  for (let index = 0; index < offsets.length; index++) {
    offsets[index] = at;
    at += recordLength(bytes, at);
  }
  return new Segment(lane, number, bytes, offsets);
}
