import assert from "node:assert/strict";
import type { ConformanceCase } from "../case.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;

/** Delay, idempotency, priority, concurrency keys; and how each is refused where it is absent. */
export const sendOptions: readonly ConformanceCase[] = [
  {
    name: "a delayed message is not delivered early",
    needs: { delay: true },
    async run(bench) {
      await bench.client.send({ n: 1 }, { delay: "10s" });
      await bench.nothing("it came without a delay");
      await bench.almost(10_000);
      await bench.nothing("it came early");
      await bench.due();
      assert.equal((await bench.one()).attempt, 1);
    },
  },
  {
    name: "a Date as delay is the time of delivery",
    needs: { delay: true },
    async run(bench) {
      await bench.client.send({ n: 1 }, { delay: new Date(bench.clock.now() + 10_000) });
      await bench.almost(10_000);
      await bench.nothing("it came early");
      await bench.due();
      await bench.one();
    },
  },
  {
    name: "a delay of 7 days is kept",
    needs: { "delays of 7 days": true },
    async run(bench) {
      await bench.client.send({ n: 1 }, { delay: "7d" });
      // Who looks now and then, as a consumer does, sees nothing of it.
      for (let day = 1; day < 7; day++) {
        await bench.clock.advance(DAY_MS);
        await bench.nothing("it came early");
      }
      await bench.almost(DAY_MS);
      await bench.nothing("it came early");
      await bench.due();
      await bench.one();
    },
  },
  {
    name: "a delayed message does not hold up the ones behind it",
    needs: { delay: true },
    async run(bench) {
      await bench.client.send({ n: 1 }, { delay: bench.longDelay });
      await bench.client.send({ n: 2 });
      assert.deepEqual((await bench.one()).payload, { n: 2 });
      await bench.nothing("the delayed one came early");
    },
  },
  {
    name: "a delay over 7 days or below zero is refused and nothing is sent",
    async run(bench) {
      for (const delay of ["8d", "-1s", "soon"]) {
        // A wrong duration is a type error too; JavaScript may still pass it.
        const options = { delay } as { delay: "8d" };
        await bench.refused("OPTION_INVALID", () => bench.client.send({ n: 1 }, options));
      }
      await bench.clock.advance(1_000);
      await bench.nothing("a refused message was sent");
    },
  },
  {
    name: "a delay is refused as unsupported where the platform has none",
    needs: { delay: false },
    async run(bench) {
      await bench.refused("UNSUPPORTED", () => bench.client.send({ n: 1 }, { delay: "10s" }));
      await bench.nothing("the refused message was sent");
    },
  },
  {
    name: "a repeated idempotency key answers the first id and enqueues nothing, whatever the payload",
    needs: { idempotency: true },
    async run(bench) {
      const first = await bench.client.send({ n: 1 }, { idempotencyKey: "once" });
      const again = await bench.client.send({ n: 2 }, { idempotencyKey: "once" });
      assert.deepEqual(again, { id: first.id, deduplicated: true });
      assert.deepEqual((await bench.one()).payload, { n: 1 });
      await bench.nothing("the duplicate was enqueued");
    },
  },
  {
    name: "an idempotency key twice in one batch enqueues one message",
    needs: { idempotency: true },
    async run(bench) {
      const results = await bench.client.sendBatch([
        { payload: 1, idempotencyKey: "once" },
        { payload: 2, idempotencyKey: "once" },
        { payload: 3, idempotencyKey: "other" },
      ]);
      assert.deepEqual(
        results.map((result) => result.ok && result.deduplicated),
        [false, true, false],
      );
      assert.equal((await bench.take(2)).length, 2);
      await bench.nothing("the duplicate was enqueued");
    },
  },
  {
    name: "an idempotency key is remembered for 24 hours, also when its message is long acked",
    needs: { idempotency: true },
    async run(bench) {
      const first = await bench.client.send({ n: 1 }, { idempotencyKey: "once" });
      await bench.client.ack(await bench.one());
      await bench.clock.advance(DAY_MS - 1_000);
      const late = await bench.client.send({ n: 2 }, { idempotencyKey: "once" });
      assert.deepEqual(late, { id: first.id, deduplicated: true });
      await bench.clock.advance(2_000);
      const free = await bench.client.send({ n: 3 }, { idempotencyKey: "once" });
      assert.equal(free.deduplicated, false);
      assert.deepEqual((await bench.one()).payload, { n: 3 });
    },
  },
  {
    name: "the same key with another payload is a conflict where the queue says so",
    needs: { idempotency: true },
    options: { idempotency: { conflict: "error" } },
    async run(bench) {
      const options = { idempotencyKey: "once" };
      const first = await bench.client.send({ n: 1 }, options);
      assert.deepEqual(await bench.client.send({ n: 1 }, options), {
        id: first.id,
        deduplicated: true,
      });
      await bench.refused("IDEMPOTENCY_CONFLICT", () => bench.client.send({ n: 2 }, options));
    },
  },
  {
    name: "purge forgets no idempotency key",
    needs: { idempotency: true, purge: true },
    async run(bench) {
      const first = await bench.client.send({ n: 1 }, { idempotencyKey: "once" });
      await bench.operator.purge();
      const again = await bench.client.send({ n: 1 }, { idempotencyKey: "once" });
      assert.deepEqual(again, { id: first.id, deduplicated: true });
    },
  },
  {
    name: "an idempotency key is refused as unsupported where the platform keeps none",
    needs: { idempotency: false },
    async run(bench) {
      await bench.refused("UNSUPPORTED", () =>
        bench.client.send({ n: 1 }, { idempotencyKey: "once" }),
      );
      await bench.nothing("the refused message was sent");
    },
  },
  {
    name: "an empty or too long idempotency key is refused",
    async run(bench) {
      for (const idempotencyKey of ["", "k".repeat(257)]) {
        await bench.refused("OPTION_INVALID", () => bench.client.send({}, { idempotencyKey }));
      }
    },
  },
  {
    name: "a higher priority is delivered first, equals in the order of sending",
    needs: { priority: true },
    async run(bench) {
      for (const [name, priority] of [
        ["a", 0],
        ["b", 9],
        ["c", 5],
        ["d", 9],
      ] as const) {
        await bench.client.send({ name }, { priority });
      }
      await bench.texts("e");
      const received = await bench.take(5);
      assert.deepEqual(
        received.map(({ payload, priority }) => [payload, priority]),
        [
          [{ name: "b" }, 9],
          [{ name: "d" }, 9],
          [{ name: "c" }, 5],
          [{ name: "a" }, 0],
          ["e", 0],
        ],
      );
    },
  },
  {
    name: "a priority is refused as unsupported where the platform has none",
    needs: { priority: false },
    async run(bench) {
      await bench.refused("UNSUPPORTED", () => bench.client.send({ n: 1 }, { priority: 5 }));
      await bench.nothing("the refused message was sent");
    },
  },
  {
    name: "a priority outside 0 to 9 is refused",
    async run(bench) {
      for (const priority of [-1, 10, 1.5]) {
        await bench.refused("OPTION_INVALID", () => bench.client.send({ n: 1 }, { priority }));
      }
    },
  },
  {
    name: "no more messages of a key are on loan than its limit",
    needs: { "concurrency keys": true },
    async run(bench) {
      const concurrency = { key: "customer-1", limit: 2 };
      for (const n of [1, 2, 3]) await bench.client.send({ n }, { concurrency });
      const [first] = await bench.take(2);
      assert(first);
      await bench.nothing("a third of the key was delivered");
      await bench.client.ack(first);
      await bench.looksAgain();
      assert.deepEqual((await bench.one()).payload, { n: 3 });
    },
  },
  {
    name: "a busy key does not hold up another key",
    needs: { "concurrency keys": true },
    async run(bench) {
      await bench.client.send({ n: 1 }, { concurrency: { key: "busy", limit: 1 } });
      await bench.client.send({ n: 2 }, { concurrency: { key: "busy", limit: 1 } });
      await bench.client.send({ n: 3 }, { concurrency: { key: "idle", limit: 1 } });
      const received = await bench.take(2);
      assert.deepEqual(
        received.map(({ payload }) => payload),
        [{ n: 1 }, { n: 3 }],
      );
    },
  },
  {
    name: "a concurrency key is refused as unsupported where the platform has none",
    needs: { "concurrency keys": false },
    async run(bench) {
      const concurrency = { key: "customer-1", limit: 2 };
      await bench.refused("UNSUPPORTED", () => bench.client.send({ n: 1 }, { concurrency }));
      await bench.nothing("the refused message was sent");
    },
  },
];
