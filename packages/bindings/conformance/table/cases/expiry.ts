import assert from "node:assert/strict";
import type { TableCase } from "../table-case.ts";

/** Expiry: what is over counts as not there, to the millisecond, by the clock of whoever asks. */
export const expiry: readonly TableCase[] = [
  {
    name: "an item is there until its time, and not from then on",
    async run(bench) {
      await bench.put("a", "one", undefined, bench.clock.now() + 1_500);
      await bench.clock.advance(1_499);
      assert.equal(await bench.value("a"), "one");
      assert.deepEqual(await bench.sorts(10), ["a"]);
      await bench.clock.advance(1);
      assert.equal(await bench.value("a"), undefined);
      assert.deepEqual(await bench.sorts(10), []);
    },
  },
  {
    name: "an item without a time is kept",
    async run(bench) {
      await bench.put("a", "one");
      await bench.clock.advance("7d");
      assert.equal(await bench.value("a"), "one");
      assert.deepEqual(await bench.sorts(10), ["a"]);
    },
  },
  {
    name: "what is over makes room for a new item",
    async run(bench) {
      const first = await bench.put("a", "one", undefined, bench.clock.now() + 1_000);
      await bench.clock.advance(999);
      assert.equal(await bench.table.put(bench.item("a", "two"), undefined), undefined);
      await bench.clock.advance(1);
      const second = await bench.put("a", "two");
      assert.notEqual(second, first);
      assert.deepEqual(await bench.table.get(bench.key("a")), {
        ...bench.item("a", "two"),
        version: second,
      });
    },
  },
  {
    name: "of many who take the place of what is over at once exactly one wins",
    async run(bench) {
      await bench.put("a", "old", undefined, bench.clock.now() + 1_000);
      await bench.clock.advance(1_000);
      const tables = [bench.table, await bench.world.another()];
      const put = (n: number) => tables[n % 2]?.put(bench.item("a", String(n)), undefined);
      const versions = await Promise.all(Array.from({ length: 8 }, (_, n) => put(n)));
      const winner = versions.findIndex((version) => version !== undefined);
      assert.equal(versions.filter((version) => version !== undefined).length, 1);
      assert.equal(await bench.value("a"), String(winner));
    },
  },
  {
    name: "what is over is of no version",
    async run(bench) {
      const version = await bench.put("a", "one", undefined, bench.clock.now() + 1_000);
      await bench.clock.advance(1_000);
      const other = await bench.world.another();
      for (const table of [bench.table, other]) {
        assert.equal(await table.put(bench.item("a", "two"), version), undefined);
        assert.equal(await table.delete(bench.key("a"), version), false);
      }
      await bench.put("a", "three");
      assert.equal(await bench.value("a"), "three");
    },
  },
  {
    name: "the version of what is over does not fit what took its place",
    async run(bench) {
      const first = await bench.put("a", "one", undefined, bench.clock.now() + 1_000);
      await bench.clock.advance(1_000);
      const second = await bench.put("a", "one", undefined, bench.clock.now() + 1_000);
      assert.equal(await bench.table.put(bench.item("a", "two"), first), undefined);
      assert.equal(await bench.table.delete(bench.key("a"), first), false);
      assert.equal((await bench.table.get(bench.key("a")))?.version, second);
    },
  },
];
