import assert from "node:assert/strict";
import type { Bench } from "../bench.ts";
import type { ConformanceCase } from "../case.ts";

const fifo = { fifo: {} };

/** FIFO groups, and how a group is refused where there are none. */
export const groups: readonly ConformanceCase[] = [
  {
    name: "a group is delivered in the order of sending",
    needs: { ordered: true },
    options: fifo,
    async run(bench) {
      await send(bench, "a1", "a2", "a3");
      for (const name of ["a1", "a2", "a3"]) {
        const message = await bench.one();
        assert.deepEqual([message.payload, message.group], [{ name }, "a"]);
        await bench.client.ack(message);
      }
    },
  },
  {
    name: "a later message of a group waits while an earlier one is in flight",
    needs: { ordered: true },
    options: fifo,
    async run(bench) {
      await send(bench, "a1", "a2");
      const first = await bench.one();
      await bench.nothing("the later one overtook");
      await bench.client.ack(first);
      assert.deepEqual((await bench.one()).payload, { name: "a2" });
    },
  },
  {
    name: "a later message of a group waits while an earlier one waits for its retry",
    options: fifo,
    needs: { ordered: true, "retry delay in groups": true },
    async run(bench) {
      await send(bench, "a1", "a2");
      await bench.client.nack(await bench.one(), { delay: "10s" });
      await bench.nothing("the later one overtook");
      await bench.clock.advance(10_000);
      const again = await bench.one();
      assert.deepEqual([again.payload, again.attempt], [{ name: "a1" }, 2]);
    },
  },
  {
    name: "a group keeps its order when a lease ends",
    needs: { ordered: true },
    options: fifo,
    async run(bench) {
      await send(bench, "a1", "a2");
      await bench.one();
      await bench.endLeases();
      assert.deepEqual((await bench.one()).payload, { name: "a1" });
      await bench.nothing("the later one overtook");
    },
  },
  {
    name: "a group keeps its order when a message is released",
    needs: { ordered: true, release: true },
    options: fifo,
    async run(bench) {
      await send(bench, "a1", "a2");
      const { delivery, receiver } = await bench.delivery();
      await bench.settle(receiver, delivery, { kind: "release" });
      assert.deepEqual((await bench.one()).payload, { name: "a1" });
    },
  },
  {
    name: "a group goes on when a message of it is dead",
    needs: { ordered: true },
    options: fifo,
    async run(bench) {
      await send(bench, "a1", "a2");
      await bench.client.deadLetter(await bench.one(), "unreadable");
      assert.deepEqual((await bench.one()).payload, { name: "a2" });
    },
  },
  {
    name: "all dead letters of a group are listed, and one of them can be redriven alone",
    needs: { ordered: true, operator: true },
    options: fifo,
    async run(bench) {
      await send(bench, "a1", "a2", "a3");
      const ids: string[] = [];
      for (let time = 0; time < 3; time++) {
        const message = await bench.one();
        ids.push(message.id);
        await bench.client.deadLetter(message, "unreadable");
      }
      const letters = await bench.operator.deadLetters({ limit: 10 });
      assert.deepEqual(
        letters.map(({ id, group }) => [id, group]),
        ids.map((id) => [id, "a"]),
      );
      await bench.operator.redrive(ids.slice(1, 2));
      const again = await bench.one();
      assert.deepEqual([again.payload, again.group, again.attempt], [{ name: "a2" }, "a", 1]);
      await bench.nothing("more than the one was redriven");
    },
  },
  {
    name: "of a group one message is on loan at a time, however many are asked for",
    needs: { ordered: true },
    options: fifo,
    async run(bench) {
      await send(bench, "a1", "a2", "a3", "b1", "b2");
      const first = await bench.soon(bench.client.receive(bench.queue, 5, { wait: bench.wait }));
      const received = [...first, ...(await bench.take(2 - first.length))];
      assert.deepEqual(received.map(({ payload }) => (payload as { name: string }).name).sort(), [
        "a1",
        "b1",
      ]);
      await bench.nothing("a second of a group was delivered");
    },
  },
  {
    name: "what waits behind a failing message of its group loses no attempt",
    needs: { ordered: true, "retry delay in groups": true },
    options: fifo,
    async run(bench) {
      const seen: unknown[] = [];
      bench.consume(({ payload, attempt }) => {
        seen.push([payload, attempt]);
        if (payload === "a1") throw new Error("smtp down");
      });
      for (const text of ["a1", "a2"]) await bench.client.sendText(text, { group: "a" });
      const { initialMs, factor } = bench.options.backoff;
      for (let run = 1; run <= bench.options.maxAttempts; run++) {
        await bench.settled(run);
        await bench.clock.advance(initialMs * factor ** (run - 1) + bench.precisionMs);
      }
      await bench.until("the second of the group", () => seen.length === 4);
      assert.deepEqual(seen, [
        ["a1", 1],
        ["a1", 2],
        ["a1", 3],
        ["a2", 1],
      ]);
    },
  },
  {
    name: "a blocked group does not hold up the others",
    options: fifo,
    needs: { ordered: true, "retry delay in groups": true },
    async run(bench) {
      await send(bench, "a1", "a2", "b1", "c1");
      const first = await bench.one();
      await bench.client.nack(first, { delay: bench.longRetry });
      const others = await bench.take(2);
      const groups = [first, ...others].map(({ group }) => group);
      assert.deepEqual(groups.sort(), ["a", "b", "c"]);
      assert(!others.some(({ payload }) => (payload as { name: string }).name === "a2"));
    },
  },
  {
    name: "a message that was sent with a delay holds up nobody, and joins its group when it is due",
    needs: { ordered: true, delay: true },
    options: fifo,
    async run(bench) {
      await bench.client.send({ name: "reminder" }, { group: "a", delay: "10s" });
      await send(bench, "a1");
      assert.deepEqual((await bench.one()).payload, { name: "a1" });
      await bench.endLeases();
      await bench.clock.advance(10_000);
      await send(bench, "a2");
      for (const name of ["a1", "reminder", "a2"]) {
        const message = await bench.one();
        assert.deepEqual(message.payload, { name });
        await bench.client.ack(message);
      }
    },
  },
  {
    name: "the order within a group beats priority",
    needs: { ordered: true, priority: true },
    options: fifo,
    async run(bench) {
      await bench.client.send({ n: 1 }, { group: "a", priority: 0 });
      await bench.client.send({ n: 2 }, { group: "a", priority: 9 });
      assert.deepEqual((await bench.one()).payload, { n: 1 });
    },
  },
  {
    name: "the group is read from the payload's field, numbers and booleans as text",
    needs: { ordered: true },
    options: { fifo: { group: "account.id" } },
    async run(bench) {
      for (const id of ["x", 7, true]) {
        await bench.client.send({ account: { id } });
        const message = await bench.one();
        assert.equal(message.group, String(id));
        await bench.client.ack(message);
      }
    },
  },
  {
    name: "a missing group is GROUP_MISSING, an unusable one GROUP_INVALID, and nothing is sent",
    needs: { ordered: true },
    options: { fifo: { group: "account_id" } },
    async run(bench) {
      for (const payload of [{}, { account_id: null }, [1]]) {
        await bench.refused("GROUP_MISSING", () => bench.client.send(payload));
      }
      for (const id of [{}, [], "", "g".repeat(129)]) {
        await bench.refused("GROUP_INVALID", () => bench.client.send({ account_id: id }));
      }
      await bench.nothing("a refused message was sent");
    },
  },
  {
    name: "a group is refused on a queue that is not FIFO, and nothing is sent",
    async run(bench) {
      await bench.refused("OPTION_INVALID", () => bench.client.send({ n: 1 }, { group: "a" }));
      await bench.nothing("the refused message was sent");
    },
  },
  {
    name: "a send to a FIFO queue is refused as unsupported where the platform has no groups",
    needs: { ordered: false },
    options: fifo,
    async run(bench) {
      await bench.refused("UNSUPPORTED", () => bench.client.send({ n: 1 }, { group: "a" }));
    },
  },
];

/** Sends { name } to the group that the name's first letter says. */
async function send(bench: Bench, ...names: readonly string[]): Promise<void> {
  for (const name of names) await bench.client.send({ name }, { group: name.charAt(0) });
}
