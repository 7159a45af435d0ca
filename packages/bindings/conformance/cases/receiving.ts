import assert from "node:assert/strict";
import type { ConformanceCase } from "../case.ts";

/** Longer than some platforms lend at once. */
const LONG_MS = 15 * 60_000;

/** Receiving: loans, leases, waiting, and how many. */
export const receiving: readonly ConformanceCase[] = [
  {
    name: "an empty queue answers an empty list",
    async run(bench) {
      assert.deepEqual(await bench.client.receive(bench.queue, 10), []);
    },
  },
  {
    name: "a message sent while nobody receives waits",
    async run(bench) {
      await bench.texts("patient");
      await bench.clock.advance(10_000);
      const { payload, attempt } = await bench.one();
      assert.deepEqual([payload, attempt], ["patient", 1]);
    },
  },
  {
    name: "receive gives one message unless asked for more, and never more than asked for",
    async run(bench) {
      await bench.texts("a", "b", "c", "d");
      const { wait } = bench;
      const one = bench.client.receive(bench.queue, undefined, { wait });
      assert.equal((await bench.soon(one)).length, 1);
      const two = bench.client.receive(bench.queue, 2, { wait });
      assert((await bench.soon(two)).length <= 2);
    },
  },
  {
    name: "receive of more than the platform's batch is gathered",
    async run(bench) {
      const count = Math.min(bench.driver.capabilities.max.receive * 2 + 1, 100);
      await bench.client.sendBatch(Array.from({ length: count }, (_, n) => ({ payload: n })));
      const received = await bench.soon(
        bench.client.receive(bench.queue, count, { wait: bench.wait }),
      );
      assert.equal(received.length, count);
      assert.equal(new Set(received.map(({ id }) => id)).size, count);
    },
  },
  {
    name: "receive of less than 1 or more than 100 is refused",
    async run(bench) {
      for (const count of [0, 101, 1.5]) {
        await bench.refused("OPTION_INVALID", () => bench.client.receive(bench.queue, count));
      }
    },
  },
  {
    name: "a message on loan is not delivered a second time",
    async run(bench) {
      await bench.texts("a");
      await bench.one();
      await bench.nothing("it was delivered twice at once");
    },
  },
  {
    name: "a lease holds until its end",
    async run(bench) {
      await bench.texts("a");
      await bench.one();
      await bench.almost(bench.options.leaseMs);
      await bench.nothing("it came back before the lease ended");
    },
  },
  {
    name: "a message whose lease ended comes back with attempt 2",
    async run(bench) {
      await bench.texts("a");
      const first = await bench.one();
      await bench.almost(bench.options.leaseMs);
      await bench.due();
      const [second, ...more] = await bench.rest();
      assert(second, "it did not come back at the lease's end");
      assert.deepEqual(more, []);
      assert.deepEqual([first.attempt, second.attempt], [1, 2]);
      assert.deepEqual([second.id, second.payload], [first.id, "a"]);
      assert.notEqual(second.receiptHandle, first.receiptHandle);
    },
  },
  {
    name: "a lease given at receive is the one that counts",
    needs: { "leases chosen at receive": true },
    async run(bench) {
      const leaseMs = bench.options.leaseMs * 2;
      await bench.texts("a");
      const lease = `${leaseMs}ms` as const;
      await bench.soon(bench.client.receive(bench.queue, 1, { wait: bench.wait, lease }));
      await bench.almost(leaseMs);
      await bench.nothing("it came back after the queue's lease");
      await bench.due();
      assert.equal((await bench.one()).attempt, 2);
    },
  },
  {
    name: "a received message's lease may be longer than the platform's own loan",
    needs: { extend: true },
    options: { leaseMs: LONG_MS },
    async run(bench) {
      await bench.texts("a", "b");
      const [acked] = await bench.take(2);
      assert(acked);
      for (let step = 0; step < 7; step++) await bench.clock.advance(2 * 60_000);
      await bench.nothing("it came back before its lease ended");
      await bench.client.ack(acked);
      await bench.clock.advance(60_000 + bench.precisionMs);
      assert.equal((await bench.one()).attempt, 2);
      await bench.nothing("the acked one came back");
    },
  },
  {
    name: "an extension may be longer than the platform's own loan",
    needs: { extend: true, "leases chosen at receive": true },
    async run(bench) {
      await bench.texts("a");
      const message = await bench.one();
      await bench.client.extend(message, `${LONG_MS}ms`);
      for (let step = 0; step < 7; step++) await bench.clock.advance(2 * 60_000);
      await bench.nothing("it came back before its lease ended");
      await bench.client.ack(message);
      await bench.clock.advance(LONG_MS);
      await bench.nothing("the acked message came back");
    },
  },
  {
    name: "a waiting receive ends at the first message",
    async run(bench) {
      const waiting = bench.client.receive(bench.queue, 10, { wait: "20s" });
      await bench.clock.advance(1_000);
      await bench.texts("a");
      assert.deepEqual(
        (await bench.soon(waiting)).map(({ payload }) => payload),
        ["a"],
      );
    },
  },
  {
    name: "a waiting receive ends empty when its time is over",
    async run(bench) {
      const began = bench.clock.now();
      const waiting = bench.client.receive(bench.queue, 1, { wait: "2s" });
      let ended = false;
      const mark = () => {
        ended = true;
      };
      waiting.then(mark, mark);
      await bench.clock.advance(1_000);
      // Where time is real, more of it may have passed than was asked for.
      const early = ended && bench.clock.now() - began < 2_000;
      assert(!early, "it ended early");
      await bench.clock.advance(1_000 + bench.precisionMs);
      assert.deepEqual(await bench.soon(waiting), []);
    },
  },
  {
    name: "a waiting receive gets a message as soon as its delay is over",
    needs: { delay: true },
    async run(bench) {
      await bench.client.send({ n: 1 }, { delay: "5s" });
      const waiting = bench.client.receive(bench.queue, 1, { wait: "20s" });
      await bench.clock.advance(5_000 + bench.precisionMs);
      assert.equal((await bench.soon(waiting)).length, 1);
    },
  },
  {
    name: "a waiting receive gets a message as soon as its lease has ended",
    async run(bench) {
      await bench.texts("a");
      await bench.one();
      const wait = `${bench.options.leaseMs + 60_000}ms` as const;
      const waiting = bench.client.receive(bench.queue, 1, { wait });
      await bench.clock.advance(bench.options.leaseMs + bench.precisionMs);
      assert.equal((await bench.soon(waiting))[0]?.attempt, 2);
    },
  },
  {
    name: "an aborted receive ends and leaves nothing on loan",
    async run(bench) {
      const controller = new AbortController();
      const { signal } = controller;
      const waiting = bench.client.receive(bench.queue, 10, { wait: "20s", signal });
      await bench.clock.advance(1_000);
      controller.abort();
      assert.deepEqual(await bench.soon(waiting), []);
      await bench.texts("a");
      assert.equal((await bench.one()).attempt, 1);
    },
  },
  {
    name: "a receive aborted at the start takes nothing",
    async run(bench) {
      await bench.texts("a");
      const receiver = await bench.receiver();
      assert.deepEqual(await receiver.take(1, 0, AbortSignal.abort()), []);
      assert.equal((await bench.one()).attempt, 1);
    },
  },
  {
    name: "two receives at once never get the same message",
    async run(bench) {
      await bench.client.sendBatch(Array.from({ length: 20 }, (_, n) => ({ payload: n })));
      const receives = Array.from({ length: 8 }, () => bench.client.receive(bench.queue, 5));
      const ids = (await Promise.all(receives)).flat().map(({ id }) => id);
      ids.push(...(await bench.take(20 - ids.length)).map(({ id }) => id));
      assert.equal(ids.length, 20);
      assert.equal(new Set(ids).size, 20);
    },
  },
  {
    name: "messages() yields what is sent and stops when aborted",
    async run(bench) {
      await bench.texts("a", "b");
      const controller = new AbortController();
      const seen: unknown[] = [];
      for await (const message of bench.client.messages({ signal: controller.signal })) {
        seen.push(message.payload);
        await bench.client.ack(message);
        if (seen.length === 2) controller.abort();
      }
      assert.deepEqual(seen.sort(), ["a", "b"]);
      await bench.endLeases();
      await bench.nothing("an acked message came back");
    },
  },
  {
    name: "closing a receiver leaves what was taken on loan",
    async run(bench) {
      await bench.texts("a");
      const { receiver } = await bench.delivery();
      await receiver.close();
      await bench.nothing("closing gave back what was taken");
      await bench.endLeases();
      assert.equal((await bench.one()).attempt, 2);
    },
  },
  {
    name: "a lease's end is told in the clock's own milliseconds, where it is told",
    async run(bench) {
      await bench.texts("a");
      const { delivery } = await bench.delivery();
      const end = bench.clock.now() + bench.options.leaseMs;
      assert(Math.abs((delivery.leaseUntil ?? end) - end) <= 1_000 + bench.precisionMs);
    },
  },
  {
    name: "receiving is refused as unsupported where the platform only pushes",
    needs: { pull: false },
    async run(bench) {
      await bench.refused("UNSUPPORTED", () => bench.client.receive(bench.queue));
    },
  },
  {
    name: "what one connection sends another receives, and neither gets what the other holds",
    needs: { "another connection": true },
    async run(bench) {
      const other = await bench.another();
      await bench.client.send({ from: "one" });
      await other.send({ from: "other" });
      const one = await bench.one(other);
      const two = await bench.one();
      assert.notEqual(one.id, two.id);
      await bench.nothing("a message is held twice", other);
      await other.ack(one);
      await bench.client.ack(two);
      await bench.endLeases();
      await bench.nothing("an acked message came back");
    },
  },
  {
    name: "a send wakes a receive that waits on another connection",
    needs: { "another connection": true },
    async run(bench) {
      const other = await bench.another();
      const waiting = other.receive(bench.queue, 1, { wait: "20s" });
      await bench.clock.advance(1_000);
      await bench.texts("wake");
      assert.deepEqual(
        (await bench.soon(waiting)).map(({ payload }) => payload),
        ["wake"],
      );
    },
  },
];
