import assert from "node:assert/strict";
import type { StateTable } from "../../../src/table/state-table.ts";
import type { TableBench } from "../table-bench.ts";
import type { TableCase } from "../table-case.ts";

const WRITERS = 6;
const TURNS = 3;

/** Conditions: a write holds where the version does, and of several writers one wins. */
export const conditions: readonly TableCase[] = [
  {
    name: "what is to be new is refused where something is there, and changes nothing",
    async run(bench) {
      const version = await bench.put("a", "one");
      assert.equal(await bench.table.put(bench.item("a", "two"), undefined), undefined);
      await unchanged(bench, "one", version);
    },
  },
  {
    name: "a put of an older version is refused, and changes nothing",
    async run(bench) {
      const first = await bench.put("a", "one");
      const second = await bench.put("a", "two", first);
      assert.equal(await bench.table.put(bench.item("a", "three"), first), undefined);
      await unchanged(bench, "two", second);
    },
  },
  {
    name: "a put of a version where nothing is there is refused, and writes nothing",
    async run(bench) {
      const version = await bench.put("a", "one");
      assert.equal(await bench.table.delete(bench.key("a"), version), true);
      assert.equal(await bench.table.put(bench.item("a", "two"), version), undefined);
      assert.equal(await bench.value("a"), undefined);
    },
  },
  {
    name: "what is deleted is gone, and is deleted once",
    async run(bench) {
      const version = await bench.put("a", "one");
      assert.equal(await bench.table.delete(bench.key("a"), version), true);
      assert.equal(await bench.value("a"), undefined);
      assert.deepEqual(await bench.sorts(10), []);
      assert.equal(await bench.table.delete(bench.key("a"), version), false);
    },
  },
  {
    name: "a deletion of an older version is refused, and changes nothing",
    async run(bench) {
      const first = await bench.put("a", "one");
      const second = await bench.put("a", "two", first);
      assert.equal(await bench.table.delete(bench.key("a"), first), false);
      await unchanged(bench, "two", second);
    },
  },
  {
    name: "what is deleted and made again has a version of its own",
    async run(bench) {
      const first = await bench.put("a", "one");
      assert.equal(await bench.table.delete(bench.key("a"), first), true);
      const second = await bench.put("a", "one");
      assert.notEqual(second, first);
      assert.equal(await bench.table.put(bench.item("a", "two"), first), undefined);
      assert.equal(await bench.table.delete(bench.key("a"), first), false);
      await unchanged(bench, "one", second);
    },
  },
  {
    name: "an item that is replaced by its like has a new version",
    async run(bench) {
      const first = await bench.put("a", "one");
      const second = await bench.put("a", "one", first);
      assert.notEqual(second, first);
      assert.equal(await bench.table.put(bench.item("a", "two"), first), undefined);
      await unchanged(bench, "one", second);
    },
  },
  {
    name: "of many who make one item at once exactly one wins",
    async run(bench) {
      const tables = [bench.table, await bench.world.another()];
      const put = (n: number) => tables[n % 2]?.put(bench.item("a", String(n)), undefined);
      const versions = await Promise.all(Array.from({ length: WRITERS }, (_, n) => put(n)));
      await oneWon(bench, versions);
    },
  },
  {
    name: "of many who replace one version at once exactly one wins",
    async run(bench) {
      const first = await bench.put("a", "first");
      const tables = [bench.table, await bench.world.another()];
      const put = (n: number) => tables[n % 2]?.put(bench.item("a", String(n)), first);
      const versions = await Promise.all(Array.from({ length: WRITERS }, (_, n) => put(n)));
      await oneWon(bench, versions);
    },
  },
  {
    name: "of many who delete one version at once exactly one does",
    async run(bench) {
      const version = await bench.put("a", "one");
      const calls = Array.from({ length: WRITERS }, () =>
        bench.table.delete(bench.key("a"), version),
      );
      assert.equal((await Promise.all(calls)).filter((done) => done).length, 1);
    },
  },
  {
    name: "a counter that many writers raise at once loses none",
    async run(bench) {
      await bench.put("count", "0");
      const tables = [bench.table, await bench.world.another()];
      await Promise.all(
        Array.from({ length: WRITERS }, async (_, n) => {
          for (let turn = 0; turn < TURNS; turn++) await raise(bench, tables[n % 2] ?? bench.table);
        }),
      );
      assert.equal(await bench.value("count"), String(WRITERS * TURNS));
    },
  },
];

async function unchanged(bench: TableBench, value: string, version: string): Promise<void> {
  const found = await bench.table.get(bench.key("a"));
  assert.deepEqual(found, { ...bench.item("a", value), version });
}

async function oneWon(bench: TableBench, versions: readonly (string | undefined)[]): Promise<void> {
  const winners = versions.flatMap((version, n) => (version === undefined ? [] : [[n, version]]));
  assert.equal(winners.length, 1, `${winners.length} writers won`);
  const found = await bench.table.get(bench.key("a"));
  assert.deepEqual([[Number(found?.value), found?.version]], winners);
}

/** Ends: each time that a write is refused, another one was not. */
async function raise(bench: TableBench, table: StateTable): Promise<void> {
  for (;;) {
    const found = await table.get(bench.key("count"));
    assert(found, "the counter is gone");
    const next = bench.item("count", String(Number(found.value) + 1));
    if ((await table.put(next, found.version)) !== undefined) return;
  }
}
