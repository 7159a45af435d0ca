import assert from "node:assert/strict";
import type { Job } from "../../src/queue/job.ts";
import type { Bench } from "../bench.ts";
import type { ConformanceCase } from "../case.ts";

const HOUR_MS = 60 * 60 * 1000;
const KEPT_MS = 24 * HOUR_MS;
const options = { resultsMs: KEPT_MS } as const;
const needs = { jobs: true } as const;

/** The job with this id, which must be known. */
async function job(bench: Bench, id: string): Promise<Job> {
  const found = await bench.operator.job(id);
  assert(found, "the job is not known");
  return found;
}

async function statuses(bench: Bench, ids: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const id of ids) found.push((await job(bench, id)).status);
  return found;
}

function outcomes({ attempts }: Job): readonly (readonly [number, string])[] {
  return attempts.map(({ number, outcome }) => [number, outcome] as const);
}

/** What becomes of messages as jobs. */
export const jobs: readonly ConformanceCase[] = [
  {
    name: "a job is PENDING, RUNNING while it is on loan, and SUCCEEDED when it is acked",
    options,
    needs,
    async run(bench) {
      const ids = await bench.texts("a", "b", "c");
      const [a] = await bench.take(2);
      assert(a);
      assert.deepEqual(await statuses(bench, ids), ["RUNNING", "RUNNING", "PENDING"]);
      await bench.client.ack(a);
      assert.deepEqual(await statuses(bench, ids), ["SUCCEEDED", "RUNNING", "PENDING"]);
      const [id = ""] = ids;
      const done = await job(bench, id);
      assert.deepEqual(outcomes(done), [[1, "SUCCEEDED"]]);
      assert.deepEqual([done.id, done.queue], [id, bench.queue]);
      assert((done.endedAt ?? 0) >= done.sentAt, "it ended after it was sent");
    },
  },
  {
    name: "a delayed job is PENDING, and says when it is due",
    options,
    needs: { ...needs, delay: true },
    async run(bench) {
      const { id } = await bench.client.sendText("later", { delay: "1h" });
      const { status, sentAt, dueAt } = await job(bench, id);
      assert.deepEqual([status, dueAt], ["PENDING", sentAt + HOUR_MS]);
      await bench.clock.advance(HOUR_MS);
      await bench.client.ack(await bench.one());
      assert.equal((await job(bench, id)).status, "SUCCEEDED");
    },
  },
  {
    name: "a job keeps its result, verbatim",
    options,
    needs,
    async run(bench) {
      const ids = await bench.texts("a", "b");
      const result = '{"sum":12345678901234567890,"text":"ö"}';
      const first = await bench.delivery();
      await bench.settle(first.receiver, first.delivery, { kind: "ack", result });
      const second = await bench.delivery();
      await bench.settle(second.receiver, second.delivery, { kind: "ack" });
      const [a, b] = ids;
      assert.equal((await job(bench, a ?? "")).result, result);
      assert.equal((await job(bench, b ?? "")).result, undefined);
    },
  },
  {
    name: "what a handler returns is its job's result",
    options,
    needs,
    async run(bench) {
      bench.consume(({ payload }) => ({ seen: payload }));
      const [id = ""] = await bench.texts("a");
      await bench.settled(1);
      const { status, result } = await job(bench, id);
      assert.deepEqual([status, result], ["SUCCEEDED", '{"seen":"a"}']);
    },
  },
  {
    name: "a job is PENDING again after a failure, and keeps its attempts and the last error",
    options,
    needs,
    async run(bench) {
      const [id = ""] = await bench.texts("a");
      await bench.client.nack(await bench.one(), { reason: "smtp down" });
      const failed = await job(bench, id);
      assert.equal(failed.status, "PENDING");
      assert.deepEqual(outcomes(failed), [[1, "FAILED"]]);
      assert.equal(failed.lastError?.message, "smtp down");
      await bench.one();
      await bench.endLeases();
      assert.deepEqual(outcomes(await job(bench, id)), [
        [1, "FAILED"],
        [2, "EXPIRED"],
      ]);
      await bench.client.ack(await bench.one());
      assert.deepEqual(outcomes(await job(bench, id)), [
        [1, "FAILED"],
        [2, "EXPIRED"],
        [3, "SUCCEEDED"],
      ]);
    },
  },
  {
    name: "a job is DEAD when its budget is spent, and requeued it is PENDING with a fresh one",
    options: { ...options, maxAttempts: 2 },
    needs,
    async run(bench) {
      const [id = ""] = await bench.texts("a");
      await bench.client.nack(await bench.one());
      await bench.client.nack(await bench.one(), { reason: "no" });
      const dead = await job(bench, id);
      assert.deepEqual([dead.status, dead.lastError?.message], ["DEAD", "no"]);
      assert.deepEqual(await bench.operator.requeueJob(id), { ok: true, applied: true });
      assert.equal((await job(bench, id)).status, "PENDING");
      const again = await bench.one();
      assert.deepEqual([again.id, again.attempt], [id, 1]);
      await bench.client.nack(again);
      assert.equal((await job(bench, id)).status, "PENDING");
      await bench.client.ack(await bench.one());
      assert.equal((await job(bench, id)).status, "SUCCEEDED");
    },
  },
  {
    name: "requeue changes nothing of a job that is not DEAD",
    options,
    needs,
    async run(bench) {
      const [ready = "", done = ""] = await bench.texts("a", "b");
      await bench.client.ack((await bench.take(2))[1] ?? assert.fail("two were sent"));
      for (const id of [ready, done, "unknown"]) {
        assert.deepEqual(await bench.operator.requeueJob(id), { ok: true, applied: false });
      }
      assert.deepEqual(await statuses(bench, [ready, done]), ["RUNNING", "SUCCEEDED"]);
    },
  },
  {
    name: "a job whose dead letter was discarded has FAILED",
    options,
    needs,
    async run(bench) {
      const id = await bench.kill("a", "unreadable");
      await bench.operator.discard([id]);
      const { status, lastError } = await job(bench, id);
      assert.deepEqual([status, lastError?.message], ["FAILED", "unreadable"]);
    },
  },
  {
    name: "a job that nobody took within the retention has FAILED",
    options: { ...options, retentionMs: HOUR_MS },
    needs,
    async run(bench) {
      const [id = ""] = await bench.texts("a");
      await bench.clock.advance(2 * HOUR_MS);
      await bench.nothing("a message was delivered after its retention");
      const { status, attempts } = await job(bench, id);
      assert.deepEqual([status, attempts], ["FAILED", []]);
    },
  },
  {
    name: "a purged job is CANCELLED",
    options,
    needs: { ...needs, purge: true },
    async run(bench) {
      const [done = ""] = await bench.texts("a");
      await bench.client.ack(await bench.one());
      const [lent = ""] = await bench.texts("b");
      await bench.client.nack(await bench.one());
      const again = await bench.one();
      const [ready = ""] = await bench.texts("c");
      await bench.operator.purge();
      assert.deepEqual(await statuses(bench, [done, lent, ready]), [
        "SUCCEEDED",
        "RUNNING",
        "CANCELLED",
      ]);
      // Where the purge has taken it too there is nothing to give back.
      await bench.client.nack(again).catch(() => undefined);
      assert.equal((await job(bench, lent)).status, "CANCELLED");
    },
  },
  {
    name: "cancel takes a PENDING job back, and it is never delivered",
    options,
    needs,
    async run(bench) {
      const [a = "", b = "", c = ""] = await bench.texts("a", "b", "c");
      assert.deepEqual(await bench.operator.cancelJob(b), { ok: true, applied: true });
      assert.deepEqual(await statuses(bench, [a, b, c]), ["PENDING", "CANCELLED", "PENDING"]);
      assert.deepEqual(
        (await bench.rest()).map(({ id }) => id),
        [a, c],
      );
    },
  },
  {
    name: "a cancelled job is counted no more",
    options,
    needs: { ...needs, "exact counts": true, "cancelled jobs leave at once": true },
    async run(bench) {
      const [, b = ""] = await bench.texts("a", "b", "c");
      await bench.operator.cancelJob(b);
      assert.equal((await bench.operator.stats()).ready, 2);
    },
  },
  {
    name: "cancel takes back what is delayed or waits for its retry",
    options,
    needs: { ...needs, delay: true, "retry delay": true },
    async run(bench) {
      const [retried = ""] = await bench.texts("a");
      await bench.client.nack(await bench.one(), { delay: "1h" });
      const { id: delayed } = await bench.client.sendText("b", { delay: "1h" });
      for (const id of [retried, delayed]) {
        assert.deepEqual(await bench.operator.cancelJob(id), { ok: true, applied: true });
      }
      assert.deepEqual(await statuses(bench, [retried, delayed]), ["CANCELLED", "CANCELLED"]);
      await bench.clock.advance(2 * HOUR_MS);
      await bench.nothing("a cancelled message was delivered");
      if (bench.driver.capabilities.stats === "none") return;
      assert.equal((await bench.operator.stats()).delayed ?? 0, 0);
    },
  },
  {
    name: "cancel changes nothing of a job that is RUNNING or has ended",
    options,
    needs,
    async run(bench) {
      const [running = "", done = ""] = await bench.texts("a", "b");
      const [a, b] = await bench.take(2);
      assert(a && b);
      await bench.client.ack(b);
      for (const id of [running, done, "unknown"]) {
        assert.deepEqual(await bench.operator.cancelJob(id), { ok: true, applied: false });
      }
      await bench.client.ack(a);
      assert.deepEqual(await statuses(bench, [running, done]), ["SUCCEEDED", "SUCCEEDED"]);
    },
  },
  {
    name: "a cancelled job of a group lets the next one go",
    options: { ...options, fifo: {} },
    needs: {
      ...needs,
      ordered: true,
      "retry delay": true,
      "cancelled jobs leave at once": true,
    },
    async run(bench) {
      const ids: string[] = [];
      for (const text of ["a", "b", "c"]) {
        ids.push((await bench.client.sendText(text, { group: "g" })).id);
      }
      const [a = "", b = "", c = ""] = ids;
      await bench.client.nack(await bench.one(), { delay: "1h" });
      await bench.nothing("a later message of a group was delivered");
      await bench.operator.cancelJob(b);
      await bench.operator.cancelJob(a);
      assert.equal((await bench.one()).id, c);
    },
  },
  {
    name: "a job is known for as long as results are kept after its end, and no longer",
    options,
    needs,
    async run(bench) {
      const [a = "", b = ""] = await bench.texts("a", "b");
      await bench.clock.advance(HOUR_MS);
      const first = await bench.delivery();
      await bench.settle(first.receiver, first.delivery, { kind: "ack", result: "1" });
      await bench.client.ack(await bench.one());
      await bench.almost(KEPT_MS);
      assert.deepEqual(await statuses(bench, [a, b]), ["SUCCEEDED", "SUCCEEDED"]);
      await bench.clock.advance(2 * bench.precisionMs);
      for (const id of [a, b]) assert.equal(await bench.operator.job(id), undefined);
      assert.deepEqual(await bench.operator.jobs({ limit: 10 }), []);
    },
  },
  {
    name: "jobs are listed by status, the newest first, and page by page",
    options,
    needs,
    async run(bench) {
      const dead = await bench.kill("dead");
      const [done = ""] = await bench.texts("done");
      await bench.client.ack(await bench.one());
      const [running = ""] = await bench.texts("running");
      await bench.one();
      const [cancelled = "", ready = ""] = await bench.texts("cancelled", "ready");
      await bench.operator.cancelJob(cancelled);
      const all = [ready, cancelled, running, done, dead];
      const ids = async (query: object) =>
        (await bench.operator.jobs({ limit: 10, ...query })).map(({ id }) => id);
      assert.deepEqual(await ids({}), all);
      assert.deepEqual(await ids({ limit: 2 }), all.slice(0, 2));
      assert.deepEqual(await ids({ limit: 2, after: cancelled }), all.slice(2, 4));
      assert.deepEqual(await ids({ status: "PENDING" }), [ready]);
      assert.deepEqual(await ids({ status: "RUNNING" }), [running]);
      assert.deepEqual(await ids({ status: "SUCCEEDED" }), [done]);
      assert.deepEqual(await ids({ status: "DEAD" }), [dead]);
      assert.deepEqual(await ids({ status: "CANCELLED" }), [cancelled]);
      assert.deepEqual(await ids({ status: "FAILED" }), []);
    },
  },
  {
    name: "a job keeps the name it was sent with, and one that no handler has is DEAD at once",
    options,
    needs,
    async run(bench) {
      bench.consume({ charge: () => "paid" });
      const { id: known } = await bench.client.call("charge", { amount: 1 });
      const { id: unknown } = await bench.client.call("refund", { amount: 1 });
      await bench.settled(2);
      const charge = await job(bench, known);
      assert.deepEqual([charge.status, charge.name], ["SUCCEEDED", "charge"]);
      const refund = await job(bench, unknown);
      assert.deepEqual([refund.status, refund.name], ["DEAD", "refund"]);
      assert.equal(refund.lastError?.code, "HANDLER_UNKNOWN");
    },
  },
  {
    name: "without results the jobs of a queue are not kept",
    needs,
    async run(bench) {
      const [id = ""] = await bench.texts("a");
      const { signal } = new AbortController();
      await bench.refused("JOBS_NOT_KEPT", () => bench.operator.job(id));
      await bench.refused("JOBS_NOT_KEPT", () => bench.operator.jobs({ limit: 10 }));
      await bench.refused("JOBS_NOT_KEPT", () => bench.operator.jobEnded(id, signal));
      await bench.refused("JOBS_NOT_KEPT", () => bench.operator.requeueJob(id));
      await bench.refused("JOBS_NOT_KEPT", () => bench.operator.cancelJob(id));
      assert.equal((await bench.one()).id, id);
    },
  },
  {
    name: "a job whose dead letter goes to another queue is DEAD, and PENDING there",
    options: { ...options, deadLetters: "others" },
    needs: { ...needs, "a second queue": true },
    async run(bench) {
      const id = await bench.kill("a", "no");
      const { status, lastError } = await job(bench, id);
      assert.deepEqual([status, lastError?.message], ["DEAD", "no"]);
      assert.equal((await bench.sibling.operator.job(id))?.status, "PENDING");
      assert.deepEqual(await bench.operator.requeueJob(id), { ok: true, applied: false });
    },
  },
];
