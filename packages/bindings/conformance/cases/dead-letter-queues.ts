import assert from "node:assert/strict";
import type { Bench } from "../bench.ts";
import type { ConformanceCase } from "../case.ts";

const options = { deadLetters: "others" } as const;
const needs = { operator: true, "a second queue": true } as const;

/** A queue whose dead letters go to another one, which has a consumer. */
export const deadLetterQueues: readonly ConformanceCase[] = [
  {
    name: "what fails for good is a message of the declared queue, under its own id, and tells why",
    options,
    needs,
    async run(bench) {
      const sent = await bench.client.send({ n: 1 }, { attributes: { tenant: "a" } });
      const before = bench.clock.now();
      await fail(bench);
      const after = bench.clock.now();
      await bench.nothing("it came back to its source");
      const { client, operator } = bench.sibling;
      const message = await bench.one(client);
      await bench.nothing("it did not arrive once", client);
      assert.deepEqual([message.id, message.attempt, message.payload], [sent.id, 1, { n: 1 }]);
      assert.deepEqual({ ...message.attributes }, { tenant: "a" });
      const { source, attempts, error, deadAt } = message.dead ?? assert.fail("it tells no why");
      assert.deepEqual([source, attempts], [bench.queue, bench.options.maxAttempts]);
      assert.equal(error.message, "smtp down");
      assert(before - bench.precisionMs <= deadAt && deadAt <= after + bench.precisionMs);
      await client.ack(message);
      assert.deepEqual(await operator.deadLetters({ limit: 10 }), []);
    },
  },
  {
    name: "the end of the last lease moves a message to the declared queue too",
    options: { ...options, maxAttempts: 1 },
    needs,
    async run(bench) {
      const [id] = await bench.texts("crash");
      const { client } = bench.sibling;
      await bench.nothing("it died too early", client);
      await bench.one();
      await bench.endLeases();
      await bench.nothing("it came back to its source");
      const message = await bench.one(client);
      assert.deepEqual([message.id, message.dead?.error.code], [id, "LEASE_EXPIRED"]);
    },
  },
  {
    name: "a message that waits for the declared queue's receiver arrives when it dies",
    options,
    needs,
    async run(bench) {
      const [id] = await bench.texts("poison");
      const { client } = bench.sibling;
      const waiting = client.receive(client.name, 1, { wait: "10s" });
      await bench.client.deadLetter(await bench.one(), "unreadable");
      const [message] = await bench.soon(waiting);
      assert.deepEqual([message?.id, message?.dead?.error.message], [id, "unreadable"]);
    },
  },
  {
    name: "what fails for good in the declared queue as well is among its own dead letters",
    options,
    needs,
    async run(bench) {
      const { id } = await bench.client.send({ n: 1 }, { maxAttempts: 1 });
      await bench.client.nack(await bench.one(), { reason: "smtp down" });
      const { client, operator } = bench.sibling;
      for (let attempt = 1; attempt <= bench.options.maxAttempts; attempt++) {
        const [message] = await bench.take(1, client);
        assert(message, "its own maxAttempts was counted in the other queue too");
        assert.deepEqual([message.id, message.attempt], [id, attempt]);
        await client.nack(message, { reason: "still down" });
      }
      const [letter] = await operator.deadLetters({ limit: 10 });
      assert.deepEqual([letter?.id, letter?.source], [id, client.name]);
      await operator.redrive([id]);
      assert.equal((await bench.one(client)).id, id);
    },
  },
  {
    name: "what died in both queues still tells of its first death, also when it is redriven",
    options: { ...options, maxAttempts: 1 },
    needs: { ...needs, "attempt history": true },
    async run(bench) {
      const { id } = await bench.client.send({ n: 1 });
      await fail(bench);
      const { client, operator } = bench.sibling;
      await client.nack(await bench.one(client), { reason: "still down" });
      const [letter] = await operator.deadLetters({ limit: 10 });
      assert.equal(letter?.headers.dead?.source, bench.queue);
      await operator.redrive([id]);
      assert.equal((await bench.one(client)).dead?.source, bench.queue);
    },
  },
  {
    name: "the attempts in both queues are in the history",
    options: { ...options, maxAttempts: 2 },
    needs: { ...needs, "attempt history": true },
    async run(bench) {
      await bench.texts("poison");
      await fail(bench);
      const { client, operator } = bench.sibling;
      for (let attempt = 1; attempt <= 2; attempt++) {
        const message = await bench.one(client);
        await client.nack(message, { reason: "still down" });
      }
      const [letter] = await operator.deadLetters({ limit: 10 });
      assert.deepEqual(
        letter?.history.map(({ number, error }) => `${number} ${error?.message}`),
        ["1 smtp down", "2 smtp down", "1 still down", "2 still down"],
      );
    },
  },
  {
    name: "in FIFO queues a dead letter keeps its group, and lets the next one of it go on",
    options: { ...options, fifo: {} },
    needs: { ...needs, ordered: true },
    async run(bench) {
      for (const n of [1, 2, 3]) await bench.client.send({ n }, { group: "a" });
      await bench.client.deadLetter(await bench.one(), "unreadable");
      const second = await bench.one();
      assert.deepEqual(second.payload, { n: 2 });
      await bench.client.deadLetter(second, "unreadable");
      const { client } = bench.sibling;
      const first = await bench.one(client);
      await bench.nothing("two of a group were on loan", client);
      assert.deepEqual([first.payload, first.group], [{ n: 1 }, "a"]);
      await client.ack(first);
      assert.deepEqual((await bench.one(client)).payload, { n: 2 });
    },
  },
  {
    name: "a message that was never a dead letter tells no death",
    async run(bench) {
      await bench.texts("a");
      assert.equal((await bench.one()).dead, undefined);
    },
  },
];

async function fail(bench: Bench): Promise<void> {
  for (let time = 0; time < bench.options.maxAttempts; time++) {
    await bench.client.nack(await bench.one(), { reason: "smtp down" });
  }
}
