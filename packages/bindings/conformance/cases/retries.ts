import assert from "node:assert/strict";
import type { Bench } from "../bench.ts";
import type { ConformanceCase } from "../case.ts";

const doubled = { factor: 2, jitter: "none" } as const;

/** When what failed is tried again, and how often. */
export const retries: readonly ConformanceCase[] = [
  series("retries wait 1, 2, 4, 8 and 16 seconds", {
    options: { maxAttempts: 6, backoff: { ...doubled, initialMs: 1_000, maxMs: 300_000 } },
    waits: [1_000, 2_000, 4_000, 8_000, 16_000],
  }),
  series("retries wait 5, 10, 20, 40 and 80 seconds", {
    options: { maxAttempts: 6, backoff: { ...doubled, initialMs: 5_000, maxMs: 300_000 } },
    waits: [5_000, 10_000, 20_000, 40_000, 80_000],
  }),
  series("no retry waits longer than the longest that is declared", {
    options: { maxAttempts: 6, backoff: { ...doubled, initialMs: 1_000, maxMs: 3_000 } },
    waits: [1_000, 2_000, 3_000, 3_000, 3_000],
  }),
  series("a factor of one keeps the wait", {
    options: { maxAttempts: 4, backoff: { ...doubled, factor: 1, initialMs: 1_000, maxMs: 1_000 } },
    waits: [1_000, 1_000, 1_000],
  }),
  series("full jitter waits any part of what no jitter would", {
    options: {
      maxAttempts: 5,
      backoff: { factor: 2, initialMs: 1_000, maxMs: 6_000, jitter: "full" },
    },
    random: [0, 0.5, 0.75, 0.5],
    waits: [0, 1_000, 3_000, 3_000],
  }),
  series("a wait of a part of a second is kept", {
    options: {
      maxAttempts: 5,
      backoff: { factor: 2, initialMs: 1_000, maxMs: 6_000, jitter: "full" },
    },
    needs: { "times finer than a second": true },
    random: [0.25, 0.999, 0, 0.5],
    waits: [250, 1_998, 0, 3_000],
  }),
  {
    name: "a budget of one attempt is one delivery",
    options: { maxAttempts: 1 },
    needs: { operator: true },
    async run(bench) {
      let runs = 0;
      const consumer = bench.consume(() => {
        runs++;
        throw new Error("smtp down");
      });
      await bench.texts("a");
      await bench.settled(1);
      await bench.clock.advance(10_000);
      assert.equal(runs, 1);
      const [letter] = await bench.operator.deadLetters({ limit: 10 });
      assert.deepEqual([letter?.attempts, letter?.error.message], [1, "smtp down"]);
      await consumer.drain(0);
    },
  },
  {
    name: "a budget of one attempt is spent by a crash",
    options: { maxAttempts: 1 },
    async run(bench) {
      await bench.texts("a");
      await bench.one();
      await bench.endLeases();
      await bench.nothing("a crash was not counted");
    },
  },
  {
    name: "a budget of a hundred attempts is a hundred deliveries, however each ends",
    options: { maxAttempts: 100 },
    needs: { operator: true },
    async run(bench) {
      await bench.texts("a");
      for (let attempt = 1; attempt <= 100; attempt++) {
        const message = await bench.one();
        assert.equal(message.attempt, attempt);
        if (attempt % 25 === 0) await bench.endLeases();
        else await bench.client.nack(message);
      }
      await bench.nothing("it was delivered once too often");
      const [letter] = await bench.operator.deadLetters({ limit: 10 });
      assert.equal(letter?.attempts, 100);
    },
  },
  {
    name: "a message that fails brings back none of those taken with it",
    needs: { "retry delay": true },
    async run(bench) {
      const seen: unknown[] = [];
      const texts = ["a", "poison", "b", "c"];
      await bench.texts(...texts);
      bench.consume(({ payload, attempt }) => {
        seen.push(payload);
        if (payload === "poison" && attempt === 1) throw new Error("smtp down");
      });
      await bench.settled(4);
      await bench.endLeases();
      await bench.settled(5);
      await bench.endLeases();
      assert.deepEqual(seen.sort(), [...texts, "poison"].sort());
    },
  },
];

/** A handler that always fails is run after exactly these waits. */
function series(
  name: string,
  how: Pick<ConformanceCase, "options" | "needs"> & {
    readonly waits: readonly number[];
    readonly random?: readonly number[];
  },
): ConformanceCase {
  const { options = {}, needs = {}, waits, random = [] } = how;
  return {
    name,
    options,
    needs: { "retry delay": true, ...needs },
    run: (bench) => runs(bench, waits, random),
  };
}

async function runs(
  bench: Bench,
  waits: readonly number[],
  random: readonly number[],
): Promise<void> {
  const attempts: number[] = [];
  const times: number[] = [];
  bench.consume(
    ({ attempt }) => {
      attempts.push(attempt);
      times.push(bench.clock.now());
      throw new Error("smtp down");
    },
    { random: () => random[attempts.length - 1] ?? 0.5 },
  );
  await bench.texts("a");
  for (const [index, wait] of waits.entries()) {
    const before = index + 1;
    await bench.settled(before);
    if (wait > 0) {
      await bench.almost(wait);
      // Where time is real, more of it may have passed than was asked for.
      const passed = bench.clock.now() - (times[index] ?? 0);
      const early = attempts.length > before && passed <= wait - bench.precisionMs;
      assert(!early, `retry ${before} came within ${passed} ms of ${wait}`);
      await bench.due(0);
    }
    await bench.until(`retry ${before} after ${wait} ms`, () => attempts.length > before);
  }
  assert.deepEqual(
    attempts,
    Array.from({ length: waits.length + 1 }, (_, index) => index + 1),
  );
}
