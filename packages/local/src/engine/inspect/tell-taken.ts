import { sourceOf } from "../delivery.ts";
import type { Lease, Place } from "../lease.ts";
import type { QueueParts } from "../parts.ts";
import { recordId } from "../record.ts";
import { Segment } from "../segment.ts";

/** Counts how long the messages of a new lease were ready, and tells of each where somebody asks. */
export function tellTaken(parts: QueueParts, lease: Lease, now: number): void {
  const { activity, rates, lane } = parts;
  const { places } = lease;
  for (let from = 0; from < places.length; ) {
    const place = places[from];
    let to = from + 1;
    // Those of one segment were stored at once.
    while (to < places.length && places[to] === place) to++;
    if (place !== undefined) rates.waited(now - readySince(place), to - from);
    from = to;
  }
  for (let entry = 0; activity.watched && entry < places.length; entry++) {
    const place = places[entry];
    if (place === undefined || !activity.happens()) continue;
    const { bytes, at, attempts } = sourceOf(lease, entry, lane);
    const waitedMs = Math.max(0, now - readySince(place));
    const attempt = attempts + 1;
    activity.add({ type: "taken", id: recordId(bytes, at), at: now, attempt, waitedMs });
  }
}

function readySince(place: Place): number {
  return place instanceof Segment ? place.madeAt : place.due;
}
