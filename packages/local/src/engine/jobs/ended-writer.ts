import { addChecksum, CHECKSUM_BYTES } from "../checksum.ts";
import { writeU48 } from "../keys.ts";
import { recordIdAt, recordIdLength, recordMeta } from "../record.ts";
import type { Segment } from "../segment.ts";
import { ENDED_FATES, ENDED_FORMAT, ENDED_HEAD } from "./ended-row.ts";
import { type Fate, fate } from "./fate.ts";
import { follows } from "./id-runs.ts";
import { ID_LENGTH } from "./id-time.ts";

/** Messages in a row, but for the rest of a segment. */
const MOST = 4_096;
/** Times of the messages in one row differ by at most so much: it is looked for by the time of each. */
export const SPAN_MS = 1_000;
/** The most that one message adds to the ids. */
const MOST_ID = 3 + 255;

/** Packs the ended jobs of a commit into few rows. */
export class EndedWriter {
  readonly #put: (at: number, row: Buffer) => void;
  #ids: Buffer = Buffer.alloc(0);
  #end = 0;
  #idRuns = 0;
  #runAt = 0;
  #runCount = 0;
  /** Where the last id is; -1 for one that none follows. */
  #lastBytes: Buffer = this.#ids;
  #last = -1;
  readonly #endCounts: number[] = [];
  readonly #endTimes: number[] = [];
  #fates: Fate[] | undefined;
  #names: string[] | undefined;
  #count = 0;
  #from = 0;
  #until = 0;

  /** `put` gets each row and the latest of its messages' times. */
  constructor(put: (at: number, row: Buffer) => void) {
    this.#put = put;
  }

  /** The messages of a segment that are not somewhere else; all must be done with. */
  addSegment(segment: Segment, bytes: Buffer): void {
    const { count, madeAt, offsets, fates } = segment;
    this.#begin(madeAt, count);
    for (let index = 0; index < count; index++) {
      // Of what only setEnd() writes.
      const what = (fates === undefined ? fate.succeeded : fates[index]) as Fate;
      if (what === fate.moved) continue;
      this.#add(bytes, offsets[index] ?? 0, what, segment.endedAt(index));
    }
  }

  /** One message; `time` is when its id was drawn. */
  addRecord(bytes: Buffer, at: number, what: Fate, ended: { time: number; at: number }): void {
    this.#begin(ended.time, 1);
    this.#add(bytes, at, what, ended.at);
  }

  /** Room for so many messages of one time. */
  #begin(time: number, count: number): void {
    const far = time > this.#from + SPAN_MS || time < this.#until - SPAN_MS;
    if (this.#count > 0 && (far || this.#count + count > MOST)) this.flush();
    if (this.#count === 0) {
      this.#from = time;
      this.#until = time;
    } else if (time < this.#from) this.#from = time;
    else if (time > this.#until) this.#until = time;
    const needed = this.#end + count * MOST_ID;
    if (needed <= this.#ids.length) return;
    const larger = Buffer.allocUnsafe(needed * 2);
    this.#ids.copy(larger, 0, 0, this.#end);
    this.#ids = larger;
  }

  #add(bytes: Buffer, record: number, what: Fate, endedAt: number): void {
    const ids = this.#ids;
    const id = recordIdAt(record);
    const length = recordIdLength(bytes, record);
    const ours = length === ID_LENGTH;
    if (this.#last >= 0 && ours && follows(this.#lastBytes, this.#last, bytes, id)) {
      this.#runCount++;
    } else {
      this.#endRun();
      this.#runAt = this.#end;
      this.#runCount = 1;
      ids[this.#end + 2] = length;
      this.#end += 3 + bytes.copy(ids, this.#end + 3, id, id + length);
      this.#idRuns++;
    }
    this.#lastBytes = bytes;
    this.#last = ours ? id : -1;
    const runs = this.#endCounts.length;
    if (runs > 0 && this.#endTimes[runs - 1] === endedAt) {
      this.#endCounts[runs - 1] = (this.#endCounts[runs - 1] ?? 0) + 1;
    } else {
      this.#endCounts.push(1);
      this.#endTimes.push(endedAt);
    }
    if (what !== fate.succeeded) this.#fates ??= new Array<Fate>(this.#count).fill(fate.succeeded);
    this.#fates?.push(what);
    const { job } = recordMeta(bytes, record);
    if (job !== undefined) this.#names ??= new Array<string>(this.#count).fill("");
    this.#names?.push(job ?? "");
    this.#count++;
  }

  #endRun(): void {
    if (this.#idRuns > 0) this.#ids.writeUInt16BE(this.#runCount, this.#runAt);
  }

  /** Puts what was added since the last time. */
  flush(): void {
    if (this.#count === 0) return;
    this.#endRun();
    const names = encodeNames(this.#names);
    const ends = this.#endCounts.length;
    const fates = this.#fates?.length ?? 0;
    const length = ENDED_HEAD + this.#end + ends * 6 + fates + names.bytes.length;
    const row = Buffer.allocUnsafe(length + CHECKSUM_BYTES);
    const base = Math.min(...this.#endTimes);
    row[0] = ENDED_FORMAT;
    row[1] = this.#fates === undefined ? 0 : ENDED_FATES;
    writeU48(row, Math.max(...this.#endTimes), 2);
    writeU48(row, base, 8);
    row.writeUInt16BE(this.#idRuns, 14);
    row.writeUInt16BE(ends, 16);
    row.writeUInt16BE(names.count, 18);
    let at = ENDED_HEAD + this.#ids.copy(row, ENDED_HEAD, 0, this.#end);
    for (let run = 0; run < ends; run++) {
      row.writeUInt16BE(this.#endCounts[run] ?? 0, at);
      row.writeUInt32BE((this.#endTimes[run] ?? 0) - base, at + 2);
      at += 6;
    }
    for (const what of this.#fates ?? []) row[at++] = what;
    names.bytes.copy(row, at);
    this.#put(this.#until, addChecksum(row));
    this.#reset();
  }

  #reset(): void {
    this.#end = 0;
    this.#idRuns = 0;
    this.#last = -1;
    this.#endCounts.length = 0;
    this.#endTimes.length = 0;
    this.#fates = undefined;
    this.#names = undefined;
    this.#count = 0;
  }
}

const NO_NAMES = { count: 0, bytes: Buffer.alloc(0) };

function encodeNames(names: readonly string[] | undefined): typeof NO_NAMES {
  if (names === undefined) return NO_NAMES;
  const pieces: Buffer[] = [];
  let runs = 0;
  for (let from = 0; from < names.length; runs++) {
    let to = from + 1;
    while (to < names.length && names[to] === names[from]) to++;
    const name = Buffer.from(names[from] ?? "");
    const head = Buffer.allocUnsafe(4);
    head.writeUInt16BE(to - from, 0);
    head.writeUInt16BE(name.length, 2);
    pieces.push(head, name);
    from = to;
  }
  return { count: runs, bytes: Buffer.concat(pieces) };
}
