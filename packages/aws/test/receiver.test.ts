import { Consumer } from "@alienplatform/bindings";
import { expect, test } from "vitest";
import { openWire, received } from "./wire/open-wire.ts";
import type { WireAnswer, WireCall } from "./wire/sqs-wire.ts";

const credit = 10;

/** Answers long polls when told, and all else at once. */
function held() {
  const waiting: ((answer: WireAnswer) => void)[] = [];
  return {
    reply: ({ input, entries }: WireCall): WireAnswer | Promise<WireAnswer> =>
      Number(input.WaitTimeSeconds) > 0
        ? new Promise((resolve) => waiting.push(resolve))
        : { answer: { Successful: entries.map(({ Id }) => ({ Id })) } },
    answer: (...bodies: string[]) => {
      const Messages = bodies.map((body) => received(body, { ReceiptHandle: body }));
      waiting.shift()?.({ answer: { Messages } });
    },
  };
}

test("a poll asks for what is needed of each message, and lends for the lease", async () => {
  const { wire, driver, queue } = await openWire();
  const receiver = await driver.open({ credit, leaseMs: 45_500 });
  expect(await receiver.take(100, 0)).toEqual([]);
  expect(wire.calls).toEqual([
    {
      action: "ReceiveMessage",
      entries: [],
      input: {
        QueueUrl: queue.url,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 0,
        VisibilityTimeout: 46,
        MessageAttributeNames: ["alien", "alien.group"],
        MessageSystemAttributeNames: ["ApproximateReceiveCount", "SentTimestamp", "MessageGroupId"],
      },
    },
  ]);
});

test("a wait is as many polls as it needs, in whole seconds, of at most twenty", async () => {
  const { wire, driver, clock } = await openWire();
  wire.reply = async ({ input }) => {
    await clock.advance(`${Number(input.WaitTimeSeconds)}s`);
    return { answer: {} };
  };
  const receiver = await driver.open({ credit, leaseMs: 30_000 });
  expect(await receiver.take(1, 50_500)).toEqual([]);
  expect(wire.calls.map(({ input }) => input.WaitTimeSeconds)).toEqual([20, 20, 11]);
});

test("a message is lent until its lease ends, counted from when it came", async () => {
  const { wire, driver, clock } = await openWire();
  wire.reply = () => ({ answer: { Messages: [received("a")] } });
  const receiver = await driver.open({ credit, leaseMs: 30_000 });
  expect(await receiver.take(1, 0)).toMatchObject([
    { body: "a", receipt: "receipt", attempt: 1, leaseUntil: clock.now() + 30_000 },
  ]);
});

test("what a taker that left would have got is the next one's", async () => {
  const { wire, driver } = await openWire();
  const { reply, answer } = held();
  wire.reply = reply;
  const receiver = await driver.open({ credit, leaseMs: 30_000 });
  const controller = new AbortController();
  const first = receiver.take(10, 20_000, controller.signal);
  await wire.arrived(1);
  controller.abort();
  expect(await first).toEqual([]);
  const second = receiver.take(10, 20_000);
  answer("a", "b");
  expect((await second).map(({ body }) => body)).toEqual(["a", "b"]);
  expect(wire.calls, "another poll was begun, or something given back").toHaveLength(1);
});

test("what comes for nobody is held for the next taker, then given back", async () => {
  const { wire, driver, clock } = await openWire();
  const { reply, answer } = held();
  wire.reply = reply;
  const receiver = await driver.open({ credit, leaseMs: 30_000 });
  const controller = new AbortController();
  const left = receiver.take(10, 20_000, controller.signal);
  await wire.arrived(1);
  controller.abort();
  await left;
  answer("a", "b");
  // A take without a wait asks by itself, until the poll that was left has brought something.
  let taken = await receiver.take(1, 0);
  while (taken.length === 0) taken = await receiver.take(1, 0);
  expect(taken.map(({ body }) => body)).toEqual(["a"]);
  const { length } = wire.calls;
  await clock.advance("5s");
  await wire.arrived(length + 1);
  expect(wire.calls.at(-1)).toMatchObject({
    action: "ChangeMessageVisibilityBatch",
    entries: [{ ReceiptHandle: "b", VisibilityTimeout: 0 }],
  });
});

test("closing waits for no poll; what one brings later goes back at once", async () => {
  const { wire, driver } = await openWire();
  const { reply, answer } = held();
  wire.reply = reply;
  const receiver = await driver.open({ credit, leaseMs: 30_000 });
  const controller = new AbortController();
  const left = receiver.take(10, 20_000, controller.signal);
  await wire.arrived(1);
  controller.abort();
  await left;
  await receiver.close();
  expect(wire.calls).toHaveLength(1);
  answer("late");
  await wire.arrived(2);
  expect(wire.calls.at(-1)).toMatchObject({
    action: "ChangeMessageVisibilityBatch",
    entries: [{ ReceiptHandle: "late", VisibilityTimeout: 0 }],
  });
});

test("an idle consumer ends at once, and the end of its driver breaks its poll off", async () => {
  const { wire, driver, clock, binding } = await openWire();
  wire.reply = () => "silence";
  const options = { ...binding.options, leaseMs: 30_000 };
  const handling = { queue: "tasks", options, handler: () => undefined, random: () => 0.5 };
  const consumer = new Consumer(driver, {
    clock,
    handling: { ...handling, onInvalid: "deadLetter", log: () => undefined },
  });
  consumer.start();
  await wire.arrived(1);
  expect(wire.calls[0]?.input.WaitTimeSeconds).toBe(20);
  await consumer.drain(25_000);
  await driver.close();
  await wire.brokenOff(1);
});

test("a poll that fails is the failure of its taker, named", async () => {
  const { wire, driver } = await openWire();
  wire.reply = () => ({ error: "OverLimit", status: 403 });
  const receiver = await driver.open({ credit, leaseMs: 30_000 });
  await expect(receiver.take(1, 1_000)).rejects.toMatchObject({
    code: "THROTTLED",
    retryable: true,
    message: expect.stringContaining('receiving from queue "tasks"'),
  });
});

test("polls that wait, however many, hold up no send", async () => {
  const { wire, driver } = await openWire();
  const { reply, answer } = held();
  wire.reply = reply;
  const receiver = await driver.open({ credit, leaseMs: 30_000 });
  const takes = Array.from({ length: 60 }, () => receiver.take(1, 20_000));
  await wire.arrived(60);
  await driver.send([{ id: "1", body: "a", headers: { kind: "text" }, sentAt: 0 }]);
  expect(wire.of("SendMessageBatch")).toHaveLength(1);
  for (const _ of takes) answer("end");
  await Promise.all(takes);
});

test("a FIFO queue is asked for one message a request, for more as long as there are more groups", async () => {
  const { wire, driver } = await openWire({ fifo: {} });
  let groups = 6;
  wire.reply = () => {
    const group = `g${groups--}`;
    const Attributes = { MessageGroupId: group, ApproximateReceiveCount: "1" };
    return { answer: { Messages: group > "g0" ? [received(group, { Attributes })] : [] } };
  };
  const receiver = await driver.open({ credit, leaseMs: 30_000 });
  const taken = await receiver.take(10, 20_000);
  expect(taken.map(({ group }) => group)).toEqual(["g6", "g5", "g4", "g3", "g2", "g1"]);
  expect(wire.calls.map(({ input }) => [input.MaxNumberOfMessages, input.WaitTimeSeconds])).toEqual(
    [[1, 20], ...Array(7).fill([1, 0])],
  );
});

test("what a FIFO queue gave is handed over where the next request fails", async () => {
  const { wire, driver } = await openWire({ fifo: {} });
  wire.reply = () =>
    wire.calls.length === 1
      ? { answer: { Messages: [received("first")] } }
      : { error: "ServiceUnavailable", status: 503 };
  const receiver = await driver.open({ credit, leaseMs: 30_000 });
  expect((await receiver.take(10, 0)).map(({ body }) => body)).toEqual(["first"]);
});
