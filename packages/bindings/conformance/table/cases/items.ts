import assert from "node:assert/strict";
import type { TableCase } from "../table-case.ts";

/** Items: what is put is read, whole, under its own key alone. */
export const items: readonly TableCase[] = [
  {
    name: "under a key that nothing was put under is nothing",
    async run(bench) {
      const version = await bench.put("other", "there");
      assert.equal(await bench.table.get(bench.key("a")), undefined);
      assert.equal(await bench.table.delete(bench.key("a"), version), false);
      assert.equal(await bench.value("other"), "there");
    },
  },
  {
    name: "what was put is read back, with its key, its version and its time",
    async run(bench) {
      const expiresAt = bench.clock.now() + 61_234;
      const forever = await bench.put("forever", "one");
      const passing = await bench.put("passing", "two", undefined, expiresAt);
      assert.deepEqual(await bench.table.get(bench.key("forever")), {
        ...bench.item("forever", "one"),
        version: forever,
      });
      assert.deepEqual(await bench.table.get(bench.key("passing")), {
        ...bench.item("passing", "two", expiresAt),
        version: passing,
      });
    },
  },
  {
    name: "what was put is seen by another connection",
    async run(bench) {
      const version = await bench.put("a", "one");
      const other = await bench.world.another();
      assert.deepEqual(await other.get(bench.key("a")), { ...bench.item("a", "one"), version });
      assert(await other.put(bench.item("a", "two"), version));
      assert.equal(await bench.value("a"), "two");
    },
  },
  {
    name: "the same sort key in another partition is another item",
    async run(bench) {
      const here = await bench.put("a", "here");
      const key = { partition: `${bench.partition}/`, sort: "a" };
      assert.equal(await bench.table.get(key), undefined);
      const there = await bench.table.put({ ...key, value: "there" }, undefined);
      assert(there !== undefined, "the other partition's item is in the way");
      assert.equal(await bench.table.delete(key, there), true);
      assert.deepEqual(await bench.table.get(bench.key("a")), {
        ...bench.item("a", "here"),
        version: here,
      });
    },
  },
  {
    name: "a replacement takes the place of the whole item, its time too",
    async run(bench) {
      const soon = bench.clock.now() + 10_000;
      const first = await bench.put("a", "one", undefined, soon);
      const second = await bench.put("a", "two", first);
      assert.deepEqual(await bench.table.get(bench.key("a")), {
        ...bench.item("a", "two"),
        version: second,
      });
      await bench.clock.advance(20_000);
      const third = await bench.put("a", "three", second, bench.clock.now() + 10_000);
      await bench.clock.advance(9_999);
      assert.equal((await bench.table.get(bench.key("a")))?.version, third);
      await bench.clock.advance(1);
      assert.equal(await bench.value("a"), undefined);
    },
  },
  {
    name: "a table is closed twice",
    async run(bench) {
      const other = await bench.world.another();
      await other.get(bench.key("a"));
      await other.close();
      await other.close();
    },
  },
];
