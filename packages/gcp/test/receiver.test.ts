import { describe, expect, it } from "vitest";
import { pushCapabilities } from "../src/capabilities.ts";
import { PubSubQueueDriver } from "../src/queue/driver.ts";
import { openWire } from "./wire/open-wire.ts";

const { clock, server, open } = await openWire();
const text = { headers: { kind: "text" }, sentAt: 1 } as const;
const a = { ...text, id: "a".repeat(26), body: "a" };

describe("a loan", () => {
  it("of the subscription's own length costs one request, of another two", async () => {
    const { driver, methods, requests } = await open({ leaseMs: 30_000 });
    await driver.send([a, a]);
    requests.length = 0;
    const own = await driver.open({ credit: 1, leaseMs: 30_000 });
    expect(await own.take(1, 0)).toMatchObject([{ leaseUntil: clock.now() + 30_000 }]);
    expect(methods()).toEqual(["Pull"]);
    const longer = await driver.open({ credit: 1, leaseMs: 45_500 });
    expect(await longer.take(1, 0)).toMatchObject([{ leaseUntil: clock.now() + 45_500 }]);
    expect(requests.slice(1)).toMatchObject([
      { method: "Pull" },
      { method: "ModifyAckDeadline", request: { ackDeadlineSeconds: 46 } },
    ]);
  });

  it("whose length could not be changed is handed over as long as the subscription lends", async () => {
    const { driver } = await open({ leaseMs: 30_000 });
    await driver.send([a]);
    server.failNext("ModifyAckDeadline", 14);
    const receiver = await driver.open({ credit: 1, leaseMs: 300_000 });
    expect(await receiver.take(1, 0)).toMatchObject([
      { id: a.id, leaseUntil: clock.now() + 30_000 },
    ]);
  });

  it("is changed by nobody but its receiver, however long it lasts", async () => {
    const { driver, methods, requests } = await open({ leaseMs: 600_000 });
    await driver.send([a]);
    const receiver = await driver.open({ credit: 1, leaseMs: 600_000 });
    await receiver.take(1, 0);
    requests.length = 0;
    await clock.advance(590_000);
    expect(methods()).toEqual([]);
  });
});

describe("a take", () => {
  it("asks again where Pub/Sub answers with nothing before the time is over", async () => {
    const { driver, methods } = await open();
    const receiver = await driver.open({ credit: 1, leaseMs: 30_000 });
    server.emptyNext();
    server.emptyNext();
    const taking = receiver.take(1, 5_000);
    await clock.advance(200);
    await driver.send([a]);
    expect(await taking).toHaveLength(1);
    expect(methods()).toEqual(["Pull", "Pull", "Pull", "Publish"]);
  });

  it("that fails says of which queue, and takes nothing", async () => {
    const { driver } = await open();
    server.failNext("Pull", 7);
    const receiver = await driver.open({ credit: 1, leaseMs: 30_000 });
    await expect(receiver.take(1, 0)).rejects.toMatchObject({
      code: "PERMISSION_DENIED",
      message: expect.stringMatching(/^receiving from queue "tasks" failed: /),
    });
  });

  it("of a FIFO queue brings one message of each group, however many are there", async () => {
    const { driver } = await open({ fifo: {} });
    const of = (group: string, n: number) => ({ ...text, id: `${group}${n}`, body: "", group });
    await driver.send([of("a", 1), of("a", 2), of("b", 1), of("a", 3), of("c", 1)]);
    const receiver = await driver.open({ credit: 10, leaseMs: 30_000 });
    const taken = await receiver.take(10, 0);
    expect(taken.map(({ id }) => id)).toEqual(["a1", "b1", "c1"]);
    expect(await receiver.take(10, 0)).toEqual([]);
    const [first] = taken;
    if (first === undefined) throw new Error("nothing was taken");
    await receiver.settle([{ delivery: first, outcome: { kind: "ack" } }]);
    expect((await receiver.take(10, 0)).map(({ id }) => id)).toEqual(["a2"]);
  });

  it("of a FIFO queue that fails halfway hands over what it has", async () => {
    const { driver } = await open({ fifo: {} });
    await driver.send([{ ...a, group: "a" }]);
    const receiver = await driver.open({ credit: 10, leaseMs: 30_000 });
    server.holdNext("Pull")();
    server.failNext("Pull", 14);
    expect(await receiver.take(10, 0)).toHaveLength(1);
  });

  it("from a subscription that pushes is refused", async () => {
    const { queue } = await open();
    const driver = new PubSubQueueDriver({ ...queue, capabilities: pushCapabilities }, clock);
    await expect(driver.open({ credit: 1, leaseMs: 30_000 })).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringContaining(queue.subscription),
    });
  });
});
