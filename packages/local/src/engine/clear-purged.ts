import type { Storage } from "../store/storage.ts";
import { allRows } from "./all-rows.ts";
import { EndedWriter } from "./jobs/ended-writer.ts";
import { fate } from "./jobs/fate.ts";
import {
  clearingKey,
  doneKey,
  jobGroupKey,
  readClearingValue,
  readSegmentKey,
  segmentKey,
  table,
  tableRange,
} from "./keys.ts";
import { parseSegment } from "./segment.ts";

/** A segment has at most 256 KiB, but for one of a single large message. */
const SEGMENTS_AT_ONCE = 8;
/** Sets the keys of these records apart from those that commits make. */
const PURGED = 128;

/** The segments of a lane from one to before another. */
interface Purged {
  readonly queue: number;
  readonly lane: number;
  readonly segment: number;
  readonly end: number;
}

/** Clears what purges left, also those of an earlier life. */
export async function clearPurged(storage: Storage): Promise<void> {
  for await (const [key, value] of allRows(storage, tableRange(table.clearing))) {
    const queue = key.readUInt32BE(1);
    const { lane, segment } = readSegmentKey(key);
    const { end, at } = readClearingValue(value);
    const range = { gte: segmentKey(queue, lane, segment), lt: segmentKey(queue, lane, end) };
    if (at !== undefined) await keepCancelled(storage, { queue, lane, segment, end }, at);
    await storage.clear(range);
    await storage.clear({ gte: doneKey(queue, lane, segment), lt: doneKey(queue, lane, end) });
    await storage.clear({ gte: key, lt: clearingKey(queue, lane, segment + 1) });
  }
}

/** Writes down that the jobs among them were cancelled; what had ended before stays as it was. */
async function keepCancelled(storage: Storage, purged: Purged, at: number): Promise<void> {
  const { queue, lane } = purged;
  const range = {
    gte: segmentKey(queue, lane, purged.segment),
    lt: segmentKey(queue, lane, purged.end),
  };
  for await (const [key, bytes] of allRows(storage, range, SEGMENTS_AT_ONCE)) {
    const { segment: number } = readSegmentKey(key);
    const segment = parseSegment(lane, number, bytes);
    const done = await storage.get(doneKey(queue, lane, number));
    if (done !== undefined) segment.restore(done);
    for (let index = 0; index < segment.count; index++) {
      if (segment.isDone(index)) continue;
      segment.setDone(index);
      segment.setEnd(index, fate.cancelled, at);
    }
    const batch = storage.batch();
    const writer = new EndedWriter((madeAt, row) => {
      batch.put(jobGroupKey(queue, madeAt, PURGED + lane, number), row);
    });
    writer.addSegment(segment, bytes);
    writer.flush();
    await batch.write({ sync: false });
  }
}
