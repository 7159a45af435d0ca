import assert from "node:assert/strict";
import type { ConformanceCase } from "../case.ts";

/** Batches: one result per message, in order, however the platform cuts them. */
export const batches: readonly ConformanceCase[] = [
  {
    name: "a batch longer than the platform's is sent whole, one result per message, in order",
    async run(bench) {
      const count = Math.min(bench.driver.capabilities.max.batch * 2 + 3, 203);
      const batch = Array.from({ length: count }, (_, n) => ({ payload: { n } }));
      const results = await bench.client.sendBatch(batch);
      assert.equal(results.length, count);
      const ids = results.map((result) => (result.ok ? result.id : "refused"));
      const received = await bench.take(count);
      const byId = new Map(received.map(({ id, payload }) => [id, payload]));
      assert.deepEqual(
        ids.map((id) => byId.get(id)),
        batch.map(({ payload }) => payload),
      );
    },
  },
  {
    name: "a batch heavier than the platform's is sent whole",
    async run(bench) {
      const { message, batchBytes } = bench.driver.capabilities.max;
      const payload = "x".repeat(Math.floor(message * 0.9));
      const count = Math.min(Math.ceil(batchBytes / payload.length) + 1, 20);
      const batch = Array.from({ length: count }, () => ({ payload }));
      const results = await bench.client.sendBatch(batch);
      assert.deepEqual(
        results.map(({ ok }) => ok),
        batch.map(() => true),
      );
      assert.equal((await bench.take(count)).length, count);
    },
  },
  {
    name: "a batch with one oversized message sends the others and names the failed one",
    async run(bench) {
      const big = "x".repeat(bench.driver.capabilities.max.message + 1);
      const results = await bench.client.sendBatch([
        { payload: { n: 0 } },
        { payload: big },
        { payload: { n: 2 } },
      ]);
      assert.deepEqual(
        results.map((result) => (result.ok ? "sent" : result.error.code)),
        ["sent", "MESSAGE_TOO_LARGE", "sent"],
      );
      assert(results[1]?.ok === false && results[1].error.details.position === 1);
      const received = await bench.take(2);
      assert.deepEqual(received.map(({ id, payload }) => [id, payload]).sort(), [
        [idOf(results[0]), { n: 0 }],
        [idOf(results[2]), { n: 2 }],
      ]);
      await bench.nothing("the oversized message was sent");
    },
  },
  {
    name: "a driver says of each message of a batch, in its own place, whether it was sent",
    async run(bench) {
      const big = "x".repeat(bench.driver.capabilities.max.message + 1);
      const batch = ["first", big, "third"].map((body, index) => {
        const headers = { kind: "text" } as const;
        return { id: String(index).padStart(26, "0"), body, headers, sentAt: bench.clock.now() };
      });
      const results = await bench.driver.send(batch);
      assert.equal(results.length, 3);
      assert(results[0]?.ok && results[2]?.ok, "the neighbours of a large message were refused");
      // A driver may leave the limit to its client; what it says was sent must then arrive whole.
      const sent = batch.filter((_, index) => results[index]?.ok);
      const received = await bench.take(sent.length);
      assert.deepEqual(
        received.map(({ payload }) => payload).sort(),
        sent.map(({ body }) => body).sort(),
      );
      await bench.nothing("a refused message was sent");
    },
  },
  {
    name: "each message of a batch has its own options",
    async run(bench) {
      const results = await bench.client.sendBatch([
        { payload: "text", attributes: { n: "0" } },
        { payload: { json: true }, attributes: { n: "1" } },
      ]);
      const received = await bench.take(2);
      received.sort((a, b) => (a.id < b.id ? -1 : 1));
      assert.deepEqual(
        received.map(({ id, kind, payload, attributes }) => [id, kind, payload, attributes.n]),
        [
          [idOf(results[0]), "text", "text", "0"],
          [idOf(results[1]), "json", { json: true }, "1"],
        ],
      );
    },
  },
  {
    name: "an empty batch answers an empty list",
    async run(bench) {
      assert.deepEqual(await bench.client.sendBatch([]), []);
      await bench.nothing("something was sent");
    },
  },
  {
    name: "many sends at once all arrive, each under its own id",
    async run(bench) {
      const numbers = Array.from({ length: 50 }, (_, n) => n);
      const sent = await Promise.all(numbers.map((n) => bench.client.send(bench.queue, n)));
      const received = await bench.take(50);
      const byId = new Map(received.map(({ id, payload }) => [id, payload]));
      assert.deepEqual(
        sent.map(({ id }) => byId.get(id)),
        numbers,
      );
    },
  },
];

function idOf(result: { ok: true; id: string } | { ok: false } | undefined): string {
  assert(result?.ok);
  return result.id;
}
