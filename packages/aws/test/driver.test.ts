import type { Outgoing, SendResult } from "@alienplatform/bindings";
import { expect, test } from "vitest";
import { entryByEntry, openWire } from "./wire/open-wire.ts";

function message(n: number, more: Partial<Outgoing> = {}): Outgoing {
  const id = String(n).padStart(26, "0");
  return { id, body: `body ${n}`, headers: { kind: "text" }, sentAt: 1_900_000_000_000, ...more };
}

function verdicts(results: readonly SendResult[]): string[] {
  return results.map((result) => {
    if (result.ok) return `sent ${Number(result.id)}`;
    const { code, retryable } = result.error;
    return retryable ? `${code}, again` : code;
  });
}

test("a batch is one request, and each message is answered in its own place", async () => {
  const { wire, driver } = await openWire();
  const faults = new Map([
    [1, { Code: "InternalError", SenderFault: false }],
    [3, { Code: "InvalidMessageContents", SenderFault: true }],
    [4, { Code: "RequestThrottled", SenderFault: true }],
  ]);
  wire.reply = entryByEntry((_, index) => faults.get(index));
  const results = await driver.send([0, 1, 2, 3, 4].map((n) => message(n)));
  expect(verdicts(results)).toEqual([
    "sent 0",
    "SERVICE_UNAVAILABLE, again",
    "sent 2",
    "DRIVER_FAILED",
    "THROTTLED, again",
  ]);
  expect(wire.calls).toHaveLength(1);
});

test("a message that the answer forgets is sent again", async () => {
  const { wire, driver } = await openWire();
  wire.reply = () => ({ answer: { Successful: [], Failed: [] } });
  expect(verdicts(await driver.send([message(0)]))).toEqual(["SERVICE_UNAVAILABLE, again"]);
});

test.each([
  ["ServiceUnavailable", 503, "SERVICE_UNAVAILABLE, again"],
  ["InternalFailure", 500, "SERVICE_UNAVAILABLE, again"],
  ["SomethingNew", 500, "SERVICE_UNAVAILABLE, again"],
  ["ThrottlingException", 400, "THROTTLED, again"],
  ["SomethingNew", 429, "THROTTLED, again"],
  ["RequestThrottled", 403, "THROTTLED, again"],
  ["AccessDeniedException", 403, "PERMISSION_DENIED"],
  ["QueueDoesNotExist", 400, "UNKNOWN_QUEUE"],
  ["AWS.SimpleQueueService.NonExistentQueue", 400, "UNKNOWN_QUEUE"],
  ["InvalidClientTokenId", 403, "PERMISSION_DENIED"],
  ["ExpiredToken", 403, "PERMISSION_DENIED"],
  ["KmsAccessDenied", 400, "PERMISSION_DENIED"],
  ["SomethingNew", 400, "DRIVER_FAILED"],
])("%s (%d) of a whole batch is %s of each message", async (error, status, verdict) => {
  const { wire, driver } = await openWire();
  wire.reply = () => ({ error, status });
  const results = await driver.send([message(0), message(1)]);
  expect(verdicts(results)).toEqual([verdict, verdict]);
  expect(wire.calls, "the SDK repeated it by itself").toHaveLength(1);
});

test.each([
  ["a page of a proxy", { raw: "<html>Bad gateway</html>", status: 502 } as const],
  ["a page of a proxy that looks like success", { raw: "<html>Hello</html>" } as const],
  ["half an answer", { raw: '{"Successful":[' } as const],
  ["a connection that ends", "hang up" as const],
])("%s is answered as a service that is away", async (_, answer) => {
  const { wire, driver } = await openWire();
  wire.reply = () => answer;
  expect(verdicts(await driver.send([message(0)]))).toEqual(["SERVICE_UNAVAILABLE, again"]);
});

test("an answer whose checksum is not the message's is answered as a service that is away", async () => {
  const { wire, driver } = await openWire();
  const MD5OfMessageBody = "0".repeat(32);
  wire.reply = () => ({ answer: { Successful: [{ Id: "0", MessageId: "m", MD5OfMessageBody }] } });
  expect(verdicts(await driver.send([message(0)]))).toEqual(["SERVICE_UNAVAILABLE, again"]);
});

test("where nobody listens the service is away, and nothing of the message is told", async () => {
  const { wire, driver } = await openWire();
  await wire.close();
  const [result] = await driver.send([message(0, { body: "card 4111" })]);
  expect(result).toMatchObject({
    ok: false,
    error: { code: "SERVICE_UNAVAILABLE", fix: expect.stringContaining("endpoint") },
  });
  expect(JSON.stringify(result)).not.toContain("4111");
});

test("an abort ends the request", async () => {
  const { wire, driver } = await openWire();
  wire.reply = () => "silence";
  const controller = new AbortController();
  const sending = driver.send([message(0)], controller.signal);
  await wire.arrived(1);
  controller.abort();
  expect(verdicts(await sending)).toEqual(["ABORTED"]);
});

test("one that is too large is refused alone, with its size, before anything is sent of it", async () => {
  const { wire, driver } = await openWire();
  wire.reply = entryByEntry(() => undefined);
  const { message: limit } = driver.capabilities.max;
  const results = await driver.send([
    message(0),
    message(1, { body: "x".repeat(limit) }),
    message(2),
  ]);
  expect(verdicts(results)).toEqual(["sent 0", "MESSAGE_TOO_LARGE", "sent 2"]);
  expect(results[1]).toMatchObject({ error: { details: { limit, service: "SQS" } } });
  expect(wire.calls.map(({ entries }) => entries.length)).toEqual([2]);
});

test("what is too much for one request goes in several, in order", async () => {
  const { wire, driver } = await openWire();
  wire.reply = entryByEntry(() => undefined);
  const body = "x".repeat(400_000);
  const many = Array.from({ length: 5 }, (_, n) => message(n, { body }));
  expect(verdicts(await driver.send(many))).toEqual([0, 1, 2, 3, 4].map((n) => `sent ${n}`));
  expect(wire.calls.map(({ entries }) => entries.length)).toEqual([2, 2, 1]);
});

test("to a FIFO queue nothing goes after what failed", async () => {
  const { wire, driver } = await openWire({ fifo: {} });
  const ok = entryByEntry(() => undefined);
  wire.reply = (call) =>
    wire.calls.length === 2 ? { error: "ServiceUnavailable", status: 503 } : ok(call);
  const body = "x".repeat(600_000);
  const many = [0, 1, 2].map((n) => message(n, { body, group: "a" }));
  expect(verdicts(await driver.send(many))).toEqual([
    "sent 0",
    "SERVICE_UNAVAILABLE, again",
    "SERVICE_UNAVAILABLE, again",
  ]);
  expect(wire.calls).toHaveLength(2);
});

test("a delay is told in whole seconds, never less than was asked for; none is not told", async () => {
  const { wire, driver } = await openWire();
  wire.reply = entryByEntry(() => undefined);
  const delays = [0, 1, 1_000, 1_001, 900_000];
  await driver.send(delays.map((delayMs, n) => message(n, { delayMs })));
  expect(wire.calls[0]?.entries.map((entry) => entry.DelaySeconds)).toEqual([
    undefined,
    1,
    1,
    2,
    900,
  ]);
});

test("a FIFO message is told apart by its id, and a copy of it by that and its own mark", async () => {
  const { wire, driver } = await openWire({ fifo: {} });
  wire.reply = entryByEntry(() => undefined);
  await driver.send([message(1, { group: "a" }), message(1, { group: "a", copy: "x1" })]);
  expect(wire.calls[0]?.entries).toMatchObject([
    { MessageGroupId: "a", MessageDeduplicationId: "00000000000000000000000001" },
    { MessageGroupId: "a", MessageDeduplicationId: "00000000000000000000000001-x1" },
  ]);
});

test("a message without a group is not sent to a FIFO queue", async () => {
  const { wire, driver } = await openWire({ fifo: {} });
  expect(verdicts(await driver.send([message(0)]))).toEqual(["GROUP_MISSING"]);
  expect(wire.calls).toEqual([]);
});

test("a standard queue gets no group", async () => {
  const { wire, driver } = await openWire();
  wire.reply = entryByEntry(() => undefined);
  await driver.send([message(0, { group: "a" })]);
  expect(wire.calls[0]?.entries[0]).not.toHaveProperty("MessageGroupId");
});
