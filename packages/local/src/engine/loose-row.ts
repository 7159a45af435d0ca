import { damaged } from "../store/damage.ts";
import { addChecksum, CHECKSUM_BYTES, verified } from "./checksum.ts";
import { readU48, writeU48 } from "./keys.ts";
import { recordPriority } from "./record.ts";

/** A message outside the segments: delayed at send, or delivered before. Self-contained. */
export interface Loose {
  /** Retention counts from there. */
  readonly due: number;
  readonly serial: number;
  /** Deliveries that count. */
  readonly attempts: number;
  /** It was on loan before: in a FIFO queue, its group is busy. */
  readonly returned: boolean;
  /** Its row, and where the record starts and ends in it. */
  readonly row: Buffer;
  readonly at: number;
  readonly end: number;
}

export interface LooseParts {
  readonly due: number;
  readonly serial: number;
  readonly attempts: number;
  readonly returned?: boolean;
  /** What encodeKept wrote; only of what was on loan. */
  readonly kept?: Buffer | undefined;
}

const HEAD = 13;
const format = { delayed: 1, returned: 2, kept: 3 } as const;

/**
 * u8 format (1; 2 or 3 where it was on loan before), u16 attempts, u48 due, u32 length + JSON, the record, u32 checksum.
 * The JSON is in format 3 what is kept of its failed deliveries, in an old row of format 2 the last failure alone.
 */
export function makeLoose(parts: LooseParts, source: Buffer, start: number, end: number): Loose {
  const { kept } = parts;
  const at = HEAD + (kept?.length ?? 0);
  const row = Buffer.allocUnsafe(at + end - start + CHECKSUM_BYTES);
  const returned = parts.returned === true;
  row[0] = kept !== undefined ? format.kept : returned ? format.returned : format.delayed;
  row.writeUInt16BE(parts.attempts, 1);
  writeU48(row, parts.due, 3);
  row.writeUInt32BE(kept?.length ?? 0, 9);
  kept?.copy(row, HEAD);
  source.copy(row, at, start, end);
  addChecksum(row);
  const { due, serial, attempts } = parts;
  const recordEnd = row.length - CHECKSUM_BYTES;
  return { due, serial, attempts, returned, row, at, end: recordEnd };
}

export function parseLoose(due: number, serial: number, row: Buffer): Loose {
  verified(row, "a delayed or retried message");
  // Keys have no checksum of their own: a flipped bit there would put the message off for years.
  if (readU48(row, 3) !== due) throw damaged("a delayed or retried message has another key");
  return {
    due,
    serial,
    attempts: row.readUInt16BE(1),
    returned: row[0] !== format.delayed,
    row,
    at: HEAD + row.readUInt32BE(9),
    end: row.length - CHECKSUM_BYTES,
  };
}

/** What is kept of its failed deliveries, for decodeKept; undefined where none failed. */
export function keptOf({ row, at }: Loose): Buffer | undefined {
  return row[0] === format.kept ? row.subarray(HEAD, at) : undefined;
}

export function loosePriority({ row, at }: Loose): number {
  return recordPriority(row, at);
}

export function dueBefore(a: Loose, b: Loose): boolean {
  return a.due < b.due || (a.due === b.due && a.serial < b.serial);
}

/** No message: before every other, and the place of one that has been settled. */
export const NO_LOOSE: Loose = {
  due: 0,
  serial: 0,
  attempts: 0,
  returned: false,
  row: Buffer.alloc(0),
  at: 0,
  end: 0,
};
