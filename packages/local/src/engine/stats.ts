import type { QueueStats } from "@alienplatform/bindings";
import type { QueueParts } from "./parts.ts";
import { recordSentAt } from "./record.ts";

/** Counts and the age of the oldest ready message, from memory as far as it knows. */
export async function stats(parts: QueueParts): Promise<QueueStats> {
  const { leases, loose, dead } = parts;
  const now = parts.clock.now();
  // Some may have been taken while the rest was counted.
  const due = Math.min(await loose.due(now), loose.count);
  const ready = parts.lanes().reduce((sum, lane) => sum + lane.ready, due);
  const counts = {
    ready,
    delayed: loose.count - due,
    inFlight: leases.inFlight,
    dead: dead.count,
    rates: parts.rates.perSecond(now),
  };
  let oldest = loose.oldestSentAt();
  for (const lane of parts.lanes()) {
    await lane.scan((bytes, at) => {
      oldest = Math.min(oldest, recordSentAt(bytes, at));
      return false;
    });
  }
  return {
    ...counts,
    ...(ready > 0 &&
      oldest < Number.POSITIVE_INFINITY && { oldestAgeMs: Math.max(0, now - oldest) }),
  };
}
