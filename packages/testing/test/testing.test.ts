import * as alien from "@alienplatform/core";
import { AlienError, onQueueMessage, queue, retry } from "@alienplatform/sdk";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { createTestQueues, type TestQueues, VirtualClock } from "../src/index.ts";

const tasks = new alien.Queue("tasks")
  .schema(z.object({ image: z.string() }))
  .maxAttempts(3)
  .backoff({ initial: "1m", jitter: "none" })
  .build();
const emails = new alien.Queue("emails").build();
const worker = new alien.Function("worker").trigger(tasks).link(emails).build();
const stack = new alien.Stack("images").add(tasks).add(emails).add(worker).build();

let queues: TestQueues;
beforeEach(async () => {
  queues = await createTestQueues(stack);
});
afterEach(() => queues.close());

test("what the sdk sends is handled by the handler that the sdk registered", async () => {
  const seen: string[] = [];
  onQueueMessage(tasks, ({ payload }) => void seen.push(payload.image));
  await (await queue(tasks)).send({ image: "a.png" });
  await queues.queue("tasks").send({ image: "b.png" });
  const events = await queues.drain();
  expect(seen).toEqual(["a.png", "b.png"]);
  expect(events).toMatchObject([
    { queue: "tasks", attempt: 1, outcome: "ack" },
    { queue: "tasks", attempt: 1, outcome: "ack" },
  ]);
});

test("what a handler sends is drained too", async () => {
  const mails: unknown[] = [];
  onQueueMessage("tasks", async () => {
    await (await queue("emails")).send("emails", { to: "ada" });
  });
  onQueueMessage("emails", ({ payload }) => void mails.push(payload));
  await queues.queue(tasks).send({ image: "a.png" });
  expect(await queues.drain()).toHaveLength(2);
  expect(mails).toEqual([{ to: "ada" }]);
});

test("a retry waits for the clock, and its budget ends in the dead letters", async () => {
  onQueueMessage("tasks", () => {
    throw new Error("smtp down");
  });
  await queues.queue(tasks).send({ image: "a.png" });
  expect(await queues.drain()).toMatchObject([{ outcome: "retry", delayMs: 60_000 }]);
  expect(await queues.drain()).toEqual([]);
  await queues.clock.advance("59s");
  expect(await queues.drain()).toEqual([]);
  await queues.clock.advance("1s");
  expect(await queues.drain()).toMatchObject([{ attempt: 2, outcome: "retry" }]);
  await queues.clock.advance("2m");
  expect(await queues.drain()).toMatchObject([{ attempt: 3, outcome: "deadLetter" }]);
  const [dead] = await queues.operate(tasks).dead.list();
  expect(dead?.error).toMatchObject({ code: "Error", message: "smtp down" });
});

test("a delay, a lease and a verdict follow the clock", async () => {
  onQueueMessage("emails", ({ attempt }) =>
    attempt === 2 ? retry("later", { delay: "1d" }) : undefined,
  );
  const client = queues.queue<unknown>("emails");
  await client.sendText("a", { delay: "2h" });
  await queues.clock.advance("2h");
  expect(await client.receive()).toHaveLength(1);
  expect(await queues.drain()).toEqual([]);
  await queues.clock.advance("30s");
  expect(await queues.drain()).toMatchObject([{ attempt: 2, outcome: "retry" }]);
  await queues.clock.advance("1d");
  expect(await queues.drain()).toMatchObject([{ attempt: 3, outcome: "ack" }]);
});

test("drain stops after the messages it was allowed", async () => {
  onQueueMessage("emails", () => undefined);
  await queues.queue("emails").sendBatch([{ payload: 1 }, { payload: 2 }, { payload: 3 }]);
  expect(await queues.drain({ maxMessages: 2 })).toHaveLength(2);
  expect(await queues.drain()).toHaveLength(1);
});

test("sent tells what was sent, handled or not", async () => {
  await queues.queue(emails).send({ to: "ada" }, { attributes: { tenant: "a" }, delay: "5m" });
  await queues.queue(emails).sendText("hello");
  expect(queues.sent(emails)).toMatchObject([
    { payload: { to: "ada" }, kind: "json", attributes: { tenant: "a" }, delayMs: 300_000 },
    { payload: "hello", kind: "text", attributes: {}, delayMs: 0 },
  ]);
  expect(queues.sent("tasks")).toEqual([]);
});

test("a payload that the schema refuses is not sent", async () => {
  // The types forbid it; JavaScript may try.
  const wrong = { image: 1 } as unknown as { image: string };
  await expect(queues.queue(tasks).send(wrong)).rejects.toMatchObject({ code: "PAYLOAD_REFUSED" });
  expect(queues.sent(tasks)).toEqual([]);
});

test("a queue that was not declared is named with the nearest", () => {
  expect(() => queues.queue("task")).toThrow(AlienError);
  expect(() => queues.queue("task")).toThrow('no queue "task"');
});

test("drain without a handler says what to do", async () => {
  await expect(queues.drain()).rejects.toMatchObject({ code: "HANDLER_MISSING" });
});

test("each test has queues of its own and forgets its handlers", async () => {
  onQueueMessage("tasks", () => undefined);
  await queues.queue("emails").sendText("first");
  await queues.close();
  queues = await createTestQueues([emails], { clock: new VirtualClock(Date.UTC(2026, 0, 1)) });
  expect(queues.clock.now()).toBe(Date.UTC(2026, 0, 1));
  await expect(queues.drain()).rejects.toMatchObject({ code: "HANDLER_MISSING" });
  expect(await queues.queue("emails").receive(10)).toEqual([]);
});

test("a handler and a handle that a module keeps go on in the next test", async () => {
  const seen: unknown[] = [];
  await queues.close();
  onQueueMessage("emails", ({ payload }) => void seen.push(payload));
  const kept = await queue("emails");
  for (const text of ["first", "second"]) {
    queues = await createTestQueues(stack);
    await kept.sendText(text);
    await queues.drain();
    await queues.close();
  }
  expect(seen).toEqual(["first", "second"]);
});

test("a dead letter of a queue that names another for them is handled there, with the reason", async () => {
  const failed = new alien.Queue("failed").build();
  const mails = new alien.Queue("mails").maxAttempts(1).deadLetters(failed).build();
  await queues.close();
  const chained = await createTestQueues([mails, failed]);
  onQueueMessage(mails, () => {
    throw new Error("mailbox full");
  });
  const reasons: unknown[] = [];
  onQueueMessage(
    failed,
    ({ dead }) => void reasons.push(`${dead?.source}: ${dead?.error.message}`),
  );
  const { id } = await chained.queue(mails).send({ to: "ada" });
  expect(await chained.drain()).toMatchObject([
    { queue: "mails", id, outcome: "deadLetter" },
    { queue: "failed", id, attempt: 1, outcome: "ack" },
  ]);
  expect(reasons).toEqual(["mails: mailbox full"]);
  await chained.close();
});
