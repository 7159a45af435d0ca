import { QueueClient, type Settlement } from "@alienplatform/bindings";
import { ReferenceDriver } from "@alienplatform/bindings/conformance";
import { Queue } from "@alienplatform/core";
import { deadLetter, onQueueMessage, queue, retry } from "@alienplatform/sdk";
import { makeTelemetry, observeQueues } from "@alienplatform/sdk/otel";
import { metrics } from "@opentelemetry/api";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { Measured } from "./measured.ts";
import { Traced } from "./setting.ts";

let traced: Traced;
let measured: Measured;

beforeEach(() => {
  traced = new Traced();
  // Metrics do without traces.
  traced.unregister();
  measured = new Measured();
});

afterEach(async () => {
  traced.close();
  await measured.close();
});

test("sends are counted by how they ended, and measured", async () => {
  const tasks = await queue("tasks");
  await tasks.send({ n: 1 });
  await tasks.send({ n: 2 }, { idempotencyKey: "k" });
  await tasks.send({ n: 2 }, { idempotencyKey: "k" });
  await tasks.sendBatch([{ payload: 1 }, { payload: 2, idempotencyKey: "k" }, { payload: 1n }]);
  await expect(tasks.sendText("x".repeat(70_000))).rejects.toThrow();
  expect(await measured.lines()).toEqual([
    "alien.queue.deduplicated {operation=send} 2",
    "messaging.client.operation.duration {operation=send error.type=MESSAGE_TOO_LARGE} x1",
    "messaging.client.operation.duration {operation=send error.type=PAYLOAD_INVALID} x1",
    "messaging.client.operation.duration {operation=send} x3",
    "messaging.client.sent.messages {operation=send error.type=MESSAGE_TOO_LARGE} 1",
    "messaging.client.sent.messages {operation=send error.type=PAYLOAD_INVALID} 1",
    "messaging.client.sent.messages {operation=send} 5",
  ]);
  expect(traced.store("tasks").waiting()[0]?.message.headers).toEqual({ kind: "json" });
});

test("handlers are counted by how they ended, and measured", async () => {
  onQueueMessage("tasks", ({ payload, attempt }) => {
    if (attempt === 2) return undefined;
    if (payload === "bad") throw new RangeError("too wide");
    return payload === "later" ? retry("smtp down") : deadLetter("no such account");
  });
  const tasks = await queue<string>("tasks");
  for (const payload of ["bad", "later", "never"]) await tasks.sendText(payload);
  await traced.consume(() => traced.clock.advance(60_000));
  const lines = await measured.lines();
  expect(lines.filter((line) => line.includes("operation=process"))).toEqual([
    "alien.queue.dead_lettered {operation=process reason=HANDLER_FAILED} 1",
    "alien.queue.retries {operation=process} 2",
    "alien.queue.time_in_queue {operation=process} x5",
    "messaging.client.consumed.messages {operation=process} 5",
    "messaging.process.duration {operation=process error.type=HANDLER_FAILED} x2",
    "messaging.process.duration {operation=process error.type=RangeError} x1",
    "messaging.process.duration {operation=process} x2",
  ]);
});

test("a lost lease is counted", async () => {
  class Forgetful extends ReferenceDriver {
    protected override async extend() {
      return [];
    }
  }
  traced.close();
  traced = new Traced({ driver: Forgetful, leaseMs: 10_000 });
  onQueueMessage("tasks", ({ attempt }) => attempt === 2 || new Promise(() => undefined));
  await (await queue("tasks")).send({ n: 1 });
  await traced.consume(() => traced.clock.advance(10_000));
  expect(await measured.lines()).toContain("alien.queue.lease_lost {operation=process} 1");
});

test("what a receiver does is counted and measured, and an empty poll is not", async () => {
  const tasks = await queue("tasks");
  await tasks.sendBatch([{ payload: 1 }, { payload: 2 }, { payload: 3 }]);
  const [first, second, third] = await tasks.receive(10);
  if (first && second && third) {
    await tasks.ack([first]);
    await tasks.nack(second, { delay: "1h" });
    await tasks.deadLetter(third, "unreadable");
    await tasks.extend(first, "1m").catch(() => undefined);
  }
  await tasks.receive();
  const lines = await measured.lines();
  expect(lines.filter((line) => !line.includes("operation=send"))).toEqual([
    "alien.queue.dead_lettered {operation=deadLetter reason=HANDLER_FAILED} 1",
    "alien.queue.lease_lost {operation=extend} 1",
    "alien.queue.retries {operation=nack} 1",
    "messaging.client.consumed.messages {operation=receive} 3",
    "messaging.client.operation.duration {operation=ack} x1",
    "messaging.client.operation.duration {operation=deadLetter} x1",
    "messaging.client.operation.duration {operation=extend error.type=RECEIPT_EXPIRED} x1",
    "messaging.client.operation.duration {operation=nack} x1",
    "messaging.client.operation.duration {operation=receive} x1",
  ]);
});

test("what a receiver cannot read is counted among the dead letters", async () => {
  const { schema } = new Queue("tasks").schema(z.number()).build();
  const { driver, options, clock } = traced.parts("tasks");
  const telemetry = makeTelemetry({ queue: "tasks", system: "test", maxAttempts: 3, clock });
  await (await queue("tasks")).send({ n: 1 });
  const client = new QueueClient(driver, { queue: "tasks", options, schema, clock, telemetry });
  expect(await client.receive()).toEqual([]);
  expect(await measured.lines()).toContain(
    "alien.queue.dead_lettered {operation=receive reason=PAYLOAD_REFUSED} 1",
  );
});

test("a handler's duration is in seconds, without the settlement that follows it", async () => {
  let now = 1_000;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  class Slow extends ReferenceDriver {
    protected override settle(batch: readonly Settlement[]) {
      now += 5_000;
      return super.settle(batch);
    }
  }
  traced.close();
  traced = new Traced({ driver: Slow });
  traced.unregister();
  onQueueMessage("tasks", () => {
    now += 250;
  });
  await (await queue("tasks")).send({ n: 1 });
  await traced.consume();
  vi.restoreAllMocks();
  expect((await measured.histogram("messaging.process.duration")).sum).toBe(0.25);
});

test("durations are in the buckets that the conventions advise", async () => {
  onQueueMessage("tasks", () => undefined);
  await (await queue("tasks")).send({ n: 1 });
  await traced.consume();
  const ends = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
  const expected = { unit: "s", ends };
  expect(await measured.histogram("messaging.client.operation.duration")).toMatchObject(expected);
  expect(await measured.histogram("messaging.process.duration")).toMatchObject(expected);
  expect((await measured.histogram("alien.queue.time_in_queue")).ends?.at(-1)).toBe(86_400);
});

test("a count that the platform does not tell is no point of the gauge", async () => {
  metrics.disable();
  await measured.close();
  measured = new Measured();
  const coarse = { stats: () => Promise.resolve({ ready: 4, dead: 0 }) };
  const end = observeQueues({ coarse });
  onTestFinished(end);
  expect(await measured.lines()).toEqual([
    "alien.queue.messages {state=dead} 0",
    "alien.queue.messages {state=ready} 4",
    "alien.queue.oldest_age {} 0",
  ]);
});

test("how full a queue is can be observed through its operator, until that is ended", async () => {
  const tasks = await queue("tasks");
  await tasks.sendBatch([{ payload: 1 }, { payload: 2 }, { payload: 3, delay: "1h" }]);
  await traced.clock.advance(2_500);
  await tasks.receive();
  metrics.disable();
  await measured.close();
  measured = new Measured();
  let reads = 0;
  class Counted extends ReferenceDriver {
    override stats() {
      reads++;
      return super.stats();
    }
  }
  const broken = { stats: () => Promise.reject(new Error("unreachable")) };
  const end = observeQueues({ broken, tasks: new Counted(traced.store("tasks")) });
  expect(await measured.lines()).toEqual([
    "alien.queue.messages {state=dead} 0",
    "alien.queue.messages {state=delayed} 1",
    "alien.queue.messages {state=in_flight} 1",
    "alien.queue.messages {state=ready} 1",
    "alien.queue.oldest_age {} 2.5",
  ]);
  end();
  await measured.lines();
  expect(reads).toBe(1);
});
