import { crc32 } from "node:zlib";
import { damaged } from "../store/damage.ts";
import { readU48, writeU48 } from "./keys.ts";
import { recordLength } from "./record.ts";

/** Before the records: u8 format, u8 zero, u16 count, u48 made at, u32 checksum of the records. */
export const SEGMENT_HEAD = 14;
export const SEGMENT_MAX_BYTES = 256 * 1024;
export const SEGMENT_MAX_MESSAGES = 2048;
const FORMAT = 1;

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

  constructor(lane: number, number: number, bytes: Buffer, offsets: Uint32Array) {
    this.lane = lane;
    this.number = number;
    this.bytes = bytes;
    this.offsets = offsets;
    this.count = offsets.length;
    this.remaining = this.count;
    this.madeAt = readU48(bytes, 4);
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

  isLent(index: number): boolean {
    return this.#lent !== undefined && ((this.#lent[index >>> 3] ?? 0) & (1 << (index & 7))) !== 0;
  }

  setLent(index: number): void {
    this.#lent ??= Buffer.alloc((this.count + 7) >>> 3);
    this.#lent[index >>> 3] = (this.#lent[index >>> 3] ?? 0) | (1 << (index & 7));
    this.lentCount++;
  }

  /** Takes over a stored bitmap. */
  restore(done: Buffer): void {
    this.done = Buffer.from(done);
    this.doneStored = true;
    for (let index = 0; index < this.count; index++) if (this.isDone(index)) this.remaining--;
  }

  offset(index: number): number {
    const offset = this.offsets[index];
    if (offset === undefined) throw new RangeError(`segment ${this.number} has no ${index}`);
    return offset;
  }
}

/** Completes the header of a segment whose records are in place. */
export function sealSegment(bytes: Buffer, count: number, madeAt: number): void {
  bytes[0] = FORMAT;
  bytes[1] = 0;
  bytes.writeUInt16BE(count, 2);
  writeU48(bytes, madeAt, 4);
  bytes.writeUInt32BE(crc32(bytes.subarray(SEGMENT_HEAD)), 10);
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
