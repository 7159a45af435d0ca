import assert from "node:assert/strict";
import type { ConformanceCase } from "../case.ts";

/** Operating: counting, looking, purging. */
export const operating: readonly ConformanceCase[] = [
  {
    name: "stats count ready, delayed, in flight and dead",
    needs: { "exact counts": true, delay: true },
    async run(bench) {
      await bench.kill("dead");
      await bench.texts("inFlight");
      await bench.one();
      await bench.texts("ready", "ready");
      await bench.client.sendText("delayed", { delay: bench.longDelay });
      const { oldestAgeMs: _, rates: __, ...counts } = await bench.operator.stats();
      assert.deepEqual(counts, { ready: 2, delayed: 1, inFlight: 1, dead: 1 });
    },
  },
  {
    name: "stats tell the age of the oldest message that is ready",
    needs: { "exact counts": true, delay: true },
    async run(bench) {
      const step = bench.options.leaseMs / 10;
      await bench.client.sendText("delayed", { delay: bench.longDelay });
      await bench.texts("in flight");
      await bench.one();
      await bench.clock.advance(step);
      assert.equal((await bench.operator.stats()).oldestAgeMs, undefined);
      await bench.texts("older");
      await bench.clock.advance(step);
      await bench.texts("younger");
      await bench.clock.advance(step);
      const { oldestAgeMs = 0 } = await bench.operator.stats();
      const wrong = Math.abs(oldestAgeMs - 2 * step);
      assert(wrong <= bench.precisionMs, `${oldestAgeMs} is not ${2 * step} ms`);
    },
  },
  {
    name: "stats of a drained queue are zero",
    needs: { "exact counts": true },
    async run(bench) {
      await bench.texts("a", "b");
      await bench.client.ack(await bench.take(2));
      const { rates: _, ...counts } = await bench.operator.stats();
      assert.deepEqual(counts, { ready: 0, delayed: 0, inFlight: 0, dead: 0 });
    },
  },
  {
    name: "peek shows messages as they wait and takes nothing",
    needs: { peek: true },
    async run(bench) {
      const [a, b] = await bench.texts("a", "b");
      for (let time = 0; time < 2; time++) {
        const peeked = await bench.operator.peek({ limit: 10 });
        assert.deepEqual(
          peeked.map(({ id, attempts, state }) => [id, attempts, state]),
          [
            [a, 0, "ready"],
            [b, 0, "ready"],
          ],
        );
      }
      assert.equal((await bench.one()).attempt, 1);
    },
  },
  {
    name: "peek shows what is delayed and its time, and goes on after an id",
    needs: { peek: true, delay: true },
    async run(bench) {
      await bench.texts("a", "b");
      await bench.client.sendText("c", { delay: bench.longDelay });
      const all = await bench.operator.peek({ limit: 10 });
      assert.deepEqual(all.map(({ state }) => state).sort(), ["delayed", "ready", "ready"]);
      const delayed = all.find(({ state }) => state === "delayed");
      assert((delayed?.dueAt ?? 0) > bench.clock.now(), "the delayed message tells when");
      const first = await bench.operator.peek({ limit: 2 });
      const rest = await bench.operator.peek({ limit: 2, after: first[1]?.id ?? "" });
      assert.deepEqual(
        [...first, ...rest].map(({ id }) => id),
        all.map(({ id }) => id),
      );
    },
  },
  {
    name: "purge takes ready and delayed messages at once and says how many",
    needs: { "exact purge": true, delay: true },
    async run(bench) {
      await bench.texts("a", "b");
      await bench.client.sendText("c", { delay: "10s" });
      assert.equal(await bench.operator.purge(), 3);
      await bench.nothing("a purged message was delivered");
      await bench.clock.advance(20_000);
      await bench.nothing("a purged delayed message was delivered");
    },
  },
  {
    name: "purge takes what waits for its retry",
    needs: { "exact purge": true, "retry delay": true },
    async run(bench) {
      await bench.texts("a");
      await bench.client.nack(await bench.one(), { delay: "10s" });
      assert.equal(await bench.operator.purge(), 1);
      await bench.clock.advance(20_000);
      await bench.nothing("a purged message was delivered");
    },
  },
  {
    name: "purge takes those in flight when their lease ends",
    needs: { "exact purge": true },
    async run(bench) {
      await bench.texts("a", "b");
      const [a] = await bench.take(2);
      assert(a);
      await bench.operator.purge();
      await bench.client.ack(a);
      await bench.endLeases();
      await bench.nothing("a purged message came back");
      assert.deepEqual(await bench.operator.deadLetters({ limit: 10 }), []);
    },
  },
  {
    name: "purge never takes dead letters",
    needs: { purge: true },
    async run(bench) {
      const id = await bench.kill("a");
      await bench.operator.purge();
      const letters = await bench.operator.deadLetters({ limit: 10 });
      assert.deepEqual(
        letters.map((letter) => letter.id),
        [id],
      );
    },
  },
  {
    name: "what is sent after a purge is delivered",
    needs: { "exact purge": true },
    async run(bench) {
      await bench.texts("before");
      await bench.operator.purge();
      await bench.texts("after");
      assert.equal((await bench.one()).payload, "after");
    },
  },
];
