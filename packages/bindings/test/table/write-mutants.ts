import type { StateTable, TableItem } from "../../src/table/state-table.ts";
import type { TableMutant } from "./mutant.ts";

/** Faults of writing: conditions that do not hold, versions that come again, times that are lost. */
export const writeMutants: readonly TableMutant[] = [
  {
    does: "answers an empty item where there is none",
    caughtBy: "under a key that nothing was put under is nothing",
    spoil: (table) => ({
      get: async (key) => (await table.get(key)) ?? { ...key, value: "", version: "0" },
    }),
  },
  {
    does: "forgets the time of an item",
    caughtBy: "what was put is read back, with its key, its version and its time",
    spoil: (table) => ({
      put: ({ expiresAt: _, ...item }, version) => table.put(item, version),
    }),
  },
  {
    does: "keeps times in whole seconds",
    caughtBy: "an item is there until its time, and not from then on",
    spoil: (table) => ({
      put: ({ expiresAt, ...item }, version) =>
        table.put(
          expiresAt === undefined
            ? item
            : { ...item, expiresAt: Math.floor(expiresAt / 1_000) * 1_000 },
          version,
        ),
    }),
  },
  {
    does: "knows items by their sort key alone",
    caughtBy: "the same sort key in another partition is another item",
    spoil: (table) => ({
      put: (item, version) => table.put({ ...item, partition: "all" }, version),
      get: async (key) => {
        const found = await table.get({ ...key, partition: "all" });
        return found === undefined ? undefined : { ...found, ...key };
      },
    }),
  },
  {
    does: "keeps the time of what it replaces",
    caughtBy: "a replacement takes the place of the whole item, its time too",
    spoil: (table) => ({
      put: async (item, version) => {
        const { expiresAt } = (await table.get(item)) ?? {};
        return table.put(expiresAt === undefined ? item : { expiresAt, ...item }, version);
      },
    }),
  },
  {
    does: "overwrites what is there",
    caughtBy: "what is to be new is refused where something is there, and changes nothing",
    spoil: (table) => ({ put: (item, version) => overwrite(table, item, version) }),
  },
  {
    does: "answers that it did not write, and wrote",
    caughtBy: "a put of an older version is refused, and changes nothing",
    spoil: (table) => ({
      put: async (item, version) => {
        const written = await table.put(item, version);
        if (written === undefined) await overwrite(table, item);
        return written;
      },
    }),
  },
  {
    does: "makes an item anew that was to be replaced",
    caughtBy: "a put of a version where nothing is there is refused, and writes nothing",
    spoil: (table) => ({
      put: async (item, version) => (await table.put(item, version)) ?? table.put(item, undefined),
    }),
  },
  {
    does: "deletes whatever the version",
    caughtBy: "a deletion of an older version is refused, and changes nothing",
    spoil: (table) => ({
      delete: async (key) => {
        const found = await table.get(key);
        return found !== undefined && table.delete(key, found.version);
      },
    }),
  },
  {
    does: "answers every deletion with yes",
    caughtBy: "what is deleted is gone, and is deleted once",
    spoil: (table) => ({
      delete: async (key, version) => {
        await table.delete(key, version);
        return true;
      },
    }),
  },
  {
    does: "counts versions from one again after a deletion",
    caughtBy: "what is deleted and made again has a version of its own",
    spoil: countedVersions,
  },
  {
    does: "takes the hash of a value for its version",
    caughtBy: "an item that is replaced by its like has a new version",
    spoil: (table) => hashedVersions(table),
  },
  {
    does: "looks first, and writes then, where nothing is",
    caughtBy: "of many who make one item at once exactly one wins",
    spoil: (table) => ({ put: (item, version) => lookThenWrite(table, item, version) }),
  },
  {
    does: "looks first, and writes then, where a version is",
    caughtBy: "of many who replace one version at once exactly one wins",
    spoil: (table) => ({ put: (item, version) => lookThenWrite(table, item, version) }),
  },
  {
    does: "loses counts",
    caughtBy: "a counter that many writers raise at once loses none",
    spoil: (table) => ({ put: (item, version) => lookThenWrite(table, item, version) }),
  },
  {
    does: "waits for the service to remove what is over",
    caughtBy: "what is over makes room for a new item",
    spoil: (table) => {
      const made = new Set<string>();
      return {
        put: async (item, version) => {
          const name = `${item.partition} ${item.sort}`;
          if (version === undefined && made.has(name)) return undefined;
          made.add(name);
          return table.put(item, version);
        },
      };
    },
  },
  {
    does: "replaces what is over by its version",
    caughtBy: "what is over is of no version",
    spoil: (table) => {
      const last = new Map<string, string | undefined>();
      return {
        put: async (item, version) => {
          const name = `${item.partition} ${item.sort}`;
          const over = version !== undefined && last.get(name) === version;
          const gone = over && (await table.get(item)) === undefined;
          const written = await table.put(item, gone ? undefined : version);
          last.set(name, written ?? last.get(name));
          return written;
        },
      };
    },
  },
  {
    does: "deletes twice at once",
    caughtBy: "of many who delete one version at once exactly one does",
    spoil: (table) => ({
      delete: async (key, version) => {
        const fits = (await table.get(key))?.version === version;
        await new Promise((resolve) => setImmediate(resolve));
        await table.delete(key, version);
        return fits;
      },
    }),
  },
  {
    does: "keeps everything for a day",
    caughtBy: "an item without a time is kept",
    spoil: (table, clock) => ({
      put: (item, version) =>
        table.put({ expiresAt: clock.now() + 24 * 60 * 60 * 1_000, ...item }, version),
    }),
  },
  {
    does: "looks first, and writes then, where something is over",
    caughtBy: "of many who take the place of what is over at once exactly one wins",
    spoil: (table) => ({ put: (item, version) => lookThenWrite(table, item, version) }),
  },
  {
    does: "takes the hash of a value for its version, also of what is over",
    caughtBy: "the version of what is over does not fit what took its place",
    spoil: (table) => hashedVersions(table),
  },
];

type Item = Omit<TableItem, "version">;

async function overwrite(
  table: StateTable,
  item: Item,
  version?: string,
): Promise<string | undefined> {
  const found = await table.get(item);
  return table.put(item, version ?? found?.version);
}

async function lookThenWrite(
  table: StateTable,
  item: Item,
  version: string | undefined,
): Promise<string | undefined> {
  if ((await table.get(item))?.version !== version) return undefined;
  await new Promise((resolve) => setImmediate(resolve));
  return overwrite(table, item);
}

function countedVersions(table: StateTable): Partial<StateTable> {
  const own = new Map<string, number>();
  const real = async (key: { partition: string; sort: string }, version: string | undefined) => {
    const found = await table.get(key);
    if (found === undefined) return version === undefined ? undefined : "none";
    return String(own.get(key.sort)) === version ? found.version : version;
  };
  return {
    get: async (key) => {
      const found = await table.get(key);
      return found === undefined ? undefined : { ...found, version: String(own.get(key.sort)) };
    },
    put: async (item, version) => {
      if ((await table.put(item, await real(item, version))) === undefined) return undefined;
      own.set(item.sort, version === undefined ? 1 : Number(version) + 1);
      return String(own.get(item.sort));
    },
    delete: async (key, version) => table.delete(key, (await real(key, version)) ?? "none"),
  };
}

function hashedVersions(table: StateTable): Partial<StateTable> {
  const real = async (key: { partition: string; sort: string }, version: string | undefined) => {
    const found = await table.get(key);
    return found !== undefined && `of ${found.value}` === version ? found.version : version;
  };
  return {
    get: async (key) => {
      const found = await table.get(key);
      return found === undefined ? undefined : { ...found, version: `of ${found.value}` };
    },
    put: async (item, version) => {
      const written = await table.put(item, await real(item, version));
      return written === undefined ? undefined : `of ${item.value}`;
    },
  };
}
