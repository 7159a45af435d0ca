import { damaged } from "../store/damage.ts";
import type { Storage } from "../store/storage.ts";
import { allRows } from "./all-rows.ts";
import {
  doneKey,
  lastU48,
  looseKey,
  queueRange,
  readLooseKey,
  readSegmentKey,
  segmentKey,
  table,
} from "./keys.ts";
import { entryState, Lease } from "./lease.ts";
import { decodeLease, type StoredLease } from "./lease-row.ts";
import { type Loose, NO_LOOSE, parseLoose } from "./loose-row.ts";
import type { LocalQueue } from "./queue.ts";
import { recordGroup } from "./record.ts";
import { parseSegment, type Segment } from "./segment.ts";

/** Brings a queue's leases back, with the messages they hold: work for what was in flight, whatever the backlog. */
export async function recover(storage: Storage, queue: LocalQueue): Promise<void> {
  const stored: { readonly number: number; readonly lease: StoredLease }[] = [];
  for await (const [key, row] of allRows(storage, queueRange(table.lease, queue.number))) {
    stored.push({ number: lastU48(key), lease: decodeLease(row) });
  }
  const { groups } = queue.parts.order;
  if (groups !== undefined) {
    for await (const [key, row] of allRows(storage, queueRange(table.loose, queue.number))) {
      const { due, serial } = readLooseKey(key);
      const loose = parseLoose(due, serial, row);
      if (loose.returned) groups.hold(recordGroup(loose.row, loose.at));
    }
  }
  const segments = await leasedSegments(storage, queue, stored);
  const loose = await leasedLoose(storage, queue, stored);
  for (const { number, lease } of stored) open(queue, number, lease, segments, loose);
  for (const lane of queue.parts.lanes()) {
    await lane.recall();
    if (queue.parts.order.turnsOf(lane) !== undefined) await lane.rewind();
  }
}

function nameOf(lane: number, segment: number): string {
  return `${lane}/${segment}`;
}

/** The segments that leases refer to or the cursor stands in; those that are gone were done with. */
async function leasedSegments(
  storage: Storage,
  queue: LocalQueue,
  stored: readonly { readonly lease: StoredLease }[],
): Promise<ReadonlyMap<string, Segment>> {
  const wanted = new Map<string, Buffer>();
  const want = (lane: number, segment: number) =>
    wanted.set(nameOf(lane, segment), segmentKey(queue.number, lane, segment));
  for (const { lease } of stored) {
    for (const { place } of lease.entries) {
      if ("segment" in place) want(place.lane, place.segment);
    }
  }
  for (const { meta } of queue.parts.lanes()) if (meta.index > 0) want(meta.lane, meta.cursor);
  const segments = new Map<string, Segment>();
  const keys = [...wanted.values()];
  for (let from = 0; from < keys.length; from += 64) {
    const some = keys.slice(from, from + 64);
    const rows = await storage.getMany(some);
    const bitmaps = await storage.getMany(
      some.map((key) => {
        const { lane, segment } = readSegmentKey(key);
        return doneKey(queue.number, lane, segment);
      }),
    );
    for (const [position, key] of some.entries()) {
      const row = rows[position];
      if (row === undefined) continue;
      const { lane, segment: number } = readSegmentKey(key);
      const segment = parseSegment(lane, number, row);
      const bitmap = bitmaps[position];
      if (bitmap !== undefined) segment.restore(bitmap);
      queue.parts.lane(lane).adopt(segment);
      segments.set(nameOf(lane, number), segment);
    }
  }
  for (const { meta } of queue.parts.lanes()) {
    if (meta.index > 0 && !segments.has(nameOf(meta.lane, meta.cursor))) {
      throw damaged(`segment ${meta.cursor} of queue "${queue.spec.name}" is missing`);
    }
  }
  return segments;
}

async function leasedLoose(
  storage: Storage,
  queue: LocalQueue,
  stored: readonly { readonly lease: StoredLease }[],
): Promise<ReadonlyMap<number, Loose>> {
  const places = stored.flatMap(({ lease }) =>
    lease.entries.flatMap(({ place }) => ("due" in place ? [place] : [])),
  );
  const found = new Map<number, Loose>();
  const rows = await storage.getMany(
    places.map(({ due, serial }) => looseKey(queue.number, due, serial)),
  );
  for (const [position, { due, serial }] of places.entries()) {
    const row = rows[position];
    if (row !== undefined) found.set(serial, parseLoose(due, serial, row));
  }
  return found;
}

function open(
  queue: LocalQueue,
  number: number,
  stored: StoredLease,
  segments: ReadonlyMap<string, Segment>,
  loose: ReadonlyMap<number, Loose>,
): void {
  const { secret, session, request, until, takenAt, taker } = stored;
  const token = secret.toString("base64url");
  const lease = new Lease({ number, secret, token, until, takenAt, session, request, taker });
  lease.dirty = false;
  lease.stored = true;
  for (const { place } of stored.entries) {
    const at =
      "segment" in place
        ? segments.get(nameOf(place.lane, place.segment))
        : loose.get(place.serial);
    lease.add(at ?? NO_LOOSE, "segment" in place ? place.index : 0);
    if (at !== undefined && !("count" in at)) queue.parts.loose.lentBefore(at);
  }
  for (const [entry, { state, until }] of stored.entries.entries()) {
    const place = lease.places[entry] ?? NO_LOOSE;
    const gone = "count" in place ? place.isDone(lease.indexes[entry] ?? 0) : place === NO_LOOSE;
    // Without a mark, a message whose rows are gone was acked.
    if (gone) lease.close(entry, state ?? entryState.ack);
    else if (until !== undefined) lease.extend(entry, until);
  }
  if (lease.open === 0) return;
  queue.parts.leases.open(lease);
  queue.parts.order.restore(lease);
}
