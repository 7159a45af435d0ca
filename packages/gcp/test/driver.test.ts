import type { Outgoing } from "@alienplatform/bindings";
import { describe, expect, it } from "vitest";
import { PubSubQueueDriver } from "../src/queue/driver.ts";
import { openWire } from "./wire/open-wire.ts";

const { clock, server, open } = await openWire();
let ids = 0;

function message(body: string, more: Partial<Outgoing> = {}): Outgoing {
  const id = String(++ids).padStart(26, "0");
  return { id, body, headers: { kind: "text" }, sentAt: 1, ...more };
}

/** The bodies of each publish request. */
function published(requests: readonly { method: string; request: unknown }[]): string[][] {
  return requests.flatMap(({ method, request }) => {
    if (method !== "Publish") return [];
    // What the server has read of the wire.
    const { messages } = request as { messages: { data: Buffer }[] };
    return [messages.map(({ data }) => String(data))];
  });
}

describe("sending", () => {
  it("a batch is one request", async () => {
    const { driver, requests } = await open();
    await driver.send(["a", "b", "c"].map((body) => message(body)));
    expect(published(requests)).toEqual([["a", "b", "c"]]);
  });

  it("the messages of each group are a request of their own, in order", async () => {
    const { driver, requests } = await open({ fifo: {} });
    const results = await driver.send(
      ["a1", "b1", "a2", "b2", "a3"].map((body) => message(body, { group: body.slice(0, 1) })),
    );
    expect(results.every(({ ok }) => ok)).toBe(true);
    expect(published(requests).sort()).toEqual([
      ["a1", "a2", "a3"],
      ["b1", "b2"],
    ]);
  });

  it("a group that fails is the error of its messages alone", async () => {
    const { driver } = await open({ fifo: {} });
    server.failNext("Publish", 14);
    const results = await driver.send(
      ["a1", "b1", "a2"].map((body) => message(body, { group: body.slice(0, 1) })),
    );
    expect(results).toMatchObject([
      { ok: false, error: { code: "SERVICE_UNAVAILABLE", retryable: true } },
      { ok: true },
      { ok: false, error: { code: "SERVICE_UNAVAILABLE" } },
    ]);
  });

  it("a group's second request waits for the first, and nobody else's does", async () => {
    const { driver, requests } = await open({ fifo: {} });
    const release = server.holdNext("Publish");
    const first = driver.send([message("a1", { group: "a" })]);
    const second = driver.send([message("a2", { group: "a" })]);
    await driver.send([message("b1", { group: "b" })]);
    expect(published(requests)).toEqual([["a1"], ["b1"]]);
    release();
    await Promise.all([first, second]);
    expect(published(requests)).toEqual([["a1"], ["b1"], ["a2"]]);
  });

  it("what follows a failure in its group is not tried: it would overtake", async () => {
    const { driver, requests } = await open({ fifo: {} });
    server.failNext("Publish", 14);
    const large = "x".repeat(6_000_000);
    const results = await driver.send([
      message(`1${large}`, { group: "a" }),
      message(`2${large}`, { group: "a" }),
    ]);
    expect(results.map(({ ok }) => ok)).toEqual([false, false]);
    expect(published(requests)).toHaveLength(1);
  });

  it("a message that Pub/Sub refuses is refused in its own place, and not sent", async () => {
    const { driver, requests } = await open();
    const attributes = { all: "x".repeat(110_000) };
    const results = await driver.send([
      message("a"),
      message("x".repeat(10_000_000)),
      message("c", { headers: { kind: "text", attributes } }),
      message("d"),
    ]);
    expect(results).toMatchObject([
      { ok: true },
      { ok: false, error: { code: "MESSAGE_TOO_LARGE", details: { limit: 9_983_616 } } },
      { ok: false, error: { code: "MESSAGE_TOO_LARGE", details: { limit: 88_064 } } },
      { ok: true },
    ]);
    expect(published(requests)).toEqual([["a", "d"]]);
  });

  it("long attributes travel in as many of Pub/Sub's as they need, and come back whole", async () => {
    const { client, requests } = await open();
    const attributes = {
      latin: "x".repeat(3_000),
      greek: "ω".repeat(3_000),
      emoji: "🚀".repeat(900),
    };
    await client.sendText("a", { attributes });
    const [{ request } = { request: undefined }] = requests;
    const { messages } = request as { messages: { attributes: Record<string, string> }[] };
    const sizes = Object.values(messages[0]?.attributes ?? {}).map((value) =>
      Buffer.byteLength(value),
    );
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1_024);
    expect(sizes.length).toBeGreaterThan(10);
    expect(await client.receive()).toMatchObject([{ attributes }]);
  });

  it("a message of somebody else's is text, under Pub/Sub's own id and time", async () => {
    const { client, queue } = await open();
    const data = Buffer.from('{"n":1}');
    const [id] = await queue.client.publish(queue.topic, [{ data, attributes: { key: "value" } }]);
    expect(await client.receive()).toMatchObject([
      { id, kind: "text", payload: '{"n":1}', attempt: 1 },
    ]);
  });

  it("an envelope of a newer version is a dead letter at once", async () => {
    const { client, queue, deadLetters } = await open();
    const attributes = { alien: JSON.stringify({ v: 2, id: "x", kind: "text" }) };
    await queue.client.publish(queue.topic, [{ data: Buffer.from("a"), attributes }]);
    expect(await client.receive()).toEqual([]);
    expect(await deadLetters()).toMatchObject([
      { headers: { dead: { error: { code: "DECODE_FAILED" } } } },
    ]);
  });
});

describe("what Pub/Sub answers", () => {
  it.each([
    [1, "ABORTED", false],
    [2, "SERVICE_UNAVAILABLE", true],
    [3, "DRIVER_FAILED", false],
    [4, "SERVICE_UNAVAILABLE", true],
    [5, "UNKNOWN_QUEUE", false],
    [7, "PERMISSION_DENIED", false],
    [8, "THROTTLED", true],
    [9, "UNSUPPORTED", false],
    [10, "SERVICE_UNAVAILABLE", true],
    [12, "DRIVER_FAILED", false],
    [13, "SERVICE_UNAVAILABLE", true],
    [14, "SERVICE_UNAVAILABLE", true],
    [16, "PERMISSION_DENIED", false],
  ])("status %i is %s", async (status, code, retryable) => {
    const { driver, methods } = await open();
    server.failNext("Publish", status);
    const [result] = await driver.send([message("a")]);
    expect(result).toMatchObject({
      ok: false,
      error: { code, retryable, fix: expect.any(String), details: { service: "Pub/Sub", status } },
    });
    // The SDK would have repeated it by itself.
    expect(methods()).toEqual(["Publish"]);
  });

  it("a topic that is not there is named by its queue", async () => {
    const { queue } = await open();
    const gone = { ...queue, topic: "projects/alien/topics/gone" };
    const [result] = await new PubSubQueueDriver(gone, clock).send([message("a")]);
    expect(result).toMatchObject({
      ok: false,
      error: {
        code: "UNKNOWN_QUEUE",
        message: expect.stringMatching(/^sending to queue "tasks" failed: .*topics\/gone/),
      },
    });
  });

  it("a send that failed after it was carried out is repeated, and there twice", async () => {
    const { client } = await open();
    server.failNext("Publish", 14, { after: true });
    const sending = client.send({ n: 1 });
    await clock.advance(1_000);
    const { id } = await sending;
    expect(await client.receive(10)).toMatchObject([{ id }, { id }]);
  });
});
