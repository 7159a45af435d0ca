import assert from "node:assert/strict";
import type { DeadLetter } from "../../src/queue/dead-letter.ts";
import type { Bench } from "../bench.ts";
import type { ConformanceCase } from "../case.ts";

const needs = { operator: true, "attempt history": true } as const;

/** What is kept of deliveries that did not succeed. */
export const attempts: readonly ConformanceCase[] = [
  {
    name: "each failed delivery is kept with its number, its times and its reason",
    needs,
    async run(bench) {
      await bench.texts("poison");
      const expected: { startedAt: number; reason: string }[] = [];
      for (const reason of ["no route", "smtp down", "smtp down again"]) {
        const startedAt = bench.clock.now();
        const message = await bench.one();
        await bench.clock.advance(1_000);
        await bench.client.nack(message, { reason });
        expected.push({ startedAt, reason });
        await bench.clock.advance(500);
      }
      const { history } = await letter(bench);
      assert.deepEqual(
        history.map(({ number, outcome, error }) => ({ number, outcome, reason: error?.message })),
        expected.map(({ reason }, index) => ({ number: index + 1, outcome: "FAILED", reason })),
      );
      for (const [index, { startedAt, endedAt }] of history.entries()) {
        const began = expected[index]?.startedAt ?? 0;
        if (startedAt !== undefined) near(bench, startedAt, began);
        near(bench, endedAt, began + 1_000);
      }
    },
  },
  {
    name: "a delivery whose lease ended is kept as EXPIRED, with the code LEASE_EXPIRED",
    needs,
    async run(bench) {
      await bench.texts("crash");
      await bench.client.nack(await bench.one(), { reason: "smtp down" });
      await bench.one();
      await bench.endLeases();
      await bench.client.nack(await bench.one(), { reason: "smtp down" });
      const { history } = await letter(bench);
      assert.deepEqual(
        history.map(({ outcome }) => outcome),
        ["FAILED", "EXPIRED", "FAILED"],
      );
      assert.equal(history[1]?.error?.code, "LEASE_EXPIRED");
    },
  },
  {
    name: "a release adds nothing to the attempts, and loses none of them",
    needs: { ...needs, release: true },
    async run(bench) {
      await bench.texts("shutdown");
      await bench.client.nack(await bench.one(), { reason: "smtp down" });
      const { delivery, receiver } = await bench.delivery();
      await bench.settle(receiver, delivery, { kind: "release" });
      await bench.client.deadLetter(await bench.one(), "no such account");
      assert.deepEqual(reasons(await letter(bench)), ["1 smtp down", "2 no such account"]);
    },
  },
  {
    name: "the attempts of before a redrive stay visible, and are counted from 1 again",
    needs,
    async run(bench) {
      const id = await bench.kill("a", "first");
      await bench.clock.advance(1_000);
      const redrivenAt = bench.clock.now();
      await bench.operator.redrive([id]);
      const again = await bench.one();
      assert.equal(again.attempt, 1);
      await bench.client.nack(again, { reason: "second" });
      await bench.client.deadLetter(await bench.one(), "third");
      const dead = await letter(bench);
      assert.equal(dead.attempts, 2);
      assert.deepEqual(reasons(dead), ["1 first", "1 second", "2 third"]);
      const [before, ...since] = dead.history;
      near(bench, before?.redrivenAt ?? 0, redrivenAt);
      for (const attempt of since) assert.equal(attempt.redrivenAt, undefined);
    },
  },
  {
    name: "of very many attempts the last hundred are kept",
    options: { maxAttempts: 60 },
    needs,
    async run(bench) {
      const [id = ""] = await bench.texts("poison");
      for (let round = 1; round <= 2; round++) {
        for (let number = 1; number <= 60; number++) {
          await bench.client.nack(await bench.one(), { reason: `round ${round}` });
        }
        if (round === 1) await bench.operator.redrive([id]);
      }
      const { history } = await letter(bench);
      assert.equal(history.length, 100);
      assert.equal(history.filter(({ error }) => error?.message === "round 2").length, 60);
      assert.equal(history[0]?.number, 21);
    },
  },
  {
    name: "the last reason is kept whole, those of before are kept short",
    needs,
    async run(bench) {
      await bench.texts("poison");
      const reason = "x".repeat(4_000);
      for (let time = 0; time < bench.options.maxAttempts; time++) {
        await bench.client.nack(await bench.one(), { reason });
      }
      const { error, history } = await letter(bench);
      assert.equal(error.message, reason);
      for (const one of history) assert((one.error?.message.length ?? 0) <= 1_000, "too long");
    },
  },
];

async function letter(bench: Bench): Promise<DeadLetter> {
  const [dead, ...others] = await bench.operator.deadLetters({ limit: 10 });
  assert(dead !== undefined && others.length === 0, "one dead letter was expected");
  return dead;
}

function reasons({ history }: DeadLetter): string[] {
  return history.map(({ number, error }) => `${number} ${error?.message}`);
}

function near(bench: Bench, actual: number, expected: number): void {
  assert(Math.abs(actual - expected) <= bench.precisionMs, `${actual} is not near ${expected}`);
}
