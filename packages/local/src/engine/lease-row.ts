import { addChecksum, CHECKSUM_BYTES, verified } from "./checksum.ts";
import { readU48, writeU48 } from "./keys.ts";
import { type EntryState, entryState, type Lease } from "./lease.ts";
import type { Taker } from "./port.ts";
import { Segment } from "./segment.ts";

/*
 * u8 format, 16 bytes secret, 8 bytes session (zeros: none), u48 request, u48 until, u16 runs, u16 marks,
 * u32 taker (0: none), u32 handlers of the taker, u48 taken at (from format 2 on; 0 where it is not known);
 * runs:  u8 0, u8 lane, u48 segment, u16 index, u16 count   (messages of a segment, side by side)
 *        u8 1, u48 due, u48 serial                          (a loose message)
 * marks: u16 entry, u8 state, u48 until                     (what differs from an open message, or an ack, of the lease)
 */
const FORMAT = 2;
const OLD_HEAD = 49;
const HEAD = 55;
const SEGMENT_RUN = 12;
const LOOSE_RUN = 13;
const MARK = 9;

/** A lease as stored: places by number instead of in memory. */
export interface StoredLease {
  readonly secret: Buffer;
  readonly session: string | undefined;
  readonly request: number;
  readonly until: number;
  readonly takenAt: number | undefined;
  readonly taker: Taker | undefined;
  readonly entries: readonly StoredEntry[];
}

export interface StoredEntry {
  readonly place:
    | { readonly lane: number; readonly segment: number; readonly index: number }
    | { readonly due: number; readonly serial: number };
  /** Undefined where it was open or acked: the rows of the message say which. */
  readonly state?: EntryState;
  readonly until?: number;
}

export function encodeLease(lease: Lease): Buffer {
  const { places, indexes } = lease;
  const marks: number[] = [];
  for (let entry = 0; entry < places.length; entry++) {
    const state = lease.states[entry] ?? entryState.open;
    if (state > entryState.ack || lease.extended?.has(entry)) marks.push(entry);
  }
  const row = Buffer.allocUnsafe(
    HEAD + places.length * LOOSE_RUN + marks.length * MARK + CHECKSUM_BYTES,
  );
  let at = HEAD;
  let runs = 0;
  for (let entry = 0; entry < places.length; ) {
    const place = places[entry];
    const index = indexes[entry] ?? 0;
    let count = 1;
    if (place instanceof Segment) {
      while (places[entry + count] === place && indexes[entry + count] === index + count) count++;
      row[at] = 0;
      row[at + 1] = place.lane;
      writeU48(row, place.number, at + 2);
      row.writeUInt16BE(index, at + 8);
      row.writeUInt16BE(count, at + 10);
      at += SEGMENT_RUN;
    } else if (place !== undefined) {
      row[at] = 1;
      writeU48(row, place.due, at + 1);
      writeU48(row, place.serial, at + 7);
      at += LOOSE_RUN;
    }
    runs++;
    entry += count;
  }
  for (const entry of marks) {
    row.writeUInt16BE(entry, at);
    row[at + 2] = lease.states[entry] ?? entryState.open;
    writeU48(row, lease.untilOf(entry), at + 3);
    at += MARK;
  }
  row[0] = FORMAT;
  lease.secret.copy(row, 1);
  if (lease.session === undefined) row.fill(0, 17, 25);
  else row.write(lease.session, 17, "hex");
  writeU48(row, lease.request, 25);
  writeU48(row, lease.until, 31);
  row.writeUInt16BE(runs, 37);
  row.writeUInt16BE(marks.length, 39);
  row.writeUInt32BE(lease.taker?.number ?? 0, 41);
  row.writeUInt32BE(lease.taker?.handlers ?? 0, 45);
  writeU48(row, lease.takenAt ?? 0, 49);
  return addChecksum(row.subarray(0, at + CHECKSUM_BYTES));
}

export function decodeLease(row: Buffer): StoredLease {
  verified(row, "a lease");
  const entries: StoredEntry[] = [];
  const timed = row[0] === FORMAT;
  let at = timed ? HEAD : OLD_HEAD;
  for (let runs = row.readUInt16BE(37); runs > 0; runs--) {
    if (row[at] === 1) {
      entries.push({ place: { due: readU48(row, at + 1), serial: readU48(row, at + 7) } });
      at += LOOSE_RUN;
      continue;
    }
    const lane = row.readUInt8(at + 1);
    const segment = readU48(row, at + 2);
    const first = row.readUInt16BE(at + 8);
    const count = row.readUInt16BE(at + 10);
    for (let index = first; index < first + count; index++) {
      entries.push({ place: { lane, segment, index } });
    }
    at += SEGMENT_RUN;
  }
  for (let marks = row.readUInt16BE(39); marks > 0; marks--, at += MARK) {
    const entry = entries[row.readUInt16BE(at)];
    if (entry === undefined) continue;
    // The checksum says that this is a state that encodeLease wrote.
    const state = row.readUInt8(at + 2) as EntryState;
    entries[row.readUInt16BE(at)] = {
      ...entry,
      ...(state === entryState.open ? { until: readU48(row, at + 3) } : { state }),
    };
  }
  const session = row.toString("hex", 17, 25);
  const takenAt = timed ? readU48(row, 49) : 0;
  const taker = { number: row.readUInt32BE(41), handlers: row.readUInt32BE(45) };
  return {
    secret: Buffer.from(row.subarray(1, 17)),
    session: session === "0000000000000000" ? undefined : session,
    request: readU48(row, 25),
    until: readU48(row, 31),
    takenAt: takenAt === 0 ? undefined : takenAt,
    taker: taker.number === 0 ? undefined : taker,
    entries,
  };
}
