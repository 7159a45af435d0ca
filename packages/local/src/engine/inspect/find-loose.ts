import type { Storage } from "../../store/storage.ts";
import type { LoosePlace } from "../jobs/job-row.ts";
import { queueRange, readLooseKey, table } from "../keys.ts";
import { parseLoose } from "../loose-row.ts";
import { recordId } from "../record.ts";

const PAGE = { rows: 4096, bytes: 2 * 1024 * 1024 };

/** Where a delayed or retried message is, by reading all of them; undefined where it is none of those. */
export async function findLoose(
  queue: number,
  storage: Storage,
  id: string,
): Promise<LoosePlace | undefined> {
  const { gte, lt } = queueRange(table.loose, queue);
  let range: { gte?: Buffer; gt?: Buffer; lt: Buffer } = { gte, lt };
  for (;;) {
    const { rows, more } = await storage.page(range, PAGE);
    for (const [key, row] of rows) {
      if (!row.includes(id, 0, "latin1")) continue;
      const place = readLooseKey(key);
      const loose = parseLoose(place.due, place.serial, row);
      if (recordId(row, loose.at) === id) return place;
    }
    const last = rows.at(-1)?.[0];
    if (last === undefined || !more) return undefined;
    range = { gt: last, lt };
  }
}
