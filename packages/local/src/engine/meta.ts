import { addChecksum, CHECKSUM_BYTES, verified } from "./checksum.ts";
import { readU48, writeU48 } from "./keys.ts";

export interface LaneMeta {
  /** The priority. */
  readonly lane: number;
  /** A message with a concurrency key has been in it. */
  readonly keyed: boolean;
  /** The number of the next segment. */
  readonly next: number;
  /** The first message never received: segment and index. */
  readonly cursor: number;
  readonly index: number;
  readonly ready: number;
}

/** What a queue's meta row holds; put in each commit that changes the queue. */
export interface QueueMeta {
  readonly nextLease: number;
  readonly nextLoose: number;
  readonly nextDead: number;
  /** Leases below this were out when the queue was purged: what they return is dropped. */
  readonly purgedBelow: number;
  /** Loose messages not on loan. */
  readonly loose: number;
  readonly dead: number;
  /** Messages on loan. */
  readonly inFlight: number;
  readonly lanes: readonly LaneMeta[];
}

export const emptyMeta: QueueMeta = {
  nextLease: 1,
  nextLoose: 1,
  nextDead: 1,
  purgedBelow: 0,
  loose: 0,
  dead: 0,
  inFlight: 0,
  lanes: [],
};

const HEAD = 44;
const LANE = 21;
const KEYED = 128;

/** u8 format, seven u48, u8 lanes; for each lane u8 lane (+ 128 where it is keyed), u48 next, u48 cursor, u16 index, u48 ready. */
export function encodeMeta(meta: QueueMeta): Buffer {
  const row = Buffer.allocUnsafe(HEAD + LANE * meta.lanes.length + CHECKSUM_BYTES);
  row[0] = 1;
  writeU48(row, meta.nextLease, 1);
  writeU48(row, meta.nextLoose, 7);
  writeU48(row, meta.nextDead, 13);
  writeU48(row, meta.purgedBelow, 19);
  writeU48(row, meta.loose, 25);
  writeU48(row, meta.dead, 31);
  writeU48(row, meta.inFlight, 37);
  row[43] = meta.lanes.length;
  let at = HEAD;
  for (const lane of meta.lanes) {
    row[at] = lane.lane + (lane.keyed ? KEYED : 0);
    writeU48(row, lane.next, at + 1);
    writeU48(row, lane.cursor, at + 7);
    row.writeUInt16BE(lane.index, at + 13);
    writeU48(row, lane.ready, at + 15);
    at += LANE;
  }
  return addChecksum(row);
}

export function decodeMeta(row: Buffer): QueueMeta {
  verified(row, "the state of a queue");
  const lanes: LaneMeta[] = [];
  for (let at = HEAD; lanes.length < row.readUInt8(43); at += LANE) {
    lanes.push({
      lane: row.readUInt8(at) % KEYED,
      keyed: row.readUInt8(at) >= KEYED,
      next: readU48(row, at + 1),
      cursor: readU48(row, at + 7),
      index: row.readUInt16BE(at + 13),
      ready: readU48(row, at + 15),
    });
  }
  return {
    nextLease: readU48(row, 1),
    nextLoose: readU48(row, 7),
    nextDead: readU48(row, 13),
    purgedBelow: readU48(row, 19),
    loose: readU48(row, 25),
    dead: readU48(row, 31),
    inFlight: readU48(row, 37),
    lanes,
  };
}
