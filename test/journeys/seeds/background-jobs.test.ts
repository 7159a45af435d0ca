import * as alien from "@alienplatform/core";
import { onQueueMessage, queue } from "@alienplatform/sdk";
import { createTestQueues, type TestQueues } from "@alienplatform/testing";
import "@alienplatform/testing/vitest";
import { afterEach, expect, it } from "vitest";
import { Project } from "../../../packages/cli/test/journey.ts";

// Background jobs: a caller hands over work and gets an id at once; the queue runs the function with retries,
// backoff and dead letters.

const HOUR = 60 * 60_000;

let queues: TestQueues | undefined;
let project: Project | undefined;
afterEach(async () => {
  await queues?.close();
  await project?.remove();
  queues = undefined;
  project = undefined;
});

async function open(declared: alien.QueueResource): Promise<TestQueues> {
  queues = await createTestQueues(declared);
  return queues;
}

function jobsQueue(): alien.Queue {
  return new alien.Queue("jobs").backoff({ jitter: "none" });
}

it("the same function serves HTTP and runs jobs", { timeout: 180_000 }, async () => {
  project = await Project.create({ "alien.ts": STACK, "src/orders.ts": ORDERS });
  const dev = await project.dev("--json");
  const ready = dev.stdout.find((line) => line.includes('"type":"ready"')) ?? "";
  const { functions } = JSON.parse(ready) as { functions: { url: string }[] }; // what dev prints
  const request = { method: "POST", body: "ord_123", headers: { connection: "close" } };
  const answer = await fetch(functions[0]?.url ?? "", request);
  expect(answer.status).toBe(202);
  expect(await answer.text()).toMatch(/^[0-9a-z]{26}$/);
  await dev.line(/shipped ord_123/);
  expect(await dev.stop("SIGTERM")).toBe(143);
});

it("failed attempts come back after 1 s, 2 s, 4 s and so on, never later than 5 minutes", async () => {
  const opened = await open(jobsQueue().maxAttempts(12).build());
  onQueueMessage("jobs", () => {
    throw new Error("not yet");
  });
  await (await queue("jobs")).send("jobs", { orderId: "ord_123" });
  const deliveries = await opened.drain({ until: "empty" });
  const seconds = deliveries.map(({ delayMs }) => (delayMs ?? 0) / 1000);
  expect(seconds).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 0]);
});

it("jitter spreads retries between nothing and the wait, which is the default", async () => {
  const opened = await open(new alien.Queue("jobs").build());
  onQueueMessage("jobs", () => {
    throw new Error("not yet");
  });
  const jobs = await queue("jobs");
  await jobs.sendBatch(Array.from({ length: 50 }, (_, n) => ({ payload: n })));
  const delays = (await opened.drain()).map(({ delayMs }) => delayMs ?? Number.NaN);
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...delays)).toBeLessThanOrEqual(1_000);
  expect(new Set(delays).size).toBeGreaterThan(40);
});

it("maxAttempts counts all attempts, up to 100, and a job may have fewer: 1 is no retry", async () => {
  const opened = await open(jobsQueue().maxAttempts(100).build());
  onQueueMessage("jobs", () => {
    throw new Error("never");
  });
  const jobs = await queue("jobs");
  const once = await jobs.send("jobs", { n: 1 }, { maxAttempts: 1 });
  expect(await opened.drain()).toMatchObject([{ id: once.id, outcome: "deadLetter", attempt: 1 }]);
  await jobs.send("jobs", { n: 2 });
  expect(await opened.drain({ until: "empty" })).toHaveLength(100);
  expect(() => jobsQueue().maxAttempts(101).build()).toThrow("101");
});

it("a job whose worker is gone returns to the queue when its lease ends, so a second delivery must be safe", async () => {
  const opened = await open(jobsQueue().lease("1350s").build());
  const jobs = await queue("jobs");
  const { id } = await jobs.send("jobs", { n: 1 });
  expect(await jobs.receive("jobs")).toMatchObject([{ id, attempt: 1 }]);
  await opened.clock.advance("1349s");
  expect(await jobs.receive("jobs")).toEqual([]);
  await opened.clock.advance("1s");
  expect(await jobs.receive("jobs")).toMatchObject([{ id, attempt: 2 }]);
});

it("a job starts up to seven days later, and no later than that", async () => {
  const opened = await open(jobsQueue().build());
  const started: number[] = [];
  onQueueMessage("jobs", () => void started.push(opened.clock.now()));
  const due = new Date(opened.clock.now() + 7 * 24 * HOUR);
  const jobs = await queue("jobs");
  await jobs.send("jobs", { remind: "ada" }, { delay: "7d" });
  await jobs.send("jobs", { remind: "bob" }, { delay: due });
  await expect(jobs.send("jobs", {}, { delay: "8d" })).rejects.toMatchObject({
    code: "OPTION_INVALID",
  });
  await opened.drain({ until: "empty" });
  expect(started).toEqual([due.getTime(), due.getTime()]);
});

it("enqueueing twice with the same key returns the original job, marked as deduplicated", async () => {
  const opened = await open(jobsQueue().build());
  let runs = 0;
  onQueueMessage("jobs", () => void runs++);
  const jobs = await queue("jobs");
  const first = await jobs.send("jobs", { n: 1 }, { idempotencyKey: "order ord_123" });
  const second = await jobs.send("jobs", { n: 1 }, { idempotencyKey: "order ord_123" });
  expect(second).toEqual({ id: first.id, deduplicated: true });
  await opened.drain();
  expect(runs).toBe(1);
});

it("a key caps how many of its jobs run at once, and a busy customer does not keep back another", async () => {
  const opened = await open(jobsQueue().build());
  const running: string[] = [];
  const finish: (() => void)[] = [];
  onQueueMessage<{ customer: string; n: number }>("jobs", ({ payload }) => {
    running.push(`${payload.customer}${payload.n}`);
    return new Promise<void>((resolve) => finish.push(resolve));
  });
  const jobs = await queue("jobs");
  for (const [customer, limit] of [["big", 2] as const, ["small", 1] as const]) {
    for (let n = 1; n <= 4; n++) {
      await jobs.send("jobs", { customer, n }, { concurrency: { key: customer, limit } });
    }
  }
  const draining = opened.drain({ concurrency: 10 });
  for (let round = 1; round <= 4; round++) {
    await opened.clock.advance(0);
    const big = running.filter((name) => name.startsWith("big"));
    expect(big).toHaveLength(round <= 2 ? 2 : 0);
    expect(running.filter((name) => name.startsWith("small"))).toEqual([`small${round}`]);
    running.length = 0;
    for (const resolve of finish.splice(0)) resolve();
  }
  expect(await draining).toHaveLength(8);
});

it("jobs of higher priority are claimed first when the queue is deep", async () => {
  const opened = await open(jobsQueue().build());
  const order: unknown[] = [];
  onQueueMessage("jobs", ({ payload }) => void order.push(payload));
  const jobs = await queue("jobs");
  for (let n = 0; n < 100; n++) await jobs.send("jobs", `low ${n}`);
  await jobs.send("jobs", "high", { priority: 9 });
  await opened.drain();
  expect(order.slice(0, 2)).toEqual(["high", "low 0"]);
  expect(order).toHaveLength(101);
});

it("a job that has used up its attempts is dead with its final error, and runs again with a fresh budget", async () => {
  const opened = await open(jobsQueue().maxAttempts(2).build());
  let fixed = false;
  onQueueMessage("jobs", ({ attempt }) => {
    if (!fixed) throw new Error(`the disk is full, attempt ${attempt}`);
  });
  const { id } = await (await queue("jobs")).send("jobs", { n: 1 });
  await opened.drain({ until: "empty" });
  await expect("jobs").toHaveDeadLetter({ id, attempts: 2, error: "the disk is full, attempt 2" });
  fixed = true;
  await opened.operate("jobs").dead.redrive([id]);
  expect(await opened.drain()).toMatchObject([{ id, attempt: 1, outcome: "ack" }]);
});

const STACK = `import * as alien from "@alienplatform/core";

const jobs = new alien.Queue("jobs").build();
const orders = new alien.Function("orders").http().trigger(jobs).link(jobs, "send").build();
export default new alien.Stack("shop").add(jobs).add(orders).build();
`;

const ORDERS = `import { onQueueMessage, queue } from "@alienplatform/sdk";

const ship = (orderId) => process.stdout.write("shipped " + orderId + "\\n");

onQueueMessage("jobs", ({ payload }) => ship(payload.orderId));

export default {
  async fetch(request) {
    const { id } = await (await queue("jobs")).send("jobs", { orderId: await request.text() });
    return new Response(id, { status: 202 });
  },
};
`;

it("a job goes from PENDING over RUNNING to SUCCEEDED, and its result can be polled", async () => {
  const opened = await open(jobsQueue().build());
  const jobs = opened.operate("jobs").jobs;
  const seen: unknown[] = [];
  onQueueMessage<{ orderId: string }>("jobs", async ({ id, payload }) => {
    seen.push((await jobs.get(id))?.status);
    if (seen.length === 1) throw new Error("carrier down");
    return { shipped: payload.orderId };
  });
  const { id } = await (await queue("jobs")).send("jobs", { orderId: "ord_123" });
  expect(await jobs.get(id)).toMatchObject({ status: "PENDING", attempts: [] });
  await opened.drain();
  expect(await jobs.get(id)).toMatchObject({
    status: "PENDING",
    attempts: [{ number: 1, outcome: "FAILED", error: { message: "carrier down" } }],
    lastError: { message: "carrier down" },
  });
  const ended = jobs.wait(id);
  await opened.drain({ until: "empty" });
  expect(await ended).toMatchObject({
    status: "SUCCEEDED",
    attempts: [{ outcome: "FAILED" }, { number: 2, outcome: "SUCCEEDED" }],
    result: { shipped: "ord_123" },
  });
  expect(seen).toEqual(["RUNNING", "RUNNING"]);
});

it("a DEAD job stays visible with its last error and is requeued to PENDING with a fresh budget", async () => {
  const opened = await open(jobsQueue().maxAttempts(2).build());
  const jobs = opened.operate("jobs").jobs;
  let broken = true;
  onQueueMessage("jobs", () => {
    if (broken) throw new Error("no such order");
  });
  const { id } = await (await queue("jobs")).send("jobs", { orderId: "ord_404" });
  await opened.drain({ until: "empty" });
  expect(await jobs.list({ status: "DEAD" })).toMatchObject([
    { id, lastError: { message: "no such order" }, attempts: [{ number: 1 }, { number: 2 }] },
  ]);
  broken = false;
  expect(await jobs.requeue(id)).toBe(true);
  expect(await jobs.get(id)).toMatchObject({ status: "PENDING" });
  const [delivery] = await opened.drain();
  expect(delivery).toMatchObject({ id, attempt: 1, outcome: "ack" });
  expect(await jobs.get(id)).toMatchObject({ status: "SUCCEEDED" });
});
