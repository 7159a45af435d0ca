import { readLooseKey, readSegmentKey, table } from "../../packages/local/src/engine/keys.ts";
import { decodeLease } from "../../packages/local/src/engine/lease-row.ts";
import { parseSegment } from "../../packages/local/src/engine/segment.ts";
import type { Counts } from "../faults/history.ts";
import type { Rows } from "./rows.ts";

/** What a store with one queue holds, counted by its rows alone. */
export function countRows(rows: Rows): Counts {
  const live = new Set<string>();
  const done = new Map<string, Buffer>();
  const leases: Buffer[] = [];
  let dead = 0;
  for (const [name, value] of rows.entries()) {
    const key = Buffer.from(name, "latin1");
    switch (key[0]) {
      case table.done:
        done.set(name.slice(1), value);
        break;
      case table.lease:
        leases.push(value);
        break;
      case table.loose: {
        const { due, serial } = readLooseKey(key);
        live.add(`loose ${due} ${serial}`);
        break;
      }
      case table.dead:
        dead++;
        break;
    }
  }
  for (const [name, value] of rows.entries()) {
    if (name.charCodeAt(0) !== table.segment) continue;
    const { lane, segment } = readSegmentKey(Buffer.from(name, "latin1"));
    const parsed = parseSegment(lane, segment, value);
    const bitmap = done.get(name.slice(1));
    if (bitmap !== undefined) parsed.restore(bitmap);
    for (let index = 0; index < parsed.count; index++) {
      if (!parsed.isDone(index)) live.add(`${lane} ${segment} ${index}`);
    }
  }
  let inFlight = 0;
  for (const row of leases) {
    for (const { place, state } of decodeLease(row).entries) {
      const name =
        "segment" in place
          ? `${place.lane} ${place.segment} ${place.index}`
          : `loose ${place.due} ${place.serial}`;
      if (state === undefined && live.has(name)) inFlight++;
    }
  }
  return { waiting: live.size - inFlight, inFlight, dead };
}
