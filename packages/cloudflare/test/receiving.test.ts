import type { Delivery, Outcome } from "@alienplatform/bindings";
import { noRequests } from "@alienplatform/bindings/conformance";
import { describe, expect, it } from "vitest";
import { openServer } from "./server/open-server.ts";

const error = { code: "HANDLER_FAILED", message: "no such account" };
const deadLetter: Outcome = { kind: "deadLetter", error };

describe("a wait for messages", () => {
  it("polls at growing distances, at last once a second", async () => {
    const { server, clock, client } = await openServer();
    const started = clock.now();
    const polls: number[] = [];
    const receiving = client.receive(1, { wait: "5s" });
    let seen = 0;
    for (let time = 0; time <= 5_000; time += 100) {
      await noRequests();
      if (server.requests.length > seen) polls.push(clock.now() - started);
      seen = server.requests.length;
      await clock.advance(100);
    }
    expect(await receiving).toEqual([]);
    expect(polls).toEqual([0, 100, 300, 700, 1_500, 2_500, 3_500, 4_500, 5_000]);
  });

  it("ends with its signal, and asks no more", async () => {
    const { server, clock, driver } = await openServer();
    const receiver = await driver.open({ credit: 1, leaseMs: 30_000 });
    const controller = new AbortController();
    const taking = receiver.take(1, 20_000, controller.signal);
    await noRequests();
    controller.abort();
    expect(await taking).toEqual([]);
    const { length } = server.requests;
    await clock.advance(60_000);
    await noRequests();
    expect(server.requests).toHaveLength(length);
  });

  it("says that delivery is paused", async () => {
    const { client, tasks } = await openServer();
    tasks.paused = true;
    await expect(client.receive(1)).rejects.toMatchObject({ code: "QUEUE_PAUSED" });
  });
});

describe("a settlement", () => {
  it("leaves the original where its dead letter could not be sent, and settles the others", async () => {
    const { server, driver, client, tasks, dead } = await openServer();
    await client.sendBatch([{ payload: "a" }, { payload: "b" }]);
    const receiver = await driver.open({ credit: 10, leaseMs: 30_000 });
    const [a, b] = (await receiver.take(10, 0)) as [Delivery, Delivery]; // two were sent
    server.faults.push({ status: 503 });
    const results = await receiver.settle([
      { delivery: a, outcome: deadLetter },
      { delivery: b, outcome: { kind: "ack" } },
    ]);
    expect(results).toMatchObject([{ ok: false, error: { retryable: true } }, { ok: true }]);
    expect([tasks.backlog.length, dead.backlog.length]).toEqual([1, 0]);
  });

  it("sends one copy of a dead letter, however often the rest has to be repeated", async () => {
    const { server, driver, client, tasks, dead } = await openServer();
    await client.sendText("a");
    const receiver = await driver.open({ credit: 10, leaseMs: 30_000 });
    const [delivery] = (await receiver.take(1, 0)) as [Delivery]; // one was sent
    server.faults.push(undefined, { status: 503 });
    const settling = () => receiver.settle([{ delivery, outcome: deadLetter }]);
    await expect(settling()).rejects.toMatchObject({ retryable: true });
    expect([tasks.backlog.length, dead.backlog.length]).toEqual([1, 1]);
    expect(await settling()).toEqual([{ ok: true, applied: "unknown" }]);
    expect([tasks.backlog.length, dead.backlog.length]).toEqual([0, 1]);
  });

  it("sends large dead letters in as many calls as they take", async () => {
    const { server, driver, dead } = await openServer();
    const headers = { kind: "text" } as const;
    const empty = { id: "0".repeat(26), body: "", headers, sentAt: 0 };
    const room = driver.capabilities.max.message - driver.sizeOf(empty);
    const messages = Array.from({ length: 5 }, (_, n) => ({
      ...empty,
      id: `${n}`.repeat(26),
      body: "x".repeat(room),
    }));
    for (const one of messages) await driver.send([one]);
    const receiver = await driver.open({ credit: 10, leaseMs: 30_000 });
    const deliveries = await receiver.take(10, 0);
    server.requests.length = 0;
    const long = { code: "HANDLER_FAILED", message: "ü\n".repeat(2_000) };
    const results = await receiver.settle(
      deliveries.map((delivery) => ({ delivery, outcome: { kind: "deadLetter", error: long } })),
    );
    expect(results.map(({ ok }) => ok)).toEqual(Array(5).fill(true));
    expect(server.requests.filter((one) => one.endsWith("batch"))).toHaveLength(3);
    const bodies = dead.backlog.map(({ body }) => body.toString());
    expect(bodies.map((body) => body.split("\n").at(-1)?.length)).toEqual(Array(5).fill(room));
    for (const body of bodies) expect(body).toContain('"code":"HANDLER_FAILED"');
  });

  it("cannot extend a lease, and says so of each delivery", async () => {
    const { driver, client } = await openServer();
    await client.sendText("a");
    const receiver = await driver.open({ credit: 10, leaseMs: 30_000 });
    const results = await receiver.extend(await receiver.take(1, 0), 60_000);
    expect(results).toMatchObject([{ ok: false, error: { code: "UNSUPPORTED" } }]);
  });
});

describe("a delivery", () => {
  it("counts Cloudflare's attempts from where the message was when it was sent again", async () => {
    const { driver } = await openServer();
    const headers = { kind: "text" } as const;
    await driver.send([{ id: "0".repeat(26), body: "a", headers, sentAt: 0, attempt: 4 }]);
    const receiver = await driver.open({ credit: 10, leaseMs: 1_000 });
    const [delivery] = (await receiver.take(1, 0)) as [Delivery]; // one was sent
    expect(delivery.attempt).toBe(4);
    await receiver.settle([{ delivery, outcome: { kind: "release" } }]);
    expect((await receiver.take(1, 0))[0]?.attempt).toBe(5);
  });

  it("tells when its lease ends, counted from before it was asked for", async () => {
    const { clock, driver, client } = await openServer();
    await client.sendText("a");
    const receiver = await driver.open({ credit: 10, leaseMs: 45_000 });
    const [delivery] = await receiver.take(1, 0);
    expect(delivery?.leaseUntil).toBe(clock.now() + 45_000);
  });
});
