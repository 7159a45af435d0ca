import type { Outcome } from "@alienplatform/bindings";
import { describe, expect, it } from "vitest";
import { openWire } from "./wire/open-wire.ts";

const { clock, server, open } = await openWire();
const error = { code: "Error", message: "smtp down" };
const retry: Outcome = { kind: "retry", delayMs: 5_000, error };
const dead: Outcome = { kind: "deadLetter", error };

/** A queue, and the deliveries of these texts. */
async function lent(texts: readonly string[], ...how: Parameters<typeof open>) {
  const opened = await open(...how);
  const results = await opened.client.sendBatch(texts.map((payload) => ({ payload })));
  expect(results.every(({ ok }) => ok)).toBe(true);
  const receiver = await opened.driver.open({ credit: 10, leaseMs: 30_000 });
  const deliveries = await receiver.take(texts.length, 0);
  expect(deliveries).toHaveLength(texts.length);
  opened.requests.length = 0;
  const settle = (outcome: Outcome, which = deliveries) =>
    receiver.settle(which.map((delivery) => ({ delivery, outcome })));
  return { ...opened, receiver, deliveries, settle };
}

describe("with a dead-letter policy, which makes Pub/Sub count", () => {
  it("one request acknowledges all of a batch", async () => {
    const { settle, methods } = await lent(["a", "b", "c"]);
    expect(await settle({ kind: "ack" })).toEqual([
      { ok: true, applied: "unknown" },
      { ok: true, applied: "unknown" },
      { ok: true, applied: "unknown" },
    ]);
    expect(methods()).toEqual(["Acknowledge"]);
  });

  it("a retry is a deadline that is left to end, in whole seconds and at most 600", async () => {
    const { deliveries, receiver, requests } = await lent(["a", "b", "c", "d"]);
    const delays = [0, 1, 4_001, 3_600_000];
    await receiver.settle(
      deliveries.map((delivery, index) => ({
        delivery,
        outcome: { kind: "retry", delayMs: delays[index] ?? 0, error },
      })),
    );
    expect(requests.map(({ request }) => request)).toMatchObject([
      { ackDeadlineSeconds: 0 },
      { ackDeadlineSeconds: 1 },
      { ackDeadlineSeconds: 5 },
      { ackDeadlineSeconds: 600 },
    ]);
  });

  it("a dead letter is published before the message is acknowledged, and not acknowledged where that fails", async () => {
    const { settle, methods, deadLetters, client } = await lent(["a"]);
    server.failNext("Publish", 7);
    expect(await settle(dead)).toMatchObject([
      { ok: false, error: { code: "PERMISSION_DENIED", retryable: false } },
    ]);
    expect(methods()).toEqual(["Publish"]);
    expect(await settle(dead)).toMatchObject([{ ok: true }]);
    expect(methods()).toEqual(["Publish", "Publish", "Acknowledge"]);
    expect(await deadLetters()).toMatchObject([
      { headers: { dead: { source: "tasks", attempts: 1, error } } },
    ]);
    await clock.advance(40_000);
    expect(await client.receive()).toEqual([]);
  });

  it("a dead letter whose acknowledgement failed is not published a second time", async () => {
    const { settle, methods, deadLetters } = await lent(["a"]);
    server.failNext("Acknowledge", 14);
    expect(await settle(dead)).toMatchObject([{ ok: false, error: { retryable: true } }]);
    expect(await settle(dead)).toMatchObject([{ ok: true }]);
    expect(methods()).toEqual(["Publish", "Acknowledge", "Acknowledge"]);
    expect(await deadLetters()).toHaveLength(1);
  });

  it("what Google moves itself reads as LEASE_EXPIRED, with the attempts that there were", async () => {
    const { client, deadLetters } = await open({ maxAttempts: 50 }, { maxDeliveryAttempts: 5 });
    const { id } = await client.send({ n: 1 }, { attributes: { tenant: "acme" } });
    for (let attempt = 1; attempt <= 5; attempt++) {
      expect(await client.receive()).toMatchObject([{ id, attempt }]);
      await clock.advance(30_000);
    }
    expect(await client.receive()).toEqual([]);
    expect(await deadLetters()).toMatchObject([
      {
        id,
        attempt: 1,
        headers: {
          kind: "json",
          attributes: { tenant: "acme" },
          dead: {
            source: "tasks",
            attempts: 5,
            error: { code: "LEASE_EXPIRED", message: expect.stringContaining("delivery 5") },
          },
        },
      },
    ]);
  });

  it("a dead letter that somebody publishes to the queue as it is, is alive there", async () => {
    const { client, queue, deadLetters, settle } = await lent(["a"]);
    await settle(dead);
    const [letter] = await queue.client.pull(queue.dead?.subscription ?? "", 1, {
      immediately: true,
    });
    const { data, attributes } = letter?.message ?? {};
    await queue.client.publish(queue.topic, [
      { ...(data && { data }), ...(attributes && { attributes }) },
    ]);
    const [message] = await client.receive();
    expect(message).toMatchObject({ payload: "a", attempt: 1 });
    expect(message?.dead).toBeUndefined();
    expect(await deadLetters()).toEqual([]);
  });
});

describe("without a dead-letter policy, where Pub/Sub does not count", () => {
  const made = { deadLetterPolicy: false };

  it("a retry is published again with the next attempt, then the old one is acknowledged", async () => {
    const { settle, methods, client, deliveries } = await lent(["a"], {}, made);
    expect(await settle(retry)).toMatchObject([{ ok: true }]);
    expect(methods()).toEqual(["Publish", "Acknowledge"]);
    const [again] = await client.receive();
    expect(again).toMatchObject({ id: deliveries[0]?.id, payload: "a", attempt: 2 });
    await clock.advance(40_000);
    // A lease that ends is not counted there.
    expect(await client.receive()).toMatchObject([{ attempt: 2 }]);
  });

  it("a retry that could not be published stays on loan", async () => {
    const { settle, methods, client } = await lent(["a"], {}, made);
    server.failNext("Publish", 8);
    expect(await settle(retry)).toMatchObject([
      { ok: false, error: { code: "THROTTLED", retryable: true } },
    ]);
    expect(methods()).toEqual(["Publish"]);
    await clock.advance(40_000);
    expect(await client.receive()).toHaveLength(1);
  });

  it("a retry keeps its place in its group instead", async () => {
    const { client, methods, requests } = await open({ fifo: {} }, made);
    for (const n of [1, 2]) await client.send({ n }, { group: "a" });
    const [{ receiptHandle } = { receiptHandle: "" }] = await client.receive();
    requests.length = 0;
    await client.nack("tasks", receiptHandle, { delay: "5s" });
    expect(methods()).toEqual(["ModifyAckDeadline"]);
    expect(await client.receive()).toEqual([]);
    await clock.advance(5_000);
    expect(await client.receive()).toMatchObject([{ payload: { n: 1 } }]);
  });

  it("a release gives the message back uncounted", async () => {
    const { settle, client } = await lent(["a"], {}, made);
    await settle({ kind: "release" });
    expect(await client.receive()).toMatchObject([{ attempt: 1 }]);
  });
});

describe("receipts", () => {
  it("one that is none is RECEIPT_EXPIRED and keeps none of its batch back", async () => {
    const { receiver, deliveries, client } = await lent(["a", "b"]);
    const [a, b] = deliveries;
    const forged = { ...a, receipt: "c:forged" } as NonNullable<typeof a>;
    const results = await receiver.settle(
      [forged, b].map((delivery) => ({
        delivery: delivery as NonNullable<typeof a>,
        outcome: { kind: "ack" },
      })),
    );
    expect(results).toMatchObject([
      { ok: false, error: { code: "RECEIPT_EXPIRED", retryable: false } },
      { ok: true },
    ]);
    expect(JSON.stringify(results)).not.toContain("forged");
    await clock.advance(40_000);
    expect(await client.receive(10)).toMatchObject([{ payload: "a" }]);
  });

  it("an exactly-once subscription tells a stale one from the good ones beside it", async () => {
    const { receiver, deliveries } = await lent(["a", "b"], {}, { exactlyOnce: true });
    const [a, b] = deliveries;
    await receiver.extend(deliveries.slice(1), 60_000);
    await clock.advance(31_000);
    const both = [a, b].flatMap((delivery) =>
      delivery === undefined ? [] : [{ delivery, outcome: { kind: "ack" } as const }],
    );
    expect(await receiver.settle(both)).toMatchObject([
      { ok: false, error: { code: "RECEIPT_EXPIRED", retryable: false } },
      { ok: true, applied: true },
    ]);
  });

  it("one alone is not copied: there is nothing to copy", async () => {
    const { receiver, deliveries, methods } = await lent(["a"]);
    const receipt = deliveries[0]?.receipt ?? "";
    const foreign = {
      id: "",
      receipt,
      body: "",
      headers: { kind: "text" },
      attempt: 1,
      sentAt: 0,
    } as const;
    expect(await receiver.settle([{ delivery: foreign, outcome: dead }])).toMatchObject([
      { ok: false, error: { code: "UNSUPPORTED" } },
    ]);
    expect(methods()).toEqual([]);
  });

  it("very many are settled in requests that Pub/Sub takes", async () => {
    const { receiver, deliveries, requests } = await lent(["a"]);
    const [one] = deliveries;
    const many = Array.from({ length: 1_000 }, () => ({ ...one, receipt: `c:${"x".repeat(700)}` }));
    const results = await receiver.extend(many as typeof deliveries, 30_000);
    expect(results).toHaveLength(1_000);
    const sizes = requests.map(({ request }) => JSON.stringify(request).length);
    expect(Math.max(...sizes)).toBeLessThan(540_000);
  });
});
