import * as alien from "@alienplatform/core";
import { AlienError, deadLetter, onQueueMessage, queue, retry } from "@alienplatform/sdk";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { createTestQueues, type TestQueues } from "../src/index.ts";

const tasks = new alien.Queue("tasks")
  .schema(z.object({ n: z.number() }))
  .maxAttempts(3)
  .lease("30s")
  .backoff({ initial: "1m", jitter: "none" })
  .build();
const mails = new alien.Queue("mails").concurrency(2).build();
const payments = new alien.Queue("payments").fifo({ group: "account" }).build();
const worker = new alien.Function("worker").trigger(tasks).trigger(mails).timeout("2m").build();
const stack = new alien.Stack("shop").add(tasks).add(mails).add(payments).add(worker).build();

let queues: TestQueues;
beforeEach(async () => {
  queues = await createTestQueues(stack);
});
afterEach(() => queues.close());

/** A promise and the way to resolve it. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

test("drain until empty advances the clock to each delay, retry and lease end in turn", async () => {
  const at: [number, number][] = [];
  const start = queues.clock.now();
  onQueueMessage(tasks, ({ payload, attempt }) => {
    at.push([payload.n, queues.clock.now() - start]);
    if (payload.n === 1 && attempt < 3) throw new Error("not yet");
  });
  const client = queues.queue(tasks);
  await client.send({ n: 1 });
  await client.send({ n: 2 }, { delay: "90s" });
  await client.send({ n: 3 }, { delay: "7d" });
  queues.loseAck(tasks);
  const events = await queues.drain({ until: "empty" });
  expect(at).toEqual([
    [1, 0],
    [1, 60_000],
    [2, 90_000],
    // The acknowledgement of 2 was lost: it comes back with the end of its lease.
    [2, 120_000],
    [1, 180_000],
    [3, 7 * 24 * 60 * 60_000],
  ]);
  expect(events).toHaveLength(6);
  expect(await queues.operate(tasks).stats()).toMatchObject({ ready: 0, delayed: 0, inFlight: 0 });
});

test("drain until empty ends where nothing will ever be ready, and where it may handle no more", async () => {
  onQueueMessage(tasks, () => undefined);
  expect(await queues.drain({ until: "empty" })).toEqual([]);
  await queues.queue(tasks).sendBatch([1, 2, 3].map((n) => ({ payload: { n }, delay: "1h" })));
  expect(await queues.drain({ until: "empty", maxMessages: 2 })).toHaveLength(2);
  expect(await queues.operate(tasks).stats()).toMatchObject({ ready: 1, inFlight: 0 });
  // Nobody handles mails, so they are not what is waited for.
  await queues.queue(mails).send({ to: "ada" });
  expect(await queues.drain({ until: "empty" })).toHaveLength(1);
});

test("a mistyped option is refused", async () => {
  // As JavaScript, or an object from elsewhere, lets it through.
  const mistyped: object = { untill: "empty" };
  await expect(queues.drain(mistyped)).rejects.toMatchObject({ fix: 'Write "until".' });
});

test("failOnError rejects with the very error that the handler threw, once its message was settled", async () => {
  const thrown = new RangeError("out of paper");
  onQueueMessage(tasks, async ({ payload }) => {
    if (payload.n === 2) throw thrown;
  });
  await queues.queue(tasks).sendBatch([1, 2, 3].map((n) => ({ payload: { n } })));
  await expect(queues.drain({ failOnError: true })).rejects.toBe(thrown);
  expect(await queues.operate(tasks).stats()).toMatchObject({ ready: 1, delayed: 1, inFlight: 0 });
});

test("failOnError also tells of a job's error, of what the schema refused and of a job that has no handler", async () => {
  onQueueMessage(tasks, {
    print: () => Promise.reject("no paper"),
  });
  await queues.queue(tasks).call("print", { n: 1 });
  await expect(queues.drain({ failOnError: true })).rejects.toBe("no paper");
  await queues.queue(tasks).call("copy", { n: 1 });
  await expect(queues.drain({ failOnError: true })).rejects.toMatchObject({
    code: "HANDLER_UNKNOWN",
  });
  await queues.queue("tasks").send({ n: "three" });
  await expect(queues.drain({ failOnError: true })).rejects.toMatchObject({
    code: "PAYLOAD_REFUSED",
    details: { issues: [{ path: "n" }] },
  });
});

test("a verdict, a lost acknowledgement and a failure that the test asked for are no errors", async () => {
  onQueueMessage(tasks, ({ payload }) => {
    if (payload.n === 1) return retry("later");
    return payload.n === 2 ? deadLetter("never") : undefined;
  });
  await queues.queue(tasks).sendBatch([1, 2, 3, 4].map((n) => ({ payload: { n } })));
  queues.failNext(tasks);
  queues.loseAck(tasks);
  const events = await queues.drain({ failOnError: true });
  expect(events.map(({ outcome }) => outcome)).toEqual(["retry", "deadLetter", "lost", "ack"]);
});

test("a handler's result is with its delivery", async () => {
  onQueueMessage(tasks, ({ payload }) => ({ twice: payload.n * 2 }));
  await queues.queue(tasks).send({ n: 2 });
  expect(await queues.drain()).toMatchObject([{ outcome: "ack", result: { twice: 4 } }]);
});

test("several handlers run at once where drain is told so, as many as their queue allows", async () => {
  const gates = [1, 2, 3, 4].map(gate);
  const running: number[] = [];
  let most = 0;
  onQueueMessage<{ n: number }>("mails", async ({ payload: { n } }) => {
    running.push(n);
    most = Math.max(most, running.length);
    await gates[n - 1]?.opened;
    running.splice(running.indexOf(n), 1);
  });
  await queues.queue(mails).sendBatch([1, 2, 3, 4].map((n) => ({ payload: { n } })));
  const drained = queues.drain({ concurrency: 10 });
  await queues.clock.advance(0);
  expect(running).toEqual([1, 2]);
  gates[1]?.open();
  await queues.clock.advance(0);
  expect(running).toEqual([1, 3]);
  for (const { open } of gates) open();
  expect(await drained).toHaveLength(4);
  expect(most).toBe(2);
});

test("messages of one FIFO group are handled one at a time, whatever the concurrency", async () => {
  const running: string[] = [];
  const { open, opened } = gate();
  onQueueMessage<{ account: string; n: number }>("payments", async ({ payload }) => {
    running.push(`${payload.account}${payload.n}`);
    await opened;
  });
  const client = queues.queue(payments);
  for (const n of [1, 2]) {
    for (const account of ["a", "b"]) await client.send({ account, n });
  }
  const drained = queues.drain({ concurrency: 4 });
  await queues.clock.advance(0);
  expect(running).toEqual(["a1", "b1"]);
  open();
  await drained;
  expect(running).toHaveLength(4);
});

test("a lease is renewed while its handler runs, until the function's timeout ends it", async () => {
  const aborted: unknown[] = [];
  onQueueMessage(tasks, async ({ attempt }, { signal }) => {
    signal.addEventListener("abort", () => aborted.push(signal.reason.code));
    if (attempt === 1) await new Promise(() => undefined);
  });
  await queues.queue(tasks).send({ n: 1 });
  const drained = queues.drain();
  await queues.clock.advance("119s");
  expect(await queues.operate(tasks).stats()).toMatchObject({ inFlight: 1 });
  expect(aborted).toEqual([]);
  await queues.clock.advance("1s");
  expect(await drained).toMatchObject([
    { attempt: 1, outcome: "retry", delayMs: 60_000, error: { code: "TimeoutError" } },
  ]);
  expect(aborted).toEqual(["TimeoutError"]);
});

test("a handler that never finishes ends the drain with its message's name, and its signal aborts", async () => {
  const aborted: unknown[] = [];
  onQueueMessage(tasks, (_message, { signal }) => {
    signal.addEventListener("abort", () => aborted.push(signal.reason.code));
    return new Promise(() => undefined);
  });
  const { id } = await queues.queue(tasks).send({ n: 1 });
  const drained = queues.drain({ patience: "10ms" });
  await expect(drained).rejects.toMatchObject({
    code: "DRAIN_UNFINISHED",
    details: { queue: "tasks", id, attempt: 1 },
  });
  await expect(drained).rejects.toThrow(`has not finished with message ${id}`);
  expect(aborted).toEqual(["ABORTED"]);
});

// Ten thousand messages, on a machine that others use too.
test("a handler that sends to its own queue for ever ends the drain", {
  timeout: 180_000,
}, async () => {
  onQueueMessage("mails", async ({ payload }) => {
    await (await queue("mails")).send("mails", payload);
  });
  await queues.queue(mails).send({ to: "ada" });
  const drained = queues.drain();
  await expect(drained).rejects.toThrow(AlienError);
  await expect(drained).rejects.toMatchObject({ code: "DRAIN_UNFINISHED" });
  await expect(drained).rejects.toThrow(
    'handled 10000 messages and there are more; the last 100 were of queue "mails"',
  );
  // The message that was too much is ready again, uncounted.
  expect(await queues.queue(mails).receive(10)).toMatchObject([{ attempt: 1 }]);
});

test("fake timers of the test do not stop the test's clock", async () => {
  vi.useFakeTimers();
  try {
    onQueueMessage(tasks, () => undefined);
    await queues.queue(tasks).send({ n: 1 }, { delay: "1h" });
    await queues.clock.advance("1h");
    expect(await queues.drain()).toMatchObject([{ outcome: "ack" }]);
  } finally {
    vi.useRealTimers();
  }
});

test("a paused queue is not drained, and one that is paused until a time is waited for", async () => {
  const start = queues.clock.now();
  onQueueMessage(tasks, () => queues.clock.now() - start);
  await queues.queue(tasks).send({ n: 1 });
  const operations = queues.operate(tasks);
  await operations.pause("the bank is closed");
  expect(await queues.drain()).toEqual([]);
  await operations.resume();
  await operations.pause("it closes at noon", { until: "2h" });
  expect(await queues.drain()).toEqual([]);
  expect(await queues.drain({ until: "empty" })).toMatchObject([{ result: 2 * 60 * 60_000 }]);
});

test("drain until empty does not wait for ever for a queue that is paused without an end", async () => {
  onQueueMessage(tasks, () => undefined);
  await queues.queue(tasks).send({ n: 1 });
  await queues.operate(tasks).pause("until somebody resumes it");
  expect(await queues.drain({ until: "empty" })).toEqual([]);
  expect(await queues.operate(tasks).stats()).toMatchObject({ ready: 1 });
});

test("a second set of test queues is refused while one is open", async () => {
  await expect(createTestQueues(stack)).rejects.toThrow("afterEach(() => queues.close())");
});
