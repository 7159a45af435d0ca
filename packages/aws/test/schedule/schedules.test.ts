import { type Clock, VirtualClock } from "@alienplatform/bindings";
import { expect, onTestFinished, test, vi } from "vitest";
import { SqsQueueDriver } from "../../src/queue/driver.ts";
import { SqsQueueOperator } from "../../src/queue/operator.ts";
import { sqsQueueOf } from "../../src/queue/sqs-queue.ts";
import { LARGEST_INPUT, MOST_COUNTED } from "../../src/schedule/schedules.ts";
import { entryByEntry, openWire } from "../wire/open-wire.ts";
import { FakeScheduler } from "./fake-scheduler.ts";

const role = "arn:aws:iam::123456789012:role/alien/images/dev/eu-west-1/orders";
const START = Date.UTC(2030, 0, 1);

/** A FIFO queue whose SQS and whose Scheduler are the test's. */
async function open() {
  const { wire, binding } = await openWire({ fifo: {} });
  wire.reply = entryByEntry(() => undefined);
  const clock = new VirtualClock(START);
  const scheduler = await FakeScheduler.listen();
  const sent: Readonly<Record<string, unknown>>[] = [];
  scheduler.open("orders", { clock, send: async (input) => void sent.push(input) });
  const { endpoint } = scheduler;
  const queue = sqsQueueOf({
    ...binding,
    address: { ...binding.address, scheduler: { group: "orders", role, endpoint } },
  });
  const driver = new SqsQueueDriver(queue, clock);
  onTestFinished(async () => {
    await driver.close();
    await scheduler.close();
  });
  const message = (n: number, more: object = {}) => ({
    ...{ id: String(n).padStart(26, "0"), body: `"${n}"`, headers: { kind: "json" as const } },
    ...{ sentAt: clock.now(), group: "a", ...more },
  });
  return { wire, clock, scheduler, sent, queue, driver, message };
}

const DAY_MS = 86_400_000;

test("a delay is one schedule at its second or the next one, of the same message that is sent without", async () => {
  const { driver, scheduler, message, wire, queue } = await open();
  const results = await driver.send([message(1), message(1, { delayMs: 2 * DAY_MS + 1 })]);
  expect(results.map(({ ok }) => ok)).toEqual([true, true]);
  const [{ name, input } = { name: "", input: undefined }] = scheduler.made;
  expect(name).toBe(message(1).id);
  expect(input).toMatchObject({
    ClientToken: name,
    GroupName: "orders",
    ScheduleExpression: "at(2030-01-03T00:00:01)",
    ScheduleExpressionTimezone: "UTC",
    FlexibleTimeWindow: { Mode: "OFF" },
    ActionAfterCompletion: "DELETE",
    Target: { Arn: "arn:aws:scheduler:::aws-sdk:sqs:sendMessage", RoleArn: role },
  });
  const [direct] = wire.calls.flatMap(({ entries }) => entries);
  const { QueueUrl, MessageAttributes, ...content } = JSON.parse(input?.Target.Input ?? "");
  const { Id: _, MessageAttributes: attributes, ...same } = direct ?? { Id: "" };
  expect(QueueUrl).toBe(queue.url);
  expect(content).toEqual(same);
  // A second that AWS is early is waited for by whoever has a table.
  const envelope = (of: typeof attributes) => JSON.parse(of?.alien?.StringValue ?? "");
  expect(envelope(MessageAttributes)).toEqual({
    ...envelope(attributes),
    dueAt: START + 2 * DAY_MS + 1,
  });
});

test("what waited so long at home that it is due is sent at once", async () => {
  const { driver, scheduler, message, clock, wire } = await open();
  const late = message(1, { delayMs: 10_000 });
  await clock.advance(10_000);
  expect(await driver.send([late])).toMatchObject([{ ok: true }]);
  expect(scheduler.calls).toEqual([]);
  expect(wire.calls).toHaveLength(1);
});

test("a send whose answer was lost is repeated, and there is one message", async () => {
  const { driver, scheduler, message, sent, clock } = await open();
  scheduler.fault = () => "lost answer";
  const delayed = message(1, { delayMs: DAY_MS });
  expect(await driver.send([delayed])).toMatchObject([
    { ok: false, error: { code: "SERVICE_UNAVAILABLE", retryable: true } },
  ]);
  scheduler.fault = undefined;
  await clock.advance(1_500);
  expect(await driver.send([delayed])).toMatchObject([{ ok: true }]);
  await clock.advance(DAY_MS);
  expect(sent).toHaveLength(1);
});

test("a schedule of the message that is there is that message; any other conflict passes", async () => {
  const { driver, scheduler, message } = await open();
  const conflict = { status: 409, error: "ConflictException" };
  scheduler.fault = () => ({ ...conflict, message: "Schedule 0001 already exists." });
  expect(await driver.send([message(1, { delayMs: DAY_MS })])).toMatchObject([{ ok: true }]);
  scheduler.fault = () => ({ ...conflict, message: "The group is being deleted." });
  expect(await driver.send([message(2, { delayMs: DAY_MS })])).toMatchObject([
    { ok: false, error: { code: "NOT_READY", retryable: true } },
  ]);
});

test("a machine whose clock is behind AWS's delays by AWS's clock", async () => {
  const { driver, scheduler, message, clock } = await open();
  // The scheduler refuses what its own clock calls past, and its answers say what that is.
  scheduler.open("orders", {
    clock: new VirtualClock(START + 60_000),
    send: async () => undefined,
  });
  expect(await driver.send([message(1, { delayMs: 1_000 })])).toMatchObject([{ ok: true }]);
  expect(scheduler.made.map(({ at }) => at)).toEqual([START + 65_000]);
  expect(clock.now()).toBe(START);
  // Whatever else is not valid is said.
  const date = START;
  scheduler.fault = () => ({ status: 400, error: "ValidationException", date });
  expect(await driver.send([message(2, { delayMs: DAY_MS })])).toMatchObject([
    { ok: false, error: { code: "DRIVER_FAILED" } },
  ]);
});

test("each of a batch has its own answer, and what is not delayed waits for none", async () => {
  const { driver, scheduler, message } = await open();
  let calls = 0;
  scheduler.fault = () =>
    calls++ === 0 ? { status: 429, error: "ThrottlingException" } : undefined;
  const results = await driver.send([message(1), message(2, { delayMs: DAY_MS }), message(3)]);
  expect(results).toMatchObject([
    { ok: true, id: message(1).id },
    { ok: false, error: { code: "THROTTLED", retryable: true } },
    { ok: true, id: message(3).id },
  ]);
});

test("one that is too large for a schedule is refused with its size, and would go without a delay", async () => {
  const { driver, scheduler, message } = await open();
  const body = JSON.stringify("x".repeat(LARGEST_INPUT));
  const results = await driver.send([message(1, { body, delayMs: 1_000 }), message(2, { body })]);
  expect(results).toMatchObject([
    {
      ok: false,
      error: {
        code: "MESSAGE_TOO_LARGE",
        details: { limit: LARGEST_INPUT, service: "EventBridge Scheduler" },
        fix: expect.stringContaining("without a delay"),
      },
    },
    { ok: true },
  ]);
  expect(scheduler.calls).toEqual([]);
});

test("a keyword of Scheduler stays what it is, in a body, a text, an attribute and a group", async () => {
  const { driver, message, clock, sent } = await open();
  const keyword = "<aws.scheduler.execution-id>";
  const attributes = { [keyword]: keyword };
  await driver.send([
    message(1, {
      body: JSON.stringify({ keyword }),
      group: keyword,
      delayMs: 1_000,
      headers: { kind: "json", attributes },
    }),
    message(2, { body: keyword, delayMs: 1_000, headers: { kind: "text", attributes } }),
  ]);
  await clock.advance(2_000);
  expect(sent).toHaveLength(2);
  expect(JSON.stringify(sent)).not.toContain("replaced");
  expect(sent.map(({ MessageBody }) => MessageBody)).toContain(
    JSON.stringify({ keyword }).replace("<", "\\u003c"),
  );
});

test("purge takes what is delayed too, and stats count it up to a bound", async () => {
  const { driver, scheduler, message, wire, queue, clock } = await open();
  const operator = new SqsQueueOperator(queue, { clock });
  for (let batch = 0; batch < 25; batch++) {
    const ten = Array.from({ length: 10 }, (_, n) => message(batch * 10 + n, { delayMs: DAY_MS }));
    await driver.send(ten);
  }
  wire.reply = () => ({ answer: { Attributes: { ApproximateNumberOfMessages: "2" } } });
  expect(await operator.stats()).toMatchObject({ ready: 2, delayed: 250 });
  expect(await operator.purge()).toBe(252);
  expect(scheduler.waiting("orders")).toEqual([]);
  expect(wire.of("PurgeQueue")).toHaveLength(1);
  // One that became due meanwhile is purged by SQS.
  await driver.send([message(1, { delayMs: DAY_MS })]);
  scheduler.fault = (call) =>
    call === "DeleteSchedule" ? { status: 404, error: "ResourceNotFoundException" } : undefined;
  await operator.purge();
  scheduler.fault = (call) =>
    call === "DeleteSchedule" ? { status: 403, error: "AccessDeniedException" } : undefined;
  await expect(operator.purge()).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
  await operator.close();
});

/** A clock that waits for nothing, and what it was asked to wait for. */
function leaping(): { readonly clock: Clock; readonly waits: readonly number[] } {
  const waits: number[] = [];
  const schedule = (delayMs: number, run: () => void) => {
    waits.push(delayMs);
    const soon = setImmediate(run);
    return () => clearImmediate(soon);
  };
  return { clock: { now: () => START, schedule }, waits };
}

/** Two hundred delayed messages, and who purges them by a clock that waits for nothing. */
async function openPurge() {
  const opened = await open();
  const { wire, queue, driver, message } = opened;
  for (let batch = 0; batch < 20; batch++) {
    const ten = Array.from({ length: 10 }, (_, n) => message(batch * 10 + n, { delayMs: DAY_MS }));
    await driver.send(ten);
  }
  wire.reply = () => ({ answer: { Attributes: {} } });
  const { clock, waits } = leaping();
  const operator = new SqsQueueOperator(queue, { clock });
  onTestFinished(() => operator.close());
  return { ...opened, operator, waits };
}

test("a purge that is throttled waits, and goes on until all is gone", async () => {
  const { scheduler, operator, waits, wire } = await openPurge();
  let calls = 0;
  scheduler.fault = () =>
    calls++ % 2 === 0 ? { status: 429, error: "ThrottlingException" } : undefined;
  expect(await operator.purge()).toBe(200);
  expect(scheduler.waiting("orders")).toEqual([]);
  expect(waits.length).toBeGreaterThanOrEqual(200);
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(100);
  expect(wire.of("PurgeQueue")).toHaveLength(1);
});

test("a purge that is throttled for good says what it did, and can be repeated", async () => {
  const { scheduler, operator, wire } = await openPurge();
  let deletes = 0;
  scheduler.fault = (call) =>
    call === "DeleteSchedule" && ++deletes > 50
      ? { status: 429, error: "ThrottlingException", message: "Rate exceeded" }
      : undefined;
  await expect(operator.purge()).rejects.toMatchObject({
    code: "THROTTLED",
    retryable: true,
    message:
      'purging queue "tasks" failed: ThrottlingException: Rate exceeded; at least 50 of 200 delayed messages are deleted, and nothing else of the queue',
    fix: expect.stringMatching(/DeleteSchedule\. Then purge again: it takes what is left\.$/),
    details: { deleted: 50, delayed: 200 },
  });
  expect(wire.of("PurgeQueue")).toEqual([]);
  scheduler.fault = undefined;
  await operator.purge();
  expect(scheduler.waiting("orders")).toEqual([]);
  expect(wire.of("PurgeQueue")).toHaveLength(1);
});

test("a purge of which one delete is refused for good begins no other", async () => {
  const { scheduler, operator, queue } = await openPurge();
  let deletes = 0;
  scheduler.fault = (call) =>
    call === "DeleteSchedule" && ++deletes === 5
      ? { status: 403, error: "AccessDeniedException" }
      : undefined;
  await expect(operator.purge()).rejects.toMatchObject({
    code: "PERMISSION_DENIED",
    details: { delayed: 200 },
  });
  // As many round trips as lanes that went on would need to delete them all.
  for (let trip = 0; trip < 50; trip++) await queue.schedules?.count();
  expect(scheduler.waiting("orders").length).toBeGreaterThan(150);
});

test("a thousand are counted, and no more are asked for", async () => {
  const { scheduler, queue } = await open();
  vi.spyOn(scheduler, "waiting").mockReturnValue(Array.from({ length: 5_000 }, (_, n) => `n${n}`));
  expect(await queue.schedules?.count()).toBe(MOST_COUNTED);
  expect(scheduler.calls).toHaveLength(MOST_COUNTED / 100);
});

test("without a scheduler in its binding a FIFO queue has no delay", async () => {
  const { driver } = await openWire({ fifo: {} });
  expect(driver.capabilities.delayMaxMs).toBe(0);
});
