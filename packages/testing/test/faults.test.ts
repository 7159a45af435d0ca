import * as alien from "@alienplatform/core";
import { consume, onQueueMessage, queue } from "@alienplatform/sdk";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestQueues, type TestQueues } from "../src/index.ts";

const tasks = new alien.Queue("tasks")
  .maxAttempts(3)
  .lease("30s")
  .backoff({ initial: "1m", jitter: "none" })
  .build();
const payments = new alien.Queue("payments").fifo({ group: "account" }).build();
const worker = new alien.Function("worker").trigger(tasks).trigger(payments).timeout("2m").build();
const stack = new alien.Stack("shop").add(tasks).add(payments).add(worker).build();

let queues: TestQueues;
beforeEach(async () => {
  queues = await createTestQueues(stack);
});
afterEach(() => queues.close());

/** Registers a handler that notes the payloads it meets, with their attempts. */
function noting(of: string): [unknown, number][] {
  const seen: [unknown, number][] = [];
  onQueueMessage(of, ({ payload, attempt }) => void seen.push([payload, attempt]));
  return seen;
}

test("failNext fails deliveries before their handler, with backoff and in the end to the dead letters", async () => {
  const seen = noting("tasks");
  await queues.queue("tasks").sendBatch([{ payload: "a" }, { payload: "b" }]);
  queues.failNext("tasks", 1, new RangeError("disk on fire"));
  expect(await queues.drain()).toMatchObject([
    { attempt: 1, outcome: "retry", delayMs: 60_000, error: { code: "RangeError" } },
    { attempt: 1, outcome: "ack" },
  ]);
  expect(seen).toEqual([["b", 1]]);
  queues.failNext(tasks, 2);
  await queues.clock.advance("1m");
  expect(await queues.drain()).toMatchObject([{ attempt: 2, outcome: "retry", delayMs: 120_000 }]);
  await queues.clock.advance("2m");
  expect(await queues.drain()).toMatchObject([{ attempt: 3, outcome: "deadLetter" }]);
  const [dead] = await queues.operate(tasks).dead.list();
  expect(dead).toMatchObject({ attempts: 3, error: { message: "failNext() of the test kit" } });
  expect(seen).toEqual([["b", 1]]);
});

test("failNext counts to maxMessages like any delivery", async () => {
  noting("tasks");
  await queues.queue("tasks").sendBatch([{ payload: "a" }, { payload: "b" }]);
  queues.failNext("tasks");
  expect(await queues.drain({ maxMessages: 1 })).toMatchObject([{ outcome: "retry" }]);
  expect(await queues.drain()).toMatchObject([{ outcome: "ack" }]);
});

test("a receive does not get what failNext fails, and waits on for what comes after", async () => {
  const client = queues.queue("tasks");
  await client.sendBatch([{ payload: "a" }, { payload: "b" }]);
  queues.failNext("tasks");
  const received = await client.receive(10);
  expect(received).toMatchObject([{ payload: "b", attempt: 1 }]);
  await client.ack(received);
  queues.failNext("tasks");
  const waiting = client.receive(10, { wait: "10m" });
  // After a minute "a" fails once more, as asked; two minutes later it is there.
  await queues.clock.advance("3m");
  expect(await waiting).toMatchObject([{ payload: "a", attempt: 3 }]);
});

test("loseAck lets a handler meet the message again when the lease has ended", async () => {
  const seen = noting("tasks");
  await queues.queue("tasks").send({ n: 1 });
  queues.loseAck("tasks");
  expect(await queues.drain()).toMatchObject([{ attempt: 1, outcome: "lost" }]);
  expect(await queues.drain()).toEqual([]);
  await queues.clock.advance("30s");
  expect(await queues.drain()).toMatchObject([{ attempt: 2, outcome: "ack" }]);
  expect(seen).toEqual([
    [{ n: 1 }, 1],
    [{ n: 1 }, 2],
  ]);
  expect(await queues.operate("tasks").stats()).toMatchObject({ ready: 0, inFlight: 0 });
});

test("whoever acknowledges does not see that loseAck took it, and may say it again", async () => {
  const client = queues.queue("tasks");
  await client.sendBatch([{ payload: 1 }, { payload: 2 }]);
  queues.loseAck("tasks", 2);
  const [first, second] = await client.receive(2);
  if (first === undefined || second === undefined) throw new Error("nothing was received");
  await client.ack(first);
  await client.ack("tasks", second.receiptHandle);
  await client.ack(second);
  await queues.clock.advance("30s");
  expect(await client.receive(2)).toMatchObject([{ id: first.id, attempt: 2 }]);
});

test("lost acknowledgements use up the attempts", async () => {
  const seen = noting("tasks");
  await queues.queue("tasks").send({ n: 1 });
  queues.loseAck(tasks, 3);
  await queues.drain({ until: "empty" });
  expect(seen).toHaveLength(3);
  const [dead] = await queues.operate(tasks).dead.list();
  expect(dead?.error.code).toBe("LEASE_EXPIRED");
});

test("duplicate delivers a message once more after its acknowledgement, and nothing tells it from the first", async () => {
  const seen = noting("tasks");
  await queues.queue("tasks").sendBatch([{ payload: 1 }, { payload: 2 }, { payload: 3 }]);
  queues.duplicate("tasks", 2);
  const events = await queues.drain();
  expect(seen.map(([payload]) => payload).sort()).toEqual([1, 1, 2, 2, 3]);
  expect(events.map(({ attempt, outcome }) => [attempt, outcome])).toEqual(
    Array(5).fill([1, "ack"]),
  );
  expect(await queues.operate("tasks").stats()).toMatchObject({ ready: 0, inFlight: 0 });
});

test("duplicate works on received messages, whose acknowledgement may be repeated", async () => {
  const client = queues.queue("tasks");
  const { id } = await client.send({ n: 1 });
  queues.duplicate(tasks);
  const [first] = await client.receive();
  if (first === undefined) throw new Error("nothing was received");
  await client.ack(first);
  await client.ack(first);
  const [again] = await client.receive();
  expect(again).toMatchObject({ id, attempt: 1 });
  if (again !== undefined) await client.ack(again);
  expect(await client.receive()).toEqual([]);
});

test("a duplicate comes before the later messages of its FIFO group", async () => {
  const seen = noting("payments");
  const client = queues.queue("payments");
  await client.send({ account: "a", n: 1 });
  await client.send({ account: "a", n: 2 });
  queues.duplicate("payments");
  await queues.drain();
  expect(seen.map(([payload]) => payload)).toMatchObject([{ n: 1 }, { n: 1 }, { n: 2 }]);
});

test("expireLease ends a receiver's loan: its receipt has expired and the message is back", async () => {
  const client = queues.queue("tasks");
  const { id } = await client.send({ n: 1 });
  const [message] = await client.receive();
  if (message === undefined) throw new Error("nothing was received");
  await queues.expireLease(id);
  await expect(client.ack(message)).rejects.toMatchObject({ code: "RECEIPT_EXPIRED" });
  expect(await client.receive()).toMatchObject([{ id, attempt: 2 }]);
});

test("expireLease aborts the signal of a running handler, whose result is dropped", async () => {
  const reasons: unknown[] = [];
  onQueueMessage("tasks", async ({ id, attempt }, { signal }) => {
    if (attempt > 1) return "second";
    signal.addEventListener("abort", () => reasons.push(signal.reason.code));
    await queues.expireLease(id);
    return "first";
  });
  await queues.queue("tasks").send({ n: 1 });
  expect(await queues.drain()).toMatchObject([
    { attempt: 1, outcome: "lost" },
    { attempt: 2, outcome: "ack", result: "second" },
  ]);
  expect(reasons).toEqual(["LEASE_EXPIRED"]);
});

test("expireLease of what is not on loan says what to do", async () => {
  const { id } = await queues.queue("tasks").send({ n: 1 });
  await expect(queues.expireLease(id)).rejects.toThrow(TypeError);
  const [message] = await queues.queue("tasks").receive();
  expect(message?.id).toBe(id);
  await queues.clock.advance("30s");
  await expect(queues.expireLease(id)).rejects.toMatchObject({ code: "RECEIPT_EXPIRED" });
});

test("faults happen to a consumer of one's own too", async () => {
  const seen = noting("tasks");
  const stop = new AbortController();
  const consuming = consume({ signal: stop.signal });
  queues.failNext("tasks");
  queues.duplicate("tasks");
  await (await queue("tasks")).send("tasks", { n: 1 });
  await queues.clock.advance("1m");
  expect(seen).toEqual([
    [{ n: 1 }, 2],
    [{ n: 1 }, 2],
  ]);
  stop.abort();
  await queues.clock.advance("25s");
  await consuming;
});

test("a count that is none is refused", () => {
  for (const wrong of [0, -1, 1.5, Number.NaN]) {
    expect(() => queues.failNext("tasks", wrong)).toThrow('failNext("tasks", 2)');
    expect(() => queues.loseAck("tasks", wrong)).toThrow('loseAck("tasks", 2)');
    expect(() => queues.duplicate("tasks", wrong)).toThrow('duplicate("tasks", 2)');
  }
  expect(() => queues.failNext("task")).toThrow('no queue "task"');
});
