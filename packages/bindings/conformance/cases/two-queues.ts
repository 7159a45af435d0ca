import assert from "node:assert/strict";
import type { ConformanceCase } from "../case.ts";

const needs = { "a second queue": true, operator: true } as const;

/** What two queues of a platform have in common: nothing. */
export const twoQueues: readonly ConformanceCase[] = [
  {
    name: "what is sent to one queue is in no other",
    needs,
    async run(bench) {
      const { client } = bench.sibling;
      await bench.texts("a");
      await bench.nothing("it is in both", client);
      await client.sendText("b");
      assert.equal((await bench.one(client)).payload, "b");
      await bench.nothing("the other queue's is in it too", client);
      assert.equal((await bench.one()).payload, "a");
    },
  },
  {
    name: "a purge takes nothing from another queue",
    needs: { ...needs, purge: true },
    async run(bench) {
      const { client } = bench.sibling;
      await client.sendText("b");
      await bench.texts("a");
      await bench.operator.purge();
      assert.equal((await bench.one(client)).payload, "b");
    },
  },
  {
    name: "an idempotency key belongs to its queue",
    needs: { ...needs, idempotency: true },
    async run(bench) {
      const { client } = bench.sibling;
      const options = { idempotencyKey: "once" };
      await bench.client.send({ n: 1 }, options);
      const other = await client.send({ n: 2 }, options);
      assert.equal(other.deduplicated, false);
      assert.deepEqual((await bench.one(client)).payload, { n: 2 });
    },
  },
  {
    name: "a receipt is good for its own queue only",
    needs: { ...needs, "exact fencing": true },
    async run(bench) {
      const { client } = bench.sibling;
      await client.sendText("b");
      const message = await bench.one(client);
      // By its receipt: the client itself would see that the message is another queue's.
      const { receiptHandle } = message;
      await bench.refused("RECEIPT_EXPIRED", () => bench.client.ack(bench.queue, receiptHandle));
      await bench.nothing("it came back", client);
      await client.ack(message);
    },
  },
];
