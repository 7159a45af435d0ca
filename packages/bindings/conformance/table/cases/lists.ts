import assert from "node:assert/strict";
import type { TableBench } from "../table-bench.ts";
import type { TableCase } from "../table-case.ts";

const KIB = 1_024;

/** Lists: one partition, in order, page by page, without what is over. */
export const lists: readonly TableCase[] = [
  {
    name: "a partition that nothing was put in has an empty list",
    async run(bench) {
      assert.deepEqual(await bench.sorts(10), []);
    },
  },
  {
    name: "a list has whole items, in the order of the characters of their sort keys",
    async run(bench) {
      const expiresAt = bench.clock.now() + 60_000;
      const sorts = ["b", "a", "B", "10", "9", "a-", "aa", "a/b", "_", "~", "A b", "a.b", " ", "Z"];
      const versions = new Map<string, string>();
      for (const sort of sorts) {
        versions.set(sort, await bench.put(sort, `of ${sort}`, undefined, expiresAt));
      }
      assert.deepEqual(
        await bench.table.list(bench.partition, { limit: 100 }),
        [...sorts].sort().map((sort) => ({
          ...bench.item(sort, `of ${sort}`, expiresAt),
          version: versions.get(sort),
        })),
      );
    },
  },
  {
    name: "a list is of one partition alone",
    async run(bench) {
      const { partition, table } = bench;
      const others = [`${partition}/`, `${partition}!`, partition.slice(0, -1), `${partition}a`];
      for (const other of others) {
        assert(await table.put({ partition: other, sort: "other", value: "" }, undefined));
      }
      await bench.put("mine", "");
      assert.deepEqual(await bench.sorts(10), ["mine"]);
    },
  },
  {
    name: "pages go on after a key, give each item once, and the last one is short",
    async run(bench) {
      const sorts = await putNumbered(bench, 25);
      assert.deepEqual(await bench.sorts(10), sorts.slice(0, 10));
      assert.deepEqual(await bench.sorts(10, "item 009"), sorts.slice(10, 20));
      assert.deepEqual(await bench.sorts(10, "item 019"), sorts.slice(20));
      assert.deepEqual(await bench.sorts(10, "item 024"), []);
    },
  },
  {
    name: "a page goes on after a key that is gone, or that never was",
    async run(bench) {
      const sorts = await putNumbered(bench, 6);
      const gone = await bench.table.get(bench.key("item 002"));
      assert.equal(await bench.table.delete(bench.key("item 002"), gone?.version ?? ""), true);
      assert.deepEqual(await bench.sorts(2, "item 002"), sorts.slice(3, 5));
      assert.deepEqual(await bench.sorts(2, "item 003!"), sorts.slice(4));
      assert.deepEqual(await bench.sorts(2, " "), sorts.slice(0, 2));
    },
  },
  {
    name: "a list leaves out what is over, and its pages are full nevertheless",
    async run(bench) {
      const soon = bench.clock.now() + 1_000;
      for (let n = 0; n < 24; n++) {
        await bench.put(numbered(n), "", undefined, n % 8 === 7 ? undefined : soon);
      }
      await bench.clock.advance(1_000);
      assert.deepEqual(await bench.sorts(2), ["item 007", "item 015"]);
      assert.deepEqual(await bench.sorts(2, "item 015"), ["item 023"]);
      assert.deepEqual(await bench.sorts(3), ["item 007", "item 015", "item 023"]);
    },
  },
  {
    name: "a list sees what was written before it was asked",
    async run(bench) {
      const other = await bench.world.another();
      for (let n = 0; n < 5; n++) {
        assert(await other.put(bench.item(numbered(n), ""), undefined));
        assert.equal((await bench.sorts(10)).length, n + 1);
      }
    },
  },
  {
    name: "a page of large items is full",
    async run(bench) {
      const value = "x".repeat(200 * KIB);
      for (let n = 0; n < 12; n++) await bench.put(numbered(n), value);
      const page = await bench.table.list(bench.partition, { limit: 11 });
      assert.equal(page.length, 11);
      assert(
        page.every((item) => item.value === value),
        "a value was cut",
      );
    },
  },
  {
    name: "a page has up to 500 items",
    async run(bench) {
      const sorts = Array.from({ length: 505 }, (_, n) => numbered(n));
      for (let from = 0; from < sorts.length; from += 25) {
        const some = sorts.slice(from, from + 25);
        await Promise.all(some.map((sort) => bench.put(sort, "")));
      }
      assert.deepEqual(await bench.sorts(500), sorts.slice(0, 500));
      assert.deepEqual(await bench.sorts(500, "item 499"), sorts.slice(500));
    },
  },
];

async function putNumbered(bench: TableBench, count: number): Promise<readonly string[]> {
  const sorts = Array.from({ length: count }, (_, n) => numbered(n));
  // In another order than theirs.
  for (const sort of sorts.toReversed()) await bench.put(sort, "");
  return sorts;
}

function numbered(n: number): string {
  return `item ${String(n).padStart(3, "0")}`;
}
