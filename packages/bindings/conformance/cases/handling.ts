import assert from "node:assert/strict";
import { deadLetter, retry } from "../../src/queue/verdict.ts";
import type { ConformanceCase } from "../case.ts";

/** Longer than some platforms lend at once. */
const LONG_MS = 15 * 60_000;

/** Handling: what a handler's answer becomes, as far as a driver has a part in it. */
export const handling: readonly ConformanceCase[] = [
  {
    name: "a message whose handler returns does not come back",
    async run(bench) {
      const seen: unknown[] = [];
      const consumer = bench.consume(({ payload }) => void seen.push(payload));
      await bench.texts("a", "b");
      await bench.until("both messages", () => seen.length === 2);
      await consumer.drain(0);
      await bench.endLeases();
      await bench.nothing("a handled message came back");
      assert.deepEqual(seen.sort(), ["a", "b"]);
    },
  },
  {
    name: "a message whose handler throws comes back after its backoff",
    needs: { "retry delay": true },
    options: { backoff: { initialMs: 2_000, factor: 3, maxMs: 60_000, jitter: "none" } },
    async run(bench) {
      const attempts: number[] = [];
      bench.consume(({ attempt }) => {
        attempts.push(attempt);
        if (attempt < 3) throw new Error("smtp down");
      });
      await bench.texts("a");
      await bench.settled(1);
      await bench.almost(2_000);
      assert.deepEqual(attempts, [1], "it came back early");
      await bench.clock.advance(bench.precisionMs);
      await bench.settled(2);
      await bench.almost(6_000);
      assert.deepEqual(attempts, [1, 2], "the second backoff is not three times the first");
      await bench.clock.advance(bench.precisionMs);
      await bench.until("the third attempt", () => attempts.length === 3);
    },
  },
  {
    name: "a verdict's delay is the delay of the retry",
    needs: { "retry delay": true },
    async run(bench) {
      const attempts: number[] = [];
      bench.consume(({ attempt }) => {
        attempts.push(attempt);
        return attempt === 1 ? retry("smtp down", { delay: "10s" }) : undefined;
      });
      await bench.texts("a");
      await bench.settled(1);
      await bench.almost(10_000);
      assert.deepEqual(attempts, [1], "it came back early");
      await bench.due();
      await bench.until("the second attempt", () => attempts.length === 2);
    },
  },
  {
    name: "a handler that always throws is run maxAttempts times, then its error is in the dead letters",
    needs: { operator: true },
    async run(bench) {
      let runs = 0;
      const consumer = bench.consume(() => {
        runs++;
        throw new RangeError("no such page");
      });
      const [id] = await bench.texts("poison");
      for (let run = 1; run <= bench.options.maxAttempts; run++) {
        await bench.settled(run);
        // No further than the next attempt: its lease is not to end on the way.
        const { initialMs, factor } = bench.options.backoff;
        await bench.clock.advance(initialMs * factor ** (run - 1) + bench.precisionMs);
      }
      await consumer.drain(0);
      assert.equal(runs, bench.options.maxAttempts);
      const letters = await bench.operator.deadLetters({ limit: 10 });
      assert.deepEqual(
        letters.map((letter) => [letter.id, letter.error.code, letter.error.message]),
        [[id, "RangeError", "no such page"]],
      );
    },
  },
  {
    name: "a dead-letter verdict ends the attempts at once",
    needs: { operator: true },
    async run(bench) {
      let runs = 0;
      const consumer = bench.consume(() => {
        runs++;
        return deadLetter("no such account");
      });
      await bench.texts("a");
      await bench.until("the one attempt", () => runs === 1);
      await consumer.drain(0);
      await bench.endLeases();
      await bench.nothing("it came back");
      const [letter] = await bench.operator.deadLetters({ limit: 10 });
      assert.deepEqual([letter?.attempts, letter?.error.message], [1, "no such account"]);
    },
  },
  {
    name: "a job runs the handler of its name; one without goes to the dead letters at once",
    needs: { operator: true },
    async run(bench) {
      const charged: unknown[] = [];
      const consumer = bench.consume({ charge: (payload) => void charged.push(payload) });
      const { id } = await bench.client.call("toString", { n: 1 });
      await bench.client.call("charge", { n: 2 });
      await bench.until("the job with a handler", () => charged.length === 1);
      await consumer.drain(0);
      assert.deepEqual(charged, [{ n: 2 }]);
      const letters = await bench.operator.deadLetters({ limit: 10 });
      assert.deepEqual(
        letters.map((letter) => [letter.id, letter.attempts, letter.error.code]),
        [[id, 1, "HANDLER_UNKNOWN"]],
      );
    },
  },
  {
    name: "a body that is not what it says goes to the dead letters without a run",
    needs: { operator: true },
    async run(bench) {
      let runs = 0;
      const id = "0".repeat(26);
      const headers = { kind: "json" } as const;
      await bench.driver.send([{ id, body: "{not json", headers, sentAt: bench.clock.now() }]);
      const consumer = bench.consume(() => void runs++);
      await bench.texts("next");
      await bench.until("the message behind it", () => runs === 1);
      await consumer.drain(0);
      const letters = await bench.operator.deadLetters({ limit: 10 });
      assert.deepEqual(
        letters.map((letter) => [letter.id, letter.error.code]),
        [[id, "DECODE_FAILED"]],
      );
    },
  },
  {
    name: "a handler that runs longer than its lease keeps its message",
    needs: { extend: true },
    async run(bench) {
      let runs = 0;
      let finish: () => void = () => undefined;
      const consumer = bench.consume(() => {
        runs++;
        return new Promise<void>((resolve) => {
          finish = resolve;
        });
      });
      await bench.texts("long");
      await bench.until("the first run", () => runs === 1);
      const { leaseMs } = bench.options;
      for (let step = 0; step < 12; step++) await bench.clock.advance(leaseMs / 4);
      await bench.nothing("it was delivered while its handler ran");
      finish();
      await consumer.drain(0);
      await bench.endLeases();
      await bench.nothing("it came back after its handler returned");
      assert.equal(runs, 1);
    },
  },
  {
    name: "a lease longer than the platform's own loan is kept as long as its handler runs",
    needs: { extend: true },
    options: { leaseMs: LONG_MS },
    async run(bench) {
      let runs = 0;
      let finish: () => void = () => undefined;
      const consumer = bench.consume(() => {
        runs++;
        return new Promise<void>((resolve) => {
          finish = resolve;
        });
      });
      await bench.texts("long");
      await bench.until("the first run", () => runs === 1);
      for (let step = 0; step < 10; step++) await bench.clock.advance(2 * 60_000);
      await bench.nothing("it was delivered while its handler ran");
      finish();
      await bench.settled(1);
      await consumer.drain(0);
      await bench.endLeases();
      await bench.nothing("it came back after its handler returned");
      assert.equal(runs, 1);
    },
  },
  {
    name: "no more handlers run at once than the queue's concurrency",
    options: { concurrency: 2 },
    async run(bench) {
      let running = 0;
      let most = 0;
      let done = 0;
      bench.consume(async () => {
        most = Math.max(most, ++running);
        // A network is slower than a handler that does nothing: each waits for the second beside it.
        const alone = () => most < 2 && done + running < 10;
        do await new Promise(setImmediate);
        while (alone());
        running--;
        done++;
      });
      await bench.client.sendBatch(Array.from({ length: 10 }, (_, n) => ({ payload: n })));
      await bench.until("all ten", () => done === 10);
      assert.equal(most, 2);
    },
  },
  {
    name: "handlers of two consumers together are no more than the queue's concurrency",
    options: { concurrency: 2 },
    needs: { "concurrency of all consumers": true },
    async run(bench) {
      const running: (() => void)[] = [];
      let most = 0;
      const handler = () =>
        new Promise<void>((resolve) => {
          running.push(resolve);
          most = Math.max(most, running.length);
        });
      bench.consume(handler);
      bench.consume(handler);
      await bench.client.sendBatch(Array.from({ length: 6 }, (_, n) => ({ payload: n })));
      for (let done = 0; done < 6; done++) {
        const expected = Math.min(2, 6 - done);
        await bench.until(`handler ${done + expected}`, () => running.length === expected);
        running.shift()?.();
        await bench.settled(done + 1);
      }
      assert.equal(most, 2);
    },
  },
  {
    name: "a receive by polling is neither bounded by the queue's concurrency nor counted",
    options: { concurrency: 1 },
    async run(bench) {
      await bench.texts("a", "b");
      assert.equal((await bench.take(2)).length, 2, "the polled receive was bounded");
      const handled: unknown[] = [];
      bench.consume(({ payload }) => void handled.push(payload));
      await bench.texts("c");
      await bench.until("the handler", () => handled.length === 1);
    },
  },
  {
    name: "what a drain interrupts comes back at once, its attempt not counted",
    needs: { release: true },
    async run(bench) {
      let runs = 0;
      const consumer = bench.consume(() => {
        runs++;
        return new Promise(() => undefined);
      });
      await bench.texts("a");
      await bench.until("the first run", () => runs === 1);
      const drained = consumer.drain(5_000);
      await bench.clock.advance(5_000 + bench.precisionMs);
      await bench.soon(drained);
      assert.equal((await bench.one()).attempt, 1);
    },
  },
  {
    name: "handlers of one group run one at a time, in order, through a retry",
    options: { fifo: {}, backoff: { initialMs: 1_000, factor: 1, maxMs: 1_000, jitter: "none" } },
    needs: { ordered: true, "retry delay in groups": true },
    async run(bench) {
      const seen: unknown[] = [];
      bench.consume(({ payload, attempt }) => {
        seen.push(payload);
        if (payload === "a2" && attempt === 1) throw new Error("again");
      });
      for (const name of ["a1", "a2", "b1", "a3"]) {
        await bench.client.sendText(name, { group: name.charAt(0) });
      }
      await bench.settled(3); // a1, b1 and the first run of a2
      await bench.clock.advance(1_000 + bench.precisionMs);
      await bench.until("the last of the group", () => seen.includes("a3"));
      assert.deepEqual(
        seen.filter((name) => name !== "b1"),
        ["a1", "a2", "a2", "a3"],
      );
    },
  },
];
