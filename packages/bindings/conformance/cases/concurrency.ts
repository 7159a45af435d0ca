import assert from "node:assert/strict";
import type { Bench } from "../bench.ts";
import type { ConformanceCase } from "../case.ts";

const keys = { "concurrency keys": true } as const;

/** Concurrency keys: limits, what takes a place and what does not, turns. */
export const concurrency: readonly ConformanceCase[] = [
  {
    name: "each message obeys its own limit, and counts all of its key",
    needs: keys,
    async run(bench) {
      await send(bench, 2, "a1");
      await send(bench, 1, "a2");
      const first = await bench.one();
      await bench.nothing("there was one of its key on loan, and its limit is 1");
      await bench.client.ack(first);
      await bench.looksAgain();
      assert.equal((await bench.one()).payload, "a2");
    },
  },
  {
    name: "a message that waits for its retry takes no place of its key",
    needs: { ...keys, "retry delay": true },
    async run(bench) {
      await send(bench, 1, "a1", "a2");
      await bench.client.nack(await bench.one(), { delay: "1s" });
      assert.equal((await bench.one()).payload, "a2");
      await bench.clock.advance(1_000);
      await bench.nothing("a second of the key was delivered");
    },
  },
  {
    name: "a message that waits for its delay takes no place of its key",
    needs: { ...keys, delay: true },
    async run(bench) {
      const concurrency = { key: "a", limit: 1 };
      await bench.client.sendText("later", { concurrency, delay: "1s" });
      await send(bench, 1, "a1");
      const first = await bench.one();
      assert.equal(first.payload, "a1");
      await bench.clock.advance(1_000);
      await bench.nothing("a second of the key was delivered");
      await bench.client.ack(first);
      await bench.looksAgain();
      assert.equal((await bench.one()).payload, "later");
    },
  },
  {
    name: "a key has its place back when a lease ends",
    needs: keys,
    async run(bench) {
      await send(bench, 1, "a1", "a2");
      await bench.one();
      await bench.endLeases();
      assert(["a1", "a2"].includes(String((await bench.one()).payload)));
      await bench.nothing("a second of the key was delivered");
    },
  },
  {
    name: "consumers and receives of all connections share the limit of a key",
    needs: { ...keys, "another connection": true },
    async run(bench) {
      await send(bench, 1, "a1", "a2", "b1");
      const other = await bench.another();
      const first = await bench.one(other);
      assert.equal(first.payload, "a1");
      const handled: unknown[] = [];
      bench.consume(({ payload }) => void handled.push(payload));
      await bench.settled(1);
      assert.deepEqual(handled, ["b1"]);
      await other.ack(first);
      await bench.looksAgain();
      await bench.settled(2);
      assert.deepEqual(handled, ["b1", "a2"]);
    },
  },
  {
    name: "keys take turns: one with much to do does not starve another, nor what has none",
    needs: { ...keys, "turns of keys": true },
    async run(bench) {
      await send(bench, 100, ...Array.from({ length: 40 }, (_, n) => `a${n}`));
      await send(bench, 100, "b");
      await bench.texts("none");
      const seen: unknown[] = [];
      for (let count = 0; count < 20; count++) {
        const message = await bench.one();
        seen.push(message.payload);
        await bench.client.ack(message);
      }
      assert(seen.includes("b"), "the other key starves");
      assert(seen.includes("none"), "what has no key starves");
      assert(seen.includes("a10"), "the first key starves");
    },
  },
  {
    name: "a key without room keeps back no other priority",
    needs: { ...keys, priority: true },
    async run(bench) {
      const concurrency = { key: "a", limit: 1 };
      for (const text of ["a1", "a2"]) {
        await bench.client.sendText(text, { concurrency, priority: 9 });
      }
      await send(bench, 1, "b1");
      const [first, second] = await bench.take(2);
      assert.deepEqual([first?.payload, second?.payload], ["a1", "b1"]);
    },
  },
  {
    name: "a message of a group needs its key too, and its group waits for it",
    needs: { ...keys, ordered: true },
    options: { fifo: {} },
    async run(bench) {
      const concurrency = { key: "a", limit: 1 };
      await bench.client.sendText("g1", { group: "g", concurrency });
      await bench.client.sendText("h1", { group: "h", concurrency });
      await bench.client.sendText("h2", { group: "h" });
      const first = await bench.one();
      assert.equal(first.payload, "g1");
      await bench.nothing("the second of the group overtook the first, which waits for its key");
      await bench.client.ack(first);
      await bench.looksAgain();
      const next = await bench.one();
      assert.equal(next.payload, "h1");
      await bench.client.ack(next);
      assert.equal((await bench.one()).payload, "h2");
    },
  },
  {
    name: "handlers of a FIFO queue, too, are no more than its concurrency, whichever consumer has them",
    options: { fifo: {}, concurrency: 1 },
    needs: { ordered: true, "concurrency of all consumers": true },
    async run(bench) {
      const running: (() => void)[] = [];
      let most = 0;
      const handler = () =>
        new Promise<void>((resolve) => {
          running.push(resolve);
          most = Math.max(most, running.length);
        });
      bench.consume(handler);
      bench.consume(handler);
      for (const group of ["a", "b", "a", "c"]) await bench.client.sendText(group, { group });
      for (let done = 1; done <= 4; done++) {
        await bench.until(`handler ${done}`, () => running.length === 1);
        running.shift()?.();
        await bench.settled(done);
      }
      assert.equal(most, 1);
    },
  },
  {
    name: "a redriven message keeps its key",
    needs: { ...keys, operator: true },
    async run(bench) {
      await send(bench, 1, "a1", "a2");
      const first = await bench.one();
      await bench.client.deadLetter(first, "unreadable");
      const second = await bench.one();
      await bench.operator.redrive([first.id]);
      await bench.nothing("a second of the key was delivered");
      await bench.client.ack(second);
      await bench.looksAgain();
      assert.equal((await bench.one()).payload, "a1");
    },
  },
];

/** Sends texts whose first letter is their key. */
async function send(bench: Bench, limit: number, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    await bench.client.sendText(text, { concurrency: { key: text.charAt(0), limit } });
  }
}
