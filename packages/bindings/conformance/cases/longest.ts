import assert from "node:assert/strict";
import type { ConformanceCase } from "../case.ts";

/** Options at the very ends of what is allowed. */
export const longest: readonly ConformanceCase[] = [
  {
    name: "an idempotency key of 256 characters is told from one that differs in the last",
    needs: { idempotency: true },
    async run(bench) {
      const key = (last: string) => ({ idempotencyKey: "ü".repeat(255) + last });
      const { id } = await bench.client.send({ n: 1 }, key("a"));
      assert.equal((await bench.client.send({ n: 2 }, key("b"))).deduplicated, false);
      const again = await bench.client.send({ n: 3 }, key("a"));
      assert.deepEqual(again, { id, deduplicated: true });
    },
  },
  {
    name: "a group of 128 characters is told from one that differs in the last",
    needs: { ordered: true },
    options: { fifo: {} },
    async run(bench) {
      const group = (last: string) => ({ group: "ü".repeat(127) + last });
      await bench.client.send({ n: 1 }, group("a"));
      await bench.client.send({ n: 2 }, group("b"));
      await bench.client.send({ n: 3 }, group("a"));
      const received = await bench.take(2);
      // Between groups there is no order.
      assert.deepEqual(
        new Map(received.map(({ payload, group: of }) => [of, payload])),
        new Map([
          [group("a").group, { n: 1 }],
          [group("b").group, { n: 2 }],
        ]),
      );
      await bench.nothing("the later one overtook");
    },
  },
  {
    name: "a concurrency key of 128 characters is told from one that differs in the last",
    needs: { "concurrency keys": true },
    async run(bench) {
      const of = (last: string) => ({ concurrency: { key: "ü".repeat(127) + last, limit: 1 } });
      await bench.client.send({ n: 1 }, of("a"));
      await bench.client.send({ n: 2 }, of("b"));
      await bench.client.send({ n: 3 }, of("a"));
      const received = await bench.take(2);
      assert.deepEqual(
        received.map(({ payload }) => payload),
        [{ n: 1 }, { n: 2 }],
      );
      await bench.nothing("a second of the key was delivered");
    },
  },
  {
    name: "a Date that has passed delivers at once, one that is no time is refused",
    needs: { delay: true },
    async run(bench) {
      await bench.refused("OPTION_INVALID", () =>
        bench.client.send({ n: 1 }, { delay: new Date(Number.NaN) }),
      );
      await bench.client.send({ n: 2 }, { delay: new Date(bench.clock.now() - 60_000) });
      assert.deepEqual((await bench.one()).payload, { n: 2 });
    },
  },
  {
    name: "a redrive does not end the time of an idempotency key",
    needs: { idempotency: true, operator: true },
    async run(bench) {
      const options = { idempotencyKey: "once" };
      const { id } = await bench.client.send({ n: 1 }, options);
      await bench.client.deadLetter(await bench.one(), "unreadable");
      assert.deepEqual(await bench.client.send({ n: 2 }, options), { id, deduplicated: true });
      await bench.operator.redrive([id]);
      await bench.client.ack(await bench.one());
      assert.deepEqual(await bench.client.send({ n: 3 }, options), { id, deduplicated: true });
      await bench.nothing("the duplicate was enqueued");
    },
  },
];
