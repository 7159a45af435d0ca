import type { Outcome, Settlement, SettleResult } from "@alienplatform/bindings";
import { expect, test } from "vitest";
import { type SqsDelivery, toDelivery } from "../src/queue/message.ts";
import { SqsSettler } from "../src/queue/settler.ts";
import { placeOf } from "../src/queue/sqs-queue.ts";
import { entryByEntry, type OpenWire, openWire, received } from "./wire/open-wire.ts";

const error = { code: "RangeError", message: "no such page" };
const ack: Outcome = { kind: "ack" };
const release: Outcome = { kind: "release" };
const deadLetter: Outcome = { kind: "deadLetter", error };
const retry = (delayMs: number): Outcome => ({ kind: "retry", delayMs, error });

function lent({ queue }: OpenWire, receipt: string, more: Partial<SqsDelivery> = {}): SqsDelivery {
  const message = received(`body of ${receipt}`, { ReceiptHandle: receipt, MessageId: receipt });
  return { ...toDelivery(message, placeOf(queue)), ...more };
}

function settlements(open: OpenWire, outcomes: readonly Outcome[]): Settlement[] {
  return outcomes.map((outcome, index) => ({ delivery: lent(open, `r${index}`), outcome }));
}

function verdicts(results: readonly SettleResult[]): string[] {
  return results.map((result) => {
    if (result.ok) return `done, ${result.applied}`;
    return result.error.retryable ? `${result.error.code}, again` : result.error.code;
  });
}

async function opened(options: Parameters<typeof openWire>[0] = {}) {
  const open = await openWire(options);
  open.wire.reply = entryByEntry(() => undefined);
  return { ...open, settler: new SqsSettler(open.queue, open.clock) };
}

test("outcomes of every kind share their calls, each answered in its own place", async () => {
  const open = await opened();
  const { wire, settler } = open;
  const failing = new Set(["r1", "r4"]);
  wire.reply = entryByEntry(({ ReceiptHandle = "" }) =>
    failing.has(ReceiptHandle) ? { Code: "InternalError", SenderFault: false } : undefined,
  );
  const batch = settlements(open, [ack, retry(1_500), deadLetter, release, ack, retry(0)]);
  expect(verdicts(await settler.settle(batch))).toEqual([
    "done, unknown",
    "SERVICE_UNAVAILABLE, again",
    "done, unknown",
    "done, unknown",
    "SERVICE_UNAVAILABLE, again",
    "done, unknown",
  ]);
  const shown = wire
    .of("ChangeMessageVisibilityBatch")
    .map(({ entries }) =>
      entries.map(({ ReceiptHandle, VisibilityTimeout }) => [ReceiptHandle, VisibilityTimeout]),
    );
  expect(shown).toEqual([
    [
      ["r1", 2],
      ["r3", 0],
      ["r5", 0],
    ],
  ]);
  const deleted = wire
    .of("DeleteMessageBatch")
    .map(({ entries }) => entries.map(({ ReceiptHandle }) => ReceiptHandle));
  expect(deleted).toEqual([["r0", "r4"], ["r2"]]);
});

test("more than ten are settled in calls of ten", async () => {
  const open = await opened();
  const results = await open.settler.settle(settlements(open, Array(25).fill(ack)));
  expect(results).toHaveLength(25);
  expect(open.wire.calls.map(({ entries }) => entries.length).sort()).toEqual([10, 10, 5]);
});

test("nothing is called for nothing", async () => {
  const { wire, settler } = await opened();
  expect(await settler.settle([])).toEqual([]);
  expect(await settler.extend([], 1_000)).toEqual([]);
  expect(wire.calls).toEqual([]);
});

test("a call that fails is a failure of its own settlements alone", async () => {
  const open = await opened();
  const ok = open.wire.reply;
  open.wire.reply = (call) =>
    call.action === "DeleteMessageBatch" ? { error: "ServiceUnavailable", status: 503 } : ok(call);
  expect(verdicts(await open.settler.settle(settlements(open, [ack, retry(0), ack])))).toEqual([
    "SERVICE_UNAVAILABLE, again",
    "done, unknown",
    "SERVICE_UNAVAILABLE, again",
  ]);
});

test("a retry never waits beyond the twelve hours that SQS lends a message for", async () => {
  const open = await opened();
  const { settler, clock, wire } = open;
  const old = lent(open, "old", { receivedAt: clock.now() });
  const unknown = lent(open, "unknown");
  await clock.advance("90m");
  const fresh = lent(open, "fresh", { receivedAt: clock.now() });
  const hours = 12 * 3_600_000;
  await settler.settle(
    [fresh, old, unknown].map((delivery) => ({ delivery, outcome: retry(hours) })),
  );
  expect(wire.calls[0]?.entries.map((entry) => entry.VisibilityTimeout)).toEqual([
    43_200, 37_800, 43_200,
  ]);
});

test("what is not on loan any more is given back already", async () => {
  const open = await opened();
  open.wire.reply = entryByEntry(() => ({ Code: "MessageNotInflight", SenderFault: true }));
  expect(verdicts(await open.settler.settle(settlements(open, [release, retry(1)])))).toEqual([
    "done, false",
    "done, false",
  ]);
});

test.each([
  ["ReceiptHandleIsInvalid", "The input receipt handle is invalid."],
  [
    "InvalidParameterValue",
    `Value ${"AQEB".repeat(40)} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`,
  ],
])(
  "an ack that SQS refuses with %s has an expired receipt, which is not told",
  async (Code, Message) => {
    const open = await opened();
    open.wire.reply = entryByEntry(() => ({ Code, Message, SenderFault: true }));
    const [result] = await open.settler.settle(settlements(open, [ack]));
    expect(result).toMatchObject({
      ok: false,
      error: { code: "RECEIPT_EXPIRED", retryable: false },
    });
    expect(JSON.stringify(result)).not.toContain("AQEBAQEB");
  },
);

test("leases are extended together, in whole seconds, each answered in its own place", async () => {
  const open = await opened();
  const { wire, settler } = open;
  const faults = [
    undefined,
    { Code: "MessageNotInflight", SenderFault: true },
    {
      Code: "InvalidParameterValue",
      SenderFault: true,
      Message:
        "Value 30 for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [43200 seconds]",
    },
  ];
  wire.reply = entryByEntry((_, index) => faults[index]);
  const deliveries = ["a", "b", "c"].map((name) => lent(open, name));
  const results = await settler.extend(deliveries, 29_001);
  expect(verdicts(results)).toEqual(["done, unknown", "RECEIPT_EXPIRED", "UNSUPPORTED"]);
  expect(wire.calls).toHaveLength(1);
  expect(wire.calls[0]?.entries.map((entry) => entry.VisibilityTimeout)).toEqual([30, 30, 30]);
});

test("a dead letter is stored with its death before its message is deleted", async () => {
  const open = await opened();
  const { wire, settler, queue, clock } = open;
  const delivery = lent(open, "r", { attempt: 4 });
  expect(verdicts(await settler.settle([{ delivery, outcome: deadLetter }]))).toEqual([
    "done, unknown",
  ]);
  expect(wire.calls.map(({ action, input }) => [action, input.QueueUrl])).toEqual([
    ["SendMessageBatch", queue.deadLetterUrl],
    ["DeleteMessageBatch", queue.url],
  ]);
  const [letter] = wire.calls[0]?.entries ?? [];
  expect(letter?.MessageBody).toBe("body of r");
  expect(JSON.parse(letter?.MessageAttributes?.alien?.StringValue ?? "")).toMatchObject({
    id: "r",
    kind: "text",
    // The fourth delivery of a budget of three was never handled.
    dead: { source: "tasks", attempts: 3, deadAt: clock.now(), error },
  });
});

test("what could not be stored among the dead letters is not deleted", async () => {
  const open = await opened();
  const { wire, settler } = open;
  wire.reply = entryByEntry(({ MessageBody }) =>
    MessageBody === "body of r0" ? { Code: "InternalError", SenderFault: false } : undefined,
  );
  const results = await settler.settle(settlements(open, [deadLetter, deadLetter]));
  expect(verdicts(results)).toEqual(["SERVICE_UNAVAILABLE, again", "done, unknown"]);
  expect(
    wire.of("DeleteMessageBatch").flatMap(({ entries }) => entries.map((e) => e.ReceiptHandle)),
  ).toEqual(["r1"]);
});

test("a dead letter that is stored is not stored again where only its deletion is repeated", async () => {
  const open = await opened();
  const { wire, settler } = open;
  const batch = settlements(open, [deadLetter]);
  const ok = wire.reply;
  wire.reply = (call) =>
    call.action === "DeleteMessageBatch" ? { error: "ServiceUnavailable", status: 503 } : ok(call);
  expect(verdicts(await settler.settle(batch))).toEqual(["SERVICE_UNAVAILABLE, again"]);
  wire.reply = ok;
  expect(verdicts(await settler.settle(batch))).toEqual(["done, unknown"]);
  expect(wire.calls.map(({ action }) => action)).toEqual([
    "SendMessageBatch",
    "DeleteMessageBatch",
    "DeleteMessageBatch",
  ]);
});

test("in FIFO queues one death is stored once under its own mark, the next one under another", async () => {
  const open = await opened({ fifo: {} });
  const { wire, queue, clock } = open;
  const bury = async (receipt: string) => {
    const delivery = lent(open, receipt, { id: "one", group: "a" });
    // Another process, or a settlement whose answer was lost.
    await new SqsSettler(queue, clock).settle([{ delivery, outcome: deadLetter }]);
    return wire.of("SendMessageBatch").at(-1)?.entries[0];
  };
  const [first, again, next] = [await bury("r1"), await bury("r1"), await bury("r2")];
  expect(first?.MessageDeduplicationId).toMatch(/^one-[0-9a-f]{32}$/);
  expect(again?.MessageDeduplicationId).toBe(first?.MessageDeduplicationId);
  expect(next?.MessageDeduplicationId).not.toBe(first?.MessageDeduplicationId);
});

test("in a declared queue a dead letter is a message with that queue's budget, and its own group", async () => {
  const open = await opened({ fifo: {}, deadLetters: "failed" });
  const headers = { kind: "text", maxAttempts: 1 } as const;
  const delivery = lent(open, "r", { group: "a", headers });
  await open.settler.settle([{ delivery, outcome: deadLetter }]);
  const [letter] = open.wire.calls[0]?.entries ?? [];
  expect(letter?.MessageGroupId).toBe("a");
  const envelope = JSON.parse(letter?.MessageAttributes?.alien?.StringValue ?? "");
  expect(envelope).not.toHaveProperty("maxAttempts");
  expect(envelope.dead.attempts).toBe(1);
});

test("a receipt alone cannot be dead-lettered, and nothing is sent for it", async () => {
  const open = await opened();
  const foreign = lent(open, "r", { id: "", body: "" });
  const results = await open.settler.settle([
    { delivery: foreign, outcome: deadLetter },
    { delivery: lent(open, "own"), outcome: deadLetter },
  ]);
  expect(verdicts(results)).toEqual(["UNSUPPORTED", "done, unknown"]);
  expect(open.wire.of("SendMessageBatch").map(({ entries }) => entries.length)).toEqual([1]);
});

test("heavy dead letters go in as many calls as they need", async () => {
  const open = await opened();
  const body = "x".repeat(500_000);
  const batch = ["a", "b", "c"].map((name) => ({
    delivery: lent(open, name, { body }),
    outcome: deadLetter,
  }));
  expect(verdicts(await open.settler.settle(batch))).toEqual(Array(3).fill("done, unknown"));
  expect(open.wire.of("SendMessageBatch").map(({ entries }) => entries.length)).toEqual([2, 1]);
});

test("what was acknowledged elsewhere after its lease had ended is not buried too", async () => {
  const open = await opened();
  const { wire, settler, clock } = open;
  const deleted = {
    Code: "InvalidParameterValue",
    SenderFault: true,
    Message:
      "Value r0 for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.",
  };
  wire.reply = (call) =>
    entryByEntry(({ ReceiptHandle }) =>
      call.action === "ChangeMessageVisibilityBatch" && ReceiptHandle === "r0"
        ? deleted
        : undefined,
    )(call);
  const batch = settlements(open, [deadLetter, deadLetter, deadLetter]).map((settlement, index) => {
    const leaseUntil = clock.now() + (index === 2 ? 1 : 0);
    return { ...settlement, delivery: { ...settlement.delivery, leaseUntil } };
  });
  expect(verdicts(await settler.settle(batch))).toEqual([
    "RECEIPT_EXPIRED",
    "done, unknown",
    "done, unknown",
  ]);
  const asked = wire.of("ChangeMessageVisibilityBatch").flatMap(({ entries }) => entries);
  expect(asked.map((entry) => [entry.ReceiptHandle, entry.VisibilityTimeout])).toEqual([
    ["r0", 30],
    ["r1", 30],
  ]);
  expect(wire.of("SendMessageBatch").map(({ entries }) => entries.length)).toEqual([2]);
  const removed = wire.of("DeleteMessageBatch").flatMap(({ entries }) => entries);
  expect(removed.map(({ ReceiptHandle }) => ReceiptHandle)).toEqual(["r1", "r2"]);
});
