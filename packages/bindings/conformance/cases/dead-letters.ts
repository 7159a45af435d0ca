import assert from "node:assert/strict";
import type { Bench } from "../bench.ts";
import type { ConformanceCase } from "../case.ts";

/** Attempts, their end, and what can be done afterwards. */
export const deadLetters: readonly ConformanceCase[] = [
  {
    name: "a failing message is delivered maxAttempts times and never again",
    async run(bench) {
      await bench.texts("poison");
      const attempts: number[] = [];
      for (let time = 0; time < bench.options.maxAttempts; time++) {
        const message = await bench.one();
        attempts.push(message.attempt);
        await bench.client.nack(message, { reason: "smtp down" });
      }
      assert.deepEqual(attempts, [1, 2, 3]);
      await bench.nothing("it was delivered once too often");
      await bench.endLeases();
      await bench.nothing("it came back later");
    },
  },
  {
    name: "the failure after the last attempt goes to the dead letters under its own id",
    needs: { operator: true },
    async run(bench) {
      const [id] = await bench.texts("poison");
      await fail(bench, bench.options.maxAttempts - 1);
      assert.deepEqual(await dead(bench), [], "it died too early");
      await fail(bench, 1);
      const letters = await bench.operator.deadLetters({ limit: 10 });
      assert.deepEqual(
        letters.map((letter) => [letter.id, letter.attempts, letter.error.message]),
        [[id, bench.options.maxAttempts, "smtp down"]],
      );
    },
  },
  {
    name: "the lease expiry after the last attempt goes to the dead letters as LEASE_EXPIRED",
    needs: { operator: true },
    async run(bench) {
      const [id] = await bench.texts("crash");
      for (let time = 0; time < bench.options.maxAttempts; time++) {
        assert.deepEqual(await dead(bench), [], "it died too early");
        await bench.one();
        await bench.endLeases();
      }
      await bench.nothing("it was delivered once too often");
      const letters = await bench.operator.deadLetters({ limit: 10 });
      assert.deepEqual(
        letters.map((letter) => [letter.id, letter.attempts, letter.error.code]),
        [[id, bench.options.maxAttempts, "LEASE_EXPIRED"]],
      );
    },
  },
  {
    name: "a nack on another connection counts against the budget",
    needs: { operator: true, "another connection": true, "receipts valid anywhere": true },
    async run(bench) {
      const [id] = await bench.texts("poison");
      const other = await bench.another();
      for (let time = 0; time < bench.options.maxAttempts; time++) {
        const { receiptHandle } = await bench.one();
        await other.nack(bench.queue, receiptHandle);
      }
      await bench.nothing("it was delivered once too often");
      assert.deepEqual(await dead(bench), [id]);
    },
  },
  {
    name: "a message's own maxAttempts lowers the queue's",
    async run(bench) {
      await bench.client.send({ n: 1 }, { maxAttempts: 1 });
      await bench.client.nack(await bench.one());
      await bench.nothing("it was delivered again");
    },
  },
  {
    name: "a message's own maxAttempts counts at the end of a lease too",
    async run(bench) {
      await bench.client.send({ n: 1 }, { maxAttempts: 1 });
      await bench.one();
      await bench.endLeases();
      await bench.nothing("it was delivered again");
    },
  },
  {
    name: "a maxAttempts of a message above the queue's or below 1 is refused",
    async run(bench) {
      for (const maxAttempts of [bench.options.maxAttempts + 1, 0, 1.5]) {
        await bench.refused("OPTION_INVALID", () => bench.client.send({ n: 1 }, { maxAttempts }));
      }
    },
  },
  {
    name: "a release at the last attempt does not end in the dead letters",
    needs: { release: true, operator: true },
    async run(bench) {
      await bench.texts("shutdown");
      await fail(bench, bench.options.maxAttempts - 1);
      const { delivery, receiver } = await bench.delivery();
      await bench.settle(receiver, delivery, { kind: "release" });
      assert.deepEqual(await dead(bench), []);
      assert.equal((await bench.one()).attempt, bench.options.maxAttempts);
    },
  },
  {
    name: "a dead-lettered message is not delivered again",
    async run(bench) {
      await bench.kill("a");
      await bench.nothing("it was delivered at once");
      await bench.endLeases();
      await bench.nothing("it was delivered after its lease");
    },
  },
  {
    name: "a dead letter tells what it was, why, when and from where",
    needs: { operator: true },
    async run(bench) {
      const before = bench.clock.now();
      const { id } = await bench.client.send({ n: 1 }, { attributes: { tenant: "a" } });
      await bench.clock.advance(1_000);
      await bench.client.deadLetter(await bench.one(), "no such account");
      const [letter] = await bench.operator.deadLetters({ limit: 10 });
      assert(letter, "there is no dead letter");
      assert.equal(letter.id, id);
      assert.deepEqual(JSON.parse(textOf(letter.body)), { n: 1 });
      assert.equal(letter.headers.kind, "json");
      assert.deepEqual({ ...letter.headers.attributes }, { tenant: "a" });
      assert.equal(letter.attempts, 1);
      assert.equal(letter.source, bench.queue);
      assert.equal(letter.error.message, "no such account");
      assert(before <= letter.sentAt && letter.sentAt < letter.deadAt);
      assert(letter.deadAt <= bench.clock.now());
    },
  },
  {
    name: "a message of exactly the largest size can die and be redriven",
    needs: { operator: true },
    async run(bench) {
      const { driver, clock } = bench;
      const headers = { kind: "text" } as const;
      const empty = { id: "0".repeat(26), body: "", headers, sentAt: clock.now() };
      const body = "x".repeat(driver.capabilities.max.message - driver.sizeOf(empty));
      const id = await bench.kill(body, "ü".repeat(1_000));
      assert.deepEqual(await dead(bench), [id]);
      await redriven(bench, [id]);
      assert.equal((await bench.one()).payload, body);
    },
  },
  {
    name: "dead letters are listed in pages",
    needs: { operator: true },
    async run(bench) {
      const ids = [await bench.kill("a"), await bench.kill("b"), await bench.kill("c")];
      const first = await bench.operator.deadLetters({ limit: 2 });
      const after = first.at(-1)?.id ?? "";
      const second = await bench.operator.deadLetters({ limit: 2, after });
      assert.deepEqual([first.length, second.length], [2, 1]);
      assert.deepEqual([...first, ...second].map(({ id }) => id).sort(), ids.sort());
    },
  },
  {
    name: "a redriven message keeps its id and has a fresh budget",
    needs: { operator: true },
    async run(bench) {
      const [id = ""] = await bench.texts("poison");
      await fail(bench, bench.options.maxAttempts);
      await redriven(bench, [id]);
      assert.deepEqual(await dead(bench), [], "it is still among the dead letters");
      for (let attempt = 1; attempt <= bench.options.maxAttempts; attempt++) {
        const message = await bench.one();
        assert.deepEqual([message.id, message.attempt], [id, attempt]);
        assert.deepEqual([message.payload, message.dead], ["poison", undefined]);
        await bench.client.nack(message, { reason: "again" });
      }
      assert.deepEqual(await dead(bench), [id]);
    },
  },
  {
    name: "a redrive is never taken for a duplicate",
    needs: { operator: true, idempotency: true },
    async run(bench) {
      const { id } = await bench.client.send({ n: 1 }, { idempotencyKey: "once" });
      await bench.client.deadLetter(await bench.one(), "unreadable");
      await redriven(bench, [id]);
      assert.equal((await bench.one()).id, id);
    },
  },
  {
    name: "redriving one dead letter leaves the others",
    needs: { operator: true },
    async run(bench) {
      const [a, b] = [await bench.kill("a"), await bench.kill("b")];
      await redriven(bench, [a]);
      assert.equal((await bench.one()).id, a);
      assert.deepEqual(await dead(bench), [b]);
    },
  },
  {
    name: "redriving what is not there, or twice, delivers nothing more",
    needs: { operator: true },
    async run(bench) {
      const id = await bench.kill("a");
      const results = await bench.operator.redrive(["00000000000000000000000000", id]);
      assert.equal(results.length, 2);
      assert(!results[0]?.ok || results[0].applied !== true, "the unknown id was redriven");
      assert(results[1]?.ok, "the known id was not redriven");
      await bench.operator.redrive([id]);
      await bench.one();
      await bench.nothing("it was redriven twice");
    },
  },
  {
    name: "a discarded dead letter is gone",
    needs: { operator: true },
    async run(bench) {
      const [a, b] = [await bench.kill("a"), await bench.kill("b")];
      const results = await bench.operator.discard([a]);
      assert.deepEqual(
        results.map(({ ok }) => ok),
        [true],
      );
      assert.deepEqual(await dead(bench), [b]);
      await bench.operator.redrive([a]);
      await bench.nothing("it came back");
    },
  },
];

/** Lets so many attempts of the one message fail. */
async function fail(bench: Bench, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    await bench.client.nack(await bench.one(), { reason: "smtp down" });
  }
}

async function dead(bench: Bench): Promise<string[]> {
  return (await bench.operator.deadLetters({ limit: 100 })).map(({ id }) => id);
}

async function redriven(bench: Bench, ids: readonly string[]): Promise<void> {
  const results = await bench.operator.redrive(ids);
  assert.deepEqual(
    results.map(({ ok }) => ok),
    ids.map(() => true),
  );
}

function textOf(body: string | Uint8Array): string {
  return typeof body === "string" ? body : new TextDecoder().decode(body);
}
