import assert from "node:assert/strict";
import type { ConformanceCase } from "../case.ts";

/** Receipts: what one is good for once it is spent, stale, forged or somewhere else. */
export const receipts: readonly ConformanceCase[] = [
  {
    name: "repeating the same outcome with the same receipt succeeds",
    needs: { "retry delay": true },
    async run(bench) {
      await bench.texts("a", "b", "c");
      const [a, b, c] = await bench.take(3);
      assert(a && b && c);
      for (let time = 0; time < 3; time++) await bench.client.ack(a);
      for (let time = 0; time < 3; time++) await bench.client.nack(b, { delay: bench.longRetry });
      for (let time = 0; time < 3; time++) await bench.client.deadLetter(c, "unreadable");
      await bench.endLeases();
      await bench.nothing("a repeat undid the first");
    },
  },
  {
    name: "a nack that is repeated brings the message back once",
    needs: { "retry delay": true },
    async run(bench) {
      await bench.texts("a");
      const message = await bench.one();
      for (let time = 0; time < 3; time++) await bench.client.nack(message, { delay: "2s" });
      await bench.almost(2_000);
      await bench.due();
      assert.equal((await bench.one()).attempt, 2);
      await bench.nothing("it came back twice");
    },
  },
  {
    name: "a message that is dead-lettered twice with one receipt is one dead letter",
    needs: { operator: true, "exact counts": true },
    async run(bench) {
      await bench.texts("a");
      const message = await bench.one();
      for (let time = 0; time < 2; time++) await bench.client.deadLetter(message, "unreadable");
      assert.equal((await bench.operator.stats()).dead, 1);
    },
  },
  {
    name: "repeating a nack does not end the newer loan",
    needs: { "exact fencing": true },
    async run(bench) {
      await bench.texts("a");
      const first = await bench.one();
      await bench.client.nack(first);
      const second = await bench.one();
      await bench.client.nack(first);
      await bench.nothing("the newer loan was ended by a repeat");
      await bench.client.ack(second);
    },
  },
  {
    name: "a different outcome with a spent receipt is RECEIPT_EXPIRED",
    needs: { "exact fencing": true, "retry delay": true },
    async run(bench) {
      await bench.texts("a", "b");
      const [a, b] = await bench.take(2);
      assert(a && b);
      await bench.client.ack(a);
      const late = await bench.refused("RECEIPT_EXPIRED", () => bench.client.nack(a));
      assert.equal(late.retryable, false);
      await bench.client.nack(b, { delay: bench.longRetry });
      await bench.refused("RECEIPT_EXPIRED", () => bench.client.ack(b));
    },
  },
  {
    name: "an ack after the lease has ended is RECEIPT_EXPIRED and the message comes back",
    needs: { "exact fencing": true },
    async run(bench) {
      await bench.texts("a");
      const message = await bench.one();
      await bench.endLeases();
      await bench.refused("RECEIPT_EXPIRED", () => bench.client.ack(message));
      assert.equal((await bench.one()).attempt, 2);
    },
  },
  {
    name: "a stale receipt never removes the newer delivery",
    needs: { "exact fencing": true },
    async run(bench) {
      await bench.texts("a");
      const stale = await bench.one();
      await bench.endLeases();
      await bench.one();
      await bench.refused("RECEIPT_EXPIRED", () => bench.client.ack(stale));
      await bench.endLeases();
      assert.equal((await bench.one()).attempt, 3);
    },
  },
  {
    name: "a stale receipt neither ends nor extends the newer loan",
    needs: { "exact fencing": true },
    async run(bench) {
      await bench.texts("a");
      const stale = await bench.one();
      await bench.endLeases();
      const newer = await bench.one();
      await bench.refused("RECEIPT_EXPIRED", () => bench.client.nack(stale));
      await bench.refused("RECEIPT_EXPIRED", () => bench.client.deadLetter(stale, "late"));
      await bench.nothing("the newer loan was ended");
      await bench.client.ack(newer);
      await bench.endLeases();
      await bench.nothing("the acked message came back");
    },
  },
  {
    name: "a stale receipt is accepted and promises nothing where fencing is not exact",
    needs: { "exact fencing": false },
    async run(bench) {
      await bench.texts("a");
      const stale = await bench.one();
      await bench.endLeases();
      await bench.client.ack(stale);
    },
  },
  {
    name: "a forged receipt is refused and touches nothing",
    needs: { "exact fencing": true },
    async run(bench) {
      await bench.texts("a");
      const { receiptHandle } = await bench.one();
      const last = receiptHandle.at(-1) === "0" ? "1" : "0";
      for (const forged of [receiptHandle.slice(0, -1) + last, "forged", ""]) {
        await bench.refused("RECEIPT_EXPIRED", () => bench.client.ack(bench.queue, forged));
      }
      await bench.endLeases();
      assert.equal((await bench.one()).attempt, 2);
    },
  },
  {
    name: "a receipt is good on another connection",
    needs: { "another connection": true, "receipts valid anywhere": true },
    async run(bench) {
      await bench.texts("a", "b");
      const [a, b] = await bench.take(2);
      assert(a && b);
      const other = await bench.another();
      await other.ack(bench.queue, a.receiptHandle);
      await other.nack(bench.queue, b.receiptHandle);
      const again = await bench.one();
      assert.deepEqual([again.id, again.attempt], [b.id, 2]);
      await bench.client.ack(again);
      await bench.endLeases();
      await bench.nothing("an acked message came back");
    },
  },
];
