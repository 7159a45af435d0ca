import assert from "node:assert/strict";
import type { Delivery, Outcome } from "../../src/queue/driver.ts";
import type { ConformanceCase } from "../case.ts";

const error = { code: "Error", message: "smtp down" };

/** Settling: ack, nack, extend and release while the lease lasts. */
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
      await bench.almost(10_000);
      await bench.nothing("it came back early");
      await bench.due();
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
      await bench.almost(leaseMs);
      await bench.nothing("it came back before the extended lease ended");
      await bench.due();
      assert.equal((await bench.one()).attempt, 2);
    },
  },
  {
    name: "extend counts from now, so that it can also make the lease end sooner",
    needs: { extend: true, "leases chosen at receive": true },
    async run(bench) {
      await bench.texts("a");
      const message = await bench.one();
      await bench.client.extend(bench.queue, message.receiptHandle, "2s");
      await bench.almost(2_000);
      await bench.due();
      assert.equal((await bench.one()).attempt, 2);
    },
  },
  {
    name: "an extended message can be acked after its first lease",
    needs: { extend: true },
    async run(bench) {
      await bench.texts("a");
      const message = await bench.one();
      const { leaseMs } = bench.options;
      for (let time = 0; time < 3; time++) {
        await bench.clock.advance(leaseMs / 2);
        await bench.client.extend(message, `${leaseMs}ms`);
      }
      await bench.client.ack(message);
      await bench.clock.advance(leaseMs * 2);
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
        bench.client.extend(bench.queue, receiptHandle, `${bench.options.leaseMs}ms`),
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
        bench.client.extend(bench.queue, receiptHandle, `${bench.options.leaseMs}ms`),
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
    name: "each settlement of a batch is carried out as it is, whatever its neighbours are",
    needs: { operator: true },
    async run(bench) {
      const [a, b, c, d, e, f] = await bench.texts("a", "b", "c", "d", "e", "f");
      const receiver = await bench.receiver();
      const deliveries = new Map<string, Delivery>();
      while (deliveries.size < 6) {
        const taken = await receiver.take(6 - deliveries.size, bench.waitMs);
        assert(taken.length > 0, "a delivery was expected, and none came");
        for (const delivery of taken) deliveries.set(delivery.id, delivery);
      }
      const outcomes: [string | undefined, Outcome][] = [
        [a, { kind: "ack" }],
        [b, { kind: "deadLetter", error: { code: "Error", message: "b is unreadable" } }],
        [c, { kind: "deadLetter", error: { code: "Error", message: "c is unreadable" } }],
        [d, { kind: "retry", delayMs: 0, error }],
        [e, { kind: "ack" }],
        [f, { kind: "retry", delayMs: 0, error }],
      ];
      const results = await receiver.settle(
        outcomes.map(([id = "", outcome]) => ({
          delivery: deliveries.get(id) ?? assert.fail(`${id} was not delivered`),
          outcome,
        })),
      );
      assert(results.length === 6 && results.every(({ ok }) => ok));
      const back = await bench.take(2);
      assert.deepEqual(back.map(({ id, attempt }) => [id, attempt]).sort(), [
        [d, 2],
        [f, 2],
      ]);
      await bench.nothing("more than what was to be retried came back");
      const letters = await bench.operator.deadLetters({ limit: 10 });
      assert.deepEqual(letters.map(({ id, error: { message } }) => [id, message]).sort(), [
        [b, "b is unreadable"],
        [c, "c is unreadable"],
      ]);
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
        const [delivery] = await receiver.take(1, bench.waitMs);
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
];
