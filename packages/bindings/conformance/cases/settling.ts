import assert from "node:assert/strict";
import type { Delivery } from "../../src/queue/driver.ts";
import type { ConformanceCase } from "../case.ts";

const error = { code: "Error", message: "smtp down" };

/** Settling: ack, nack, extend, release, and what a receipt is good for. */
export const settling: readonly ConformanceCase[] = [
  {
    name: "an acked message does not come back",
    async run(bench) {
      await bench.texts("a");
      await bench.client.ack(await bench.one());
      await bench.nothing("it came back at once");
      await bench.endLeases();
      await bench.nothing("it came back after its lease");
    },
  },
  {
    name: "ack takes a receipt handle, a message or messages",
    async run(bench) {
      await bench.texts("a", "b", "c", "d");
      const [a, b, ...more] = await bench.take(4);
      assert(a && b && more.length === 2);
      await bench.client.ack(bench.queue, a.receiptHandle);
      await bench.client.ack(b);
      await bench.client.ack(more);
      await bench.endLeases();
      await bench.nothing("an acked message came back");
    },
  },
  {
    name: "acking one message leaves the others on loan",
    async run(bench) {
      await bench.texts("a", "b", "c");
      const [, second] = await bench.take(3);
      assert(second);
      await bench.client.ack(second);
      await bench.endLeases();
      const back = await bench.take(2);
      assert.equal(back.length, 2);
      assert(!back.some(({ id }) => id === second.id), "the acked one came back");
    },
  },
  {
    name: "nack without a delay brings the message back at once, the attempt counted",
    async run(bench) {
      await bench.client.send({ n: 1 }, { attributes: { tenant: "a" } });
      const first = await bench.one();
      await bench.client.nack(bench.queue, first.receiptHandle);
      const second = await bench.one();
      assert.equal(second.attempt, 2);
      assert.deepEqual(
        [second.id, second.payload, { ...second.attributes }],
        [first.id, { n: 1 }, { tenant: "a" }],
      );
    },
  },
  {
    name: "nack with a delay holds the message back for it",
    needs: { "retry delay": true },
    async run(bench) {
      await bench.texts("a");
      await bench.client.nack(await bench.one(), { delay: "10s", reason: "smtp down" });
      await bench.clock.advance(10_000 - bench.precisionMs);
      await bench.nothing("it came back early");
      await bench.clock.advance(bench.precisionMs);
      assert.equal((await bench.one()).attempt, 2);
    },
  },
  {
    name: "extend makes the lease end later",
    needs: { extend: true },
    async run(bench) {
      const { leaseMs } = bench.options;
      await bench.texts("a");
      const message = await bench.one();
      await bench.clock.advance(leaseMs / 2);
      await bench.client.extend(bench.queue, message.receiptHandle, `${leaseMs}ms`);
      await bench.clock.advance(leaseMs - bench.precisionMs);
      await bench.nothing("it came back before the extended lease ended");
      await bench.clock.advance(bench.precisionMs);
      assert.equal((await bench.one()).attempt, 2);
    },
  },
  {
    name: "extend counts from now, so that it can also make the lease end sooner",
    needs: { extend: true },
    async run(bench) {
      await bench.texts("a");
      const message = await bench.one();
      await bench.client.extend(bench.queue, message.receiptHandle, "2s");
      await bench.clock.advance(2_000 + bench.precisionMs);
      assert.equal((await bench.one()).attempt, 2);
    },
  },
  {
    name: "an extended message can be acked after its first lease",
    needs: { extend: true },
    async run(bench) {
      await bench.texts("a");
      const message = await bench.one();
      await bench.client.extend(
        bench.queue,
        message.receiptHandle,
        `${bench.options.leaseMs * 3}ms`,
      );
      await bench.clock.advance(bench.options.leaseMs * 2);
      await bench.client.ack(message);
      await bench.clock.advance(bench.options.leaseMs * 2);
      await bench.nothing("the acked message came back");
    },
  },
  {
    name: "extending a lease that has ended is RECEIPT_EXPIRED",
    needs: { extend: true, "exact fencing": true },
    async run(bench) {
      await bench.texts("a");
      const { receiptHandle } = await bench.one();
      await bench.endLeases();
      await bench.refused("RECEIPT_EXPIRED", () =>
        bench.client.extend(bench.queue, receiptHandle, "30s"),
      );
    },
  },
  {
    name: "extend is refused as unsupported where the platform cannot",
    needs: { extend: false },
    async run(bench) {
      await bench.texts("a");
      const { receiptHandle } = await bench.one();
      await bench.refused("UNSUPPORTED", () =>
        bench.client.extend(bench.queue, receiptHandle, "30s"),
      );
    },
  },
  {
    name: "a released message comes back at once and its attempt is not counted",
    needs: { release: true },
    async run(bench) {
      await bench.texts("a");
      const { delivery, receiver } = await bench.delivery();
      await bench.settle(receiver, delivery, { kind: "release" });
      const again = await bench.one();
      assert.deepEqual([again.id, again.attempt], [delivery.id, 1]);
    },
  },
  {
    name: "a released message comes back where a release is counted",
    needs: { release: false },
    async run(bench) {
      await bench.texts("a");
      const { delivery, receiver } = await bench.delivery();
      await bench.settle(receiver, delivery, { kind: "release" });
      assert.equal((await bench.one()).attempt, 2);
    },
  },
  {
    name: "repeating the same outcome with the same receipt succeeds",
    async run(bench) {
      await bench.texts("a", "b", "c");
      const [a, b, c] = await bench.take(3);
      assert(a && b && c);
      for (let time = 0; time < 3; time++) await bench.client.ack(a);
      for (let time = 0; time < 3; time++) await bench.client.nack(b, { delay: "1h" });
      for (let time = 0; time < 3; time++) await bench.client.deadLetter(c, "unreadable");
      await bench.endLeases();
      await bench.nothing("a repeat undid the first");
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
    needs: { "exact fencing": true },
    async run(bench) {
      await bench.texts("a", "b");
      const [a, b] = await bench.take(2);
      assert(a && b);
      await bench.client.ack(a);
      const late = await bench.refused("RECEIPT_EXPIRED", () => bench.client.nack(a));
      assert.equal(late.retryable, false);
      await bench.client.nack(b, { delay: "1h" });
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
    name: "a batch of settlements answers each in its own place",
    needs: { "exact fencing": true },
    async run(bench) {
      await bench.texts("a", "b", "c");
      const receiver = await bench.receiver();
      const deliveries: Delivery[] = [];
      while (deliveries.length < 3) {
        const [delivery] = await receiver.take(1, 0);
        assert(delivery, "a delivery was expected, and none came");
        deliveries.push(delivery);
      }
      const [a, b, c] = deliveries;
      assert(a && b && c);
      await bench.settle(receiver, b, { kind: "ack" });
      const results = await receiver.settle([
        { delivery: a, outcome: { kind: "ack" } },
        { delivery: b, outcome: { kind: "retry", delayMs: 0, error } },
        { delivery: c, outcome: { kind: "ack" } },
      ]);
      assert.deepEqual(
        results.map((result) => (result.ok ? "done" : result.error.code)),
        ["done", "RECEIPT_EXPIRED", "done"],
      );
      await bench.endLeases();
      await bench.nothing("an acked message came back");
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
