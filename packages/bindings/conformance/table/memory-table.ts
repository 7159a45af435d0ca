import { AlienError } from "@alienplatform/core";
import type { Clock } from "../../src/clock.ts";
import type { StateTable, TableItem, TableKey } from "../../src/table/state-table.ts";

/** 256 KiB. */
const MOST_BYTES = 256 * 1024;
const MOST_LISTED = 500;

/**
 * A table in memory: what a state table means, and what the layer over it is tested with. It refuses keys, values and
 * limits out of range with a TypeError, where a service would or would not. Tables that share `items` are connections
 * to one.
 */
export function memoryTable(clock: Clock, items = new Map<string, TableItem>()): StateTable {
  let writes = 0;
  const there = (key: TableKey) => {
    const item = items.get(pathOf(key));
    return item === undefined || isOver(item, clock) ? undefined : item;
  };
  return {
    async get(key, signal) {
      begin("get", key, signal);
      return there(key);
    },
    async put({ partition, sort, value, expiresAt }, version, signal) {
      begin("put", { partition, sort }, signal);
      if (Buffer.byteLength(value) > MOST_BYTES) {
        throw new TypeError(`a value is at most ${MOST_BYTES} bytes of UTF-8`);
      }
      if (there({ partition, sort })?.version !== version) return undefined;
      // Maps that are shared are written by several tables.
      const next = `${++writes}-${Math.random().toString(36).slice(2)}`;
      const item = { partition, sort, value, version: next };
      items.set(pathOf(item), expiresAt === undefined ? item : { ...item, expiresAt });
      return next;
    },
    async delete(key, version, signal) {
      begin("delete", key, signal);
      if (there(key)?.version !== version) return false;
      return items.delete(pathOf(key));
    },
    async list(partition, { limit, after = "" }, signal) {
      begin("list", { partition, sort: after === "" ? "-" : after }, signal);
      if (!Number.isInteger(limit) || limit < 1 || limit > MOST_LISTED) {
        throw new TypeError(`a limit is 1 to ${MOST_LISTED}`);
      }
      return [...items.values()]
        .filter((item) => item.partition === partition && item.sort > after)
        .filter((item) => !isOver(item, clock))
        .sort((a, b) => (a.sort < b.sort ? -1 : 1))
        .slice(0, limit);
    },
    async close() {
      // Nothing is open.
    },
  };
}

function begin(verb: string, { partition, sort }: TableKey, signal: AbortSignal | undefined): void {
  for (const part of [partition, sort]) {
    if (/^[ -~]{1,200}$/.test(part)) continue;
    throw new TypeError("the parts of a key are 1 to 200 printable characters of ASCII");
  }
  if (!signal?.aborted) return;
  throw new AlienError("ABORTED", `the ${verb} of ${sort} in ${partition} was aborted`, {
    fix: "Call again: whether the call was carried out is unknown.",
    cause: signal.reason,
  });
}

function pathOf({ partition, sort }: TableKey): string {
  return `${partition}\n${sort}`;
}

function isOver({ expiresAt = Number.POSITIVE_INFINITY }: TableItem, clock: Clock): boolean {
  return expiresAt <= clock.now();
}
