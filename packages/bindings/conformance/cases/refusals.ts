import assert from "node:assert/strict";
import { type Duration, parseDuration } from "@alienplatform/core";
import { retry } from "../../src/queue/verdict.ts";
import type { ConformanceCase } from "../case.ts";

/** What a platform lacks is refused with the reason and what to do instead; nothing is silently different. */
export const refusals: readonly ConformanceCase[] = [
  {
    name: "a delay beyond what the platform can is refused with its limit, and nothing is sent",
    needs: { delay: true, "delays of 7 days": false },
    async run(bench) {
      const { delayMaxMs, service } = bench.driver.capabilities;
      const delay: Duration = `${delayMaxMs + 1_000}ms`;
      const error = await bench.refused("UNSUPPORTED", () => bench.client.send({}, { delay }));
      assert(error.message.includes(service), `"${error.message}" does not say whose limit it is`);
      const date = new Date(bench.clock.now() + delayMaxMs + 60_000);
      await bench.refused("UNSUPPORTED", () => bench.client.send({}, { delay: date }));
      await bench.nothing("the refused message was sent");
    },
  },
  {
    name: "in a batch only those are refused that ask for what the platform lacks",
    needs: { idempotency: false },
    async run(bench) {
      const results = await bench.client.sendBatch([
        { payload: "a" },
        { payload: "b", idempotencyKey: "once" },
        { payload: "c" },
      ]);
      assert.deepEqual(
        results.map((result) => (result.ok ? "sent" : result.error.code)),
        ["sent", "UNSUPPORTED", "sent"],
      );
      const received = await bench.take(2);
      assert.deepEqual(received.map(({ payload }) => payload).sort(), ["a", "c"]);
      await bench.nothing("the refused message was sent");
    },
  },
  {
    name: "a nack's delay beyond what the platform can is refused with its limit, and the message stays on loan",
    needs: { "retry delay": true, "retry delays of 7 days": false },
    async run(bench) {
      const { retryDelay, service } = bench.driver.capabilities;
      const delay: Duration = `${retryDelay.maxMs + 1_000}ms`;
      await bench.texts("a");
      const message = await bench.one();
      const nack = () => bench.client.nack(message, { delay });
      const error = await bench.refused("UNSUPPORTED", nack);
      assert(error.message.includes(service), `"${error.message}" does not say whose limit it is`);
      await bench.nothing("the refused nack gave it back");
      await bench.client.ack(message);
    },
  },
  {
    name: "a nack's delay is refused where the platform has none, and the message stays on loan",
    needs: { "retry delay": false },
    async run(bench) {
      await bench.texts("a");
      const message = await bench.one();
      await bench.refused("UNSUPPORTED", () => bench.client.nack(message, { delay: "10s" }));
      await bench.nothing("the refused nack gave it back");
      await bench.client.ack(message);
    },
  },
  {
    name: "a nack's delay is refused where groups follow the platform's own schedule",
    options: { fifo: {} },
    needs: { ordered: true, "retry delay": true, "retry delay in groups": false },
    async run(bench) {
      await bench.client.sendText("a", { group: "a" });
      const message = await bench.one();
      await bench.refused("UNSUPPORTED", () => bench.client.nack(message, { delay: "10s" }));
      await bench.client.ack(message);
    },
  },
  {
    name: "a verdict's delay beyond what the platform can fails the attempt, which follows the usual backoff",
    needs: { operator: true, "retry delay": true, "retry delays of 7 days": false },
    options: { maxAttempts: 2 },
    async run(bench) {
      const delay: Duration = `${bench.driver.capabilities.retryDelay.maxMs + 1_000}ms`;
      let runs = 0;
      const consumer = bench.consume(() => {
        runs++;
        return retry("smtp down", { delay });
      });
      await bench.texts("a");
      await bench.settled(1);
      await bench.clock.advance(bench.options.backoff.initialMs + bench.precisionMs);
      await bench.settled(2);
      await consumer.drain(0);
      assert.equal(runs, 2);
      const [letter] = await bench.operator.deadLetters({ limit: 10 });
      assert.equal(letter?.error.code, "UNSUPPORTED");
    },
  },
  {
    name: "a backoff longer than the platform can delay is as long as it can",
    needs: { "retry delay": true, "retry delays of 7 days": false },
    options: {
      backoff: { initialMs: 6 * 86_400_000, factor: 1, maxMs: 6 * 86_400_000, jitter: "none" },
    },
    async run(bench) {
      const { maxMs } = bench.driver.capabilities.retryDelay;
      const attempts: number[] = [];
      bench.consume(({ attempt }) => {
        attempts.push(attempt);
        if (attempt === 1) throw new Error("smtp down");
      });
      await bench.texts("a");
      await bench.settled(1);
      await bench.almost(maxMs);
      assert.deepEqual(attempts, [1], "it came back early");
      await bench.clock.advance(bench.precisionMs);
      await bench.until("the second attempt", () => attempts.length === 2);
    },
  },
  {
    name: "a lease of another length than the declared one is refused where every loan is that long",
    needs: { "leases chosen at receive": false },
    async run(bench) {
      const lease: Duration = `${bench.options.leaseMs * 2}ms`;
      await bench.texts("a");
      await bench.refused("UNSUPPORTED", () => bench.client.receive(bench.queue, 1, { lease }));
      const same: Duration = `${bench.options.leaseMs}ms`;
      const receiving = bench.client.receive(bench.queue, 1, { lease: same, wait: bench.wait });
      const [message] = await bench.soon(receiving);
      assert.deepEqual([message?.payload, message?.attempt], ["a", 1]);
    },
  },
  {
    name: "an extension of another length than the declared lease is refused where every loan is that long",
    needs: { extend: true, "leases chosen at receive": false },
    async run(bench) {
      const lease: Duration = `${bench.options.leaseMs * 2}ms`;
      await bench.texts("a");
      const message = await bench.one();
      await bench.refused("UNSUPPORTED", () => bench.client.extend(message, lease));
      await bench.client.extend(message, `${bench.options.leaseMs}ms`);
    },
  },
  {
    name: "a peek is refused where messages cannot be seen without taking them, and takes none",
    needs: { operator: true, peek: false },
    async run(bench) {
      await bench.texts("a");
      await bench.refused("UNSUPPORTED", () => bench.operator.peek({ limit: 10 }));
      assert.equal((await bench.one()).attempt, 1);
    },
  },
  {
    name: "stats are refused where the service does not count",
    needs: { operator: true, counts: false },
    async run(bench) {
      await bench.refused("UNSUPPORTED", () => bench.operator.stats());
    },
  },
  {
    name: "stats of a service that counts late come to what is there",
    needs: { counts: true, "exact counts": false },
    async run(bench) {
      await bench.texts("a", "b", "c");
      let { ready } = await bench.operator.stats();
      for (let look = 0; ready !== 3 && look < 120; look++) {
        await bench.clock.advance(1_000);
        ({ ready } = await bench.operator.stats());
      }
      assert.equal(ready, 3);
      // What it does not tell apart is left out, and never 0.
      const { delayed = 0, inFlight = 0, dead } = await bench.operator.stats();
      for (const count of [delayed, inFlight, dead]) assert(Number.isInteger(count) && count >= 0);
    },
  },
  {
    name: "a purge is refused where the service has none, and takes nothing",
    needs: { operator: true, purge: false },
    async run(bench) {
      await bench.texts("a");
      await bench.refused("UNSUPPORTED", () => bench.operator.purge());
      assert.equal((await bench.one()).payload, "a");
    },
  },
  {
    name: "a purge that the service does in its own time takes what waits",
    needs: { purge: true, "exact purge": false },
    async run(bench) {
      await bench.texts("a", "b");
      await bench.operator.purge();
      await bench.clock.advance(2_000);
      await bench.nothing("a purged message was delivered");
      await bench.endLeases();
      await bench.nothing("a purged message was delivered");
    },
  },
  {
    name: "a pause and a binding are refused where operators' decisions are not kept, and messages go on",
    needs: { operator: true, "pausing and binding": false },
    async run(bench) {
      const { operator } = bench;
      await bench.refused("UNSUPPORTED", () => operator.pause({ reason: "maintenance" }));
      await bench.refused("UNSUPPORTED", () => operator.bind("worker", "active"));
      assert.equal((await operator.control()).pause, undefined);
      await bench.texts("a");
      assert.equal((await bench.one()).payload, "a");
    },
  },
  {
    name: "whoever waits for a decision where none is kept waits until it gives up",
    needs: { operator: true, "pausing and binding": false },
    async run(bench) {
      const { operator } = bench;
      const { version } = await operator.control();
      const given = new AbortController();
      const waiting = bench.refused("ABORTED", () => operator.controlAfter(version, given.signal));
      given.abort();
      await bench.soon(waiting);
      const late = () => operator.controlAfter(version, AbortSignal.abort());
      await bench.soon(bench.refused("ABORTED", late));
    },
  },
  {
    name: "jobs are JOBS_NOT_KEPT where the platform keeps no records",
    needs: { operator: true, jobs: false },
    options: { resultsMs: parseDuration("24h") },
    async run(bench) {
      const { operator } = bench;
      const { signal } = new AbortController();
      const [id = ""] = await bench.texts("a");
      await bench.refused("JOBS_NOT_KEPT", () => operator.job(id));
      await bench.refused("JOBS_NOT_KEPT", () => operator.jobs({ limit: 10 }));
      await bench.refused("JOBS_NOT_KEPT", () => operator.jobEnded(id, signal));
      await bench.refused("JOBS_NOT_KEPT", () => operator.requeueJob(id));
      await bench.refused("JOBS_NOT_KEPT", () => operator.cancelJob(id));
      assert.equal((await bench.one()).id, id);
    },
  },
  {
    name: "a redrive to another queue is refused where dead letters only go back, and moves nothing",
    needs: { operator: true, "redrive to another queue": false },
    async run(bench) {
      const id = await bench.kill("a");
      const { operator } = bench;
      await bench.refused("UNSUPPORTED", () => operator.redrive([id], { to: "elsewhere" }));
      assert.equal((await operator.deadLetter(id))?.id, id);
      await bench.nothing("it was redriven all the same");
    },
  },
];
