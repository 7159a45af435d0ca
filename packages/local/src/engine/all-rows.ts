import type { Storage } from "../store/storage.ts";

const ROWS = 4096;

/** Reads all rows of a range in pieces. */
export async function* allRows(
  storage: Storage,
  range: { readonly gte: Buffer; readonly lt: Buffer },
  atOnce = ROWS,
): AsyncGenerator<readonly [Buffer, Buffer]> {
  let rest: { gte?: Buffer; gt?: Buffer; lt: Buffer } = range;
  for (;;) {
    const rows = await storage.rows(rest, atOnce);
    yield* rows;
    const last = rows.at(-1)?.[0];
    if (last === undefined || rows.length < atOnce) return;
    rest = { gt: last, lt: range.lt };
  }
}
