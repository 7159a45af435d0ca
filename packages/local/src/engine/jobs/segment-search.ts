import type { Storage } from "../../store/storage.ts";
import { doneKey, readSegmentKey, segmentKey } from "../keys.ts";
import type { Lane } from "../lane.ts";
import type { QueueParts } from "../parts.ts";
import { recordId } from "../record.ts";
import { madeAtOf, parseSegment, Segment } from "../segment.ts";
import { fate } from "./fate.ts";

/** Rows looked at together: mostly the first has it. */
const ROWS = 4;

/** A message in a segment, and the segment as it is in memory or, else, on disk. */
export interface SegmentRecord {
  readonly lane: Lane;
  readonly segment: Segment;
  readonly index: number;
  /** Where the record is. */
  readonly bytes: Buffer;
  readonly at: number;
}

/** The segments that were made in a span of time, both ends included. */
export interface SearchSpan {
  readonly from: number;
  readonly until: number;
  /** Only what is not done with: where no jobs are kept, of what is it is not known whether it has moved. */
  readonly waiting?: boolean;
}

/** Looks for a message in some segments. */
export async function searchSegments(
  parts: QueueParts,
  storage: Storage,
  id: string,
  span: SearchSpan,
): Promise<SegmentRecord | undefined> {
  const seen = new Set<Segment>();
  for (const { places } of parts.leases.openLeases()) {
    for (const place of places) {
      if (!(place instanceof Segment) || seen.has(place)) continue;
      seen.add(place);
      if (place.madeAt < span.from || place.madeAt > span.until) continue;
      const found = await recordIn(parts, storage, place, id, span);
      if (found !== undefined) return found;
    }
  }
  for (const lane of parts.lanes()) {
    const found = await searchLane(parts, storage, lane, id, span);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function recordIn(
  { number: queue, lane }: QueueParts,
  storage: Storage,
  segment: Segment,
  id: string,
  span: SearchSpan,
): Promise<SegmentRecord | undefined> {
  const bytes =
    segment.bytes ?? (await storage.get(segmentKey(queue, segment.lane, segment.number)));
  if (bytes === undefined) return undefined;
  const index = indexOf(bytes, segment.offsets, id);
  if (index < 0 || !counts(segment, index, span)) return undefined;
  return { lane: lane(segment.lane), segment, index, bytes, at: segment.offset(index) };
}

async function searchLane(
  { number: queue }: QueueParts,
  storage: Storage,
  lane: Lane,
  id: string,
  span: SearchSpan,
): Promise<SegmentRecord | undefined> {
  const { from, until } = span;
  const { first, end } = lane.span;
  const lt = segmentKey(queue, lane.priority, end);
  let next = await firstMadeFrom(queue, storage, lane, first, end, from);
  for (;;) {
    const rows = await storage.rows({ gte: segmentKey(queue, lane.priority, next), lt }, ROWS);
    for (const [key, bytes] of rows) {
      if (madeAtOf(bytes) > until) return undefined;
      const { segment: number } = readSegmentKey(key);
      next = number + 1;
      if (!bytes.includes(id, 0, "latin1")) continue;
      const stored = parseSegment(lane.priority, number, bytes);
      const index = indexOf(bytes, stored.offsets, id);
      if (index < 0) continue;
      const at = stored.offset(index);
      const known = lane.inMemory(number);
      const done = known ?? (await storage.get(doneKey(queue, lane.priority, number)));
      if (Buffer.isBuffer(done)) stored.restore(done);
      const segment = known ?? stored;
      if (counts(segment, index, span)) return { lane, segment, index, bytes, at };
    }
    if (rows.length < ROWS) return undefined;
  }
}

/** The number of the first segment made at that time or later; some may be missing in between. */
async function firstMadeFrom(
  queue: number,
  storage: Storage,
  lane: Lane,
  first: number,
  end: number,
  from: number,
): Promise<number> {
  const lt = segmentKey(queue, lane.priority, end);
  let low = first;
  let high = end;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [row] = await storage.rows({ gte: segmentKey(queue, lane.priority, middle), lt }, 1);
    if (row !== undefined && madeAtOf(row[1]) < from) low = readSegmentKey(row[0]).segment + 1;
    else high = middle;
  }
  return low;
}

/** Not where its record is still there, and the message somewhere else: maybe in another segment, after a redrive. */
function counts(segment: Segment, index: number, { waiting }: SearchSpan): boolean {
  if (!segment.isDone(index)) return true;
  return waiting !== true && segment.fates?.[index] !== fate.moved;
}

function indexOf(bytes: Buffer, offsets: Uint32Array, id: string): number {
  return offsets.findIndex((offset) => recordId(bytes, offset) === id);
}
