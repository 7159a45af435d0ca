import { AlienError } from "@alienplatform/core";
import { memoryTable } from "../../conformance/index.ts";
import type { TableItem } from "../../src/table/state-table.ts";
import { VirtualClock } from "../../src/virtual-clock.ts";
import type { TableMutant } from "./mutant.ts";

/** Faults of reading and of texts: orders, pages, what is escaped, what is cut. */
export const readMutants: readonly TableMutant[] = [
  {
    does: "shows what is over to lists",
    caughtBy: "a list leaves out what is over, and its pages are full nevertheless",
    spoil: (table) => {
      const lasting = memoryTable(new VirtualClock(0));
      return {
        put: async (item, version) => {
          await lasting.put(item, undefined);
          return table.put(item, version);
        },
        list: (...asked) => lasting.list(...asked),
      };
    },
  },
  {
    does: "leaves out what is over after it has cut the page",
    caughtBy: "a list leaves out what is over, and its pages are full nevertheless",
    spoil: (table, clock) => {
      const lasting = memoryTable(new VirtualClock(0));
      return {
        put: async (item, version) => {
          await lasting.put(item, undefined);
          return table.put(item, version);
        },
        list: async (...asked) =>
          (await lasting.list(...asked)).filter(
            ({ expiresAt = Number.POSITIVE_INFINITY }) => expiresAt > clock.now(),
          ),
      };
    },
  },
  {
    does: "lists in the order of a language",
    caughtBy: "a list has whole items, in the order of the characters of their sort keys",
    spoil: (table) => ({
      list: async (...asked) =>
        (await table.list(...asked)).toSorted((a, b) => a.sort.localeCompare(b.sort, "en")),
    }),
  },
  {
    does: "lists the partitions that begin alike too",
    caughtBy: "a list is of one partition alone",
    spoil: (table) => ({
      list: async (partition, page) => [
        ...(await table.list(partition, page)),
        ...(await table.list(`${partition}/`, page)),
      ],
    }),
  },
  {
    does: "begins a page at the key it was to go on after",
    caughtBy: "pages go on after a key, give each item once, and the last one is short",
    spoil: (table) => ({
      list: async (partition, { limit, after }) => {
        const all = await table.list(partition, { limit: 500 });
        return all.filter(({ sort }) => after === undefined || sort >= after).slice(0, limit);
      },
    }),
  },
  {
    does: "looks for the key that a page goes on after",
    caughtBy: "a page goes on after a key that is gone, or that never was",
    spoil: (table) => ({
      list: async (partition, { limit, after }) => {
        const all = await table.list(partition, { limit: 500 });
        const from = all.findIndex(({ sort }) => sort === after);
        if (after !== undefined && from === -1) return [];
        return all.slice(from + 1, from + 1 + limit);
      },
    }),
  },
  {
    does: "answers what one page of its service holds",
    caughtBy: "a page of large items is full",
    spoil: (table) => ({
      list: async (...asked) => {
        const found = await table.list(...asked);
        const most = 1_000_000 / Math.max(1, found[0]?.value.length ?? 0);
        return found.slice(0, most);
      },
    }),
  },
  {
    does: "gives at most 100 items",
    caughtBy: "a page has up to 500 items",
    spoil: (table) => ({
      list: async (partition, { limit, ...page }) =>
        table.list(partition, { ...page, limit: Math.min(limit, 100) }),
    }),
  },
  {
    does: "ends texts at a zero",
    caughtBy: "values come back as they were, whatever is in them",
    spoil: (table) => ({
      put: (item, version) =>
        table.put({ ...item, value: item.value.split("\u0000")[0] ?? "" }, version),
    }),
  },
  {
    does: "cuts values at 64 KiB",
    caughtBy: "a value has up to 256 KiB, in characters of one byte",
    spoil: (table) => ({
      put: (item, version) => table.put({ ...item, value: item.value.slice(0, 65_536) }, version),
    }),
  },
  {
    does: "puts a dash where a key has a slash",
    caughtBy: "every printable character is a key, and keys with it keep their order",
    spoil: (table) => ({
      put: (item, version) => table.put({ ...item, sort: item.sort.replaceAll("/", "-") }, version),
      get: async (key) => table.get({ ...key, sort: key.sort.replaceAll("/", "-") }),
    }),
  },
  {
    does: "does not tell the case of partitions",
    caughtBy: "every printable character is a partition of its own",
    spoil: (table) => ({
      put: (item, version) =>
        table.put({ ...item, partition: item.partition.toLowerCase() }, version),
    }),
  },
  {
    does: "cannot keep a dot",
    caughtBy: "keys that a service may keep for itself are keys",
    spoil: (table) => ({
      put: async (item, version) => {
        if (item.sort === "..") throw new AlienError("DRIVER_FAILED", "the name is invalid");
        return table.put(item, version);
      },
    }),
  },
  {
    does: "refuses keys that are long once they are escaped",
    caughtBy: "the parts of a key have up to 200 characters, whichever they are",
    spoil: (table) => ({
      put: async (item, version) => {
        const long = encodeURIComponent(item.sort).length > 512;
        if (long) throw new AlienError("DRIVER_FAILED", "the key is too long");
        return table.put(item, version);
      },
    }),
  },
  {
    does: "does not heed signals",
    caughtBy: "a signal that has fired ends a call before it writes",
    spoil: (table) => ({
      get: (key) => table.get(key),
      put: (item, version) => table.put(item, version),
      delete: (key, version) => table.delete(key, version),
      list: (partition, page) => table.list(partition, page),
    }),
  },
  {
    does: "writes before it heeds a signal",
    caughtBy: "a signal that has fired ends a call before it writes",
    spoil: (table) => ({
      put: async (item, version, signal) => {
        await table.put(item, version);
        return table.put(item, undefined, signal);
      },
    }),
  },
  {
    does: "is closed once only",
    caughtBy: "a table is closed twice",
    spoil: () => {
      let open = true;
      return {
        close: async () => {
          if (!open) throw new TypeError("closed already");
          open = false;
        },
      };
    },
  },
  {
    does: "does not show what others wrote",
    caughtBy: "what was put is seen by another connection",
    spoil: (table) => {
      const own = new Set<string>();
      return {
        put: async (item, version) => {
          own.add(item.value);
          return table.put(item, version);
        },
        get: async (key) => {
          const found = await table.get(key);
          return found !== undefined && own.has(found.value) ? found : undefined;
        },
      };
    },
  },
  {
    does: "lists where nothing is",
    caughtBy: "a partition that nothing was put in has an empty list",
    spoil: (table) => ({
      list: async (partition, page) => {
        const found = await table.list(partition, page);
        return found.length > 0 ? found : [{ partition, sort: "none", value: "", version: "0" }];
      },
    }),
  },
  {
    does: "lists what was there a moment ago",
    caughtBy: "a list sees what was written before it was asked",
    spoil: (table) => {
      let before: readonly TableItem[] = [];
      return {
        list: async (...asked) => {
          const stale = before;
          before = await table.list(...asked);
          return stale;
        },
      };
    },
  },
  ...["two bytes", "three bytes", "four bytes", "one byte that are escaped on the way"].map(
    (characters): TableMutant => ({
      does: `counts more than there are, in characters of ${characters}`,
      caughtBy: `a value has up to 256 KiB, in characters of ${characters}`,
      spoil: (table) => ({
        put: async (item, version) => {
          // Of four bytes each, and so never less than the truth.
          const counted = Math.max(JSON.stringify(item.value).length, item.value.length * 4);
          if (counted <= 256 * 1_024) return table.put(item, version);
          throw new AlienError("MESSAGE_TOO_LARGE", "the value is too large");
        },
      }),
    }),
  ),
];
