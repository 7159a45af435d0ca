import { AlienError } from "@alienplatform/core";
import { describe, expect, it } from "vitest";
import { referenceCapabilities } from "../conformance/index.ts";
import type { QueueCapabilities } from "../src/queue/driver.ts";
import { NetworkDriver, networkWorld } from "./network.ts";
import { gate } from "./reference.ts";

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, n) => n + from);
const entries = (count: number) => numbers(count).map((payload) => ({ payload }));

/** A queue with so many messages in it, whose requests are counted from then on. */
async function filled(count: number, options: Parameters<typeof networkWorld>[0] = {}) {
  const world = networkWorld(options);
  const sent = world.tasks.sendBatch(entries(count));
  await world.clock.advance("10s");
  await sent;
  world.driver.requests.length = 0;
  return world;
}

describe("settlements over a network", () => {
  it("handlers that end at different times share a request, and the last one does not wait", async () => {
    const { consume, driver, clock, passing, outcomes } = await filled(5);
    const consumer = consume(({ payload }) => passing(20 * (1 + Number(payload))), {}, driver);
    await clock.advance(20 + 100 + 20);
    expect(driver.of("settle").map(({ items }) => items)).toEqual([
      numbers(5).map((n) => `ack ${n}`),
    ]);
    expect(outcomes()).toHaveLength(5);
    await drained(consumer.drain(0), clock);
  });

  it("one that is done waits 200 ms for others at most", async () => {
    const { consume, driver, clock } = await filled(2);
    const { opened, open } = gate();
    const consumer = consume(({ payload }) => (payload === 0 ? undefined : opened), {}, driver);
    await clock.advance(20 + 199);
    expect(driver.of("settle")).toEqual([]);
    await clock.advance(1);
    expect(driver.of("settle").map(({ items }) => items)).toEqual([["ack 0"]]);
    open();
    await drained(consumer.drain(100), clock);
  });

  it("it spends no more than a tenth of what is left of its lease", async () => {
    const { consume, driver, clock } = await filled(2, { leaseMs: 1_000 });
    const { opened, open } = gate();
    const consumer = consume(({ payload }) => (payload === 0 ? undefined : opened), {}, driver);
    await clock.advance(20 + 99);
    expect(driver.of("settle")).toEqual([]);
    await clock.advance(1);
    expect(driver.of("settle")).toHaveLength(1);
    open();
    await drained(consumer.drain(100), clock);
  });

  it("a retry waits for nobody, and takes along what waits", async () => {
    const { consume, driver, clock, passing } = await filled(3);
    const consumer = consume(
      async ({ payload }) => {
        await passing(10 * Number(payload));
        if (payload === 1) throw new Error("no");
        if (payload === 2) await passing(1_000);
      },
      {},
      driver,
    );
    await clock.advance(20 + 11);
    expect(driver.of("settle").map(({ items }) => items)).toEqual([["ack 0", "retry 1"]]);
    await drained(consumer.drain(0), clock);
  });

  it("in FIFO order, and where handlers are limited, another message waits for each: it goes at once", async () => {
    for (const options of [{ fifo: {} }, { concurrency: 5 }]) {
      const { consume, driver, clock, tasks } = networkWorld(options);
      const sent = [0, 1].map((n) => tasks.send(n, "fifo" in options ? { group: `${n}` } : {}));
      await clock.advance(20);
      await Promise.all(sent);
      const { opened, open } = gate();
      const consumer = consume(({ payload }) => (payload === 0 ? undefined : opened), {}, driver);
      await clock.advance(20);
      expect(driver.of("settle")).toHaveLength(1);
      open();
      await drained(consumer.drain(100), clock);
    }
  });

  it("where settlements cost the same one by one they do not wait, and takes neither", async () => {
    const { consume, queue, clock } = await filled(11);
    const driver = new (class extends NetworkDriver {
      override readonly capabilities: QueueCapabilities = {
        ...referenceCapabilities,
        release: false,
        network: { inFlight: 3, lingerMs: 10, only: "sends" },
      };
    })(queue);
    const { opened, open } = gate();
    const consumer = consume(({ payload }) => (payload === 0 ? undefined : opened), {}, driver);
    await clock.advance(20);
    expect(driver.requests.slice(1).map(({ verb, at, items }) => [verb, at, ...items])).toEqual([
      ["take", 20, "1 waits"],
      ["settle", 20, "ack 0"],
    ]);
    open();
    await drained(consumer.drain(100), clock);
  });

  it("draining lets nothing wait", async () => {
    const { consume, driver, clock } = await filled(2);
    const { opened, open } = gate();
    const consumer = consume(({ payload }) => (payload === 0 ? undefined : opened), {}, driver);
    await clock.advance(30);
    const ended = consumer.drain(50);
    await clock.advance(80);
    expect(driver.of("settle").map(({ items }) => items)).toEqual([["ack 0", "release 1"]]);
    open();
    await drained(ended, clock);
  });

  it("acknowledgements of independent callers share requests, and a single one goes at once", async () => {
    const { tasks, driver, clock, passing } = await filled(20);
    const receiving = tasks.receive(20);
    await clock.advance(40);
    const acks = (await receiving).map(async (message, index) => {
      await passing(index);
      await tasks.ack(message);
    });
    await clock.advance("1s");
    await Promise.all(acks);
    const sizes = driver.of("settle").map(({ items }) => items.length);
    expect(sizes[0]).toBe(1);
    expect(sizes.length).toBeLessThanOrEqual(3);
  });
});

describe("takes over a network", () => {
  it("a busy queue costs 0.3 requests a message: sent, received and acknowledged", async () => {
    const world = networkWorld();
    const { tasks, driver, clock, consume, events } = world;
    const sent = Promise.all(numbers(500).map((n) => tasks.send(n)));
    await clock.advance("2s");
    await sent;
    const consumer = consume(async () => undefined, {}, driver);
    await clock.advance("5s");
    expect(events.filter(({ outcome }) => outcome === "ack")).toHaveLength(500);
    // One more looks whether there is more.
    expect(driver.requests.length).toBeLessThanOrEqual(0.3 * 500 + 1);
    await drained(consumer.drain(0), clock);
  });

  it("handlers that end one by one are given several messages at once", async () => {
    const { consume, driver, clock, passing, events } = await filled(300);
    const consumer = consume(
      ({ payload }) => passing(50 + ((Number(payload) * 37) % 100)),
      {},
      driver,
    );
    await clock.advance("8s");
    expect(events.filter(({ outcome }) => outcome === "ack")).toHaveLength(300);
    expect(driver.of("take").length).toBeLessThanOrEqual(0.35 * 300);
    expect(driver.of("settle").length).toBeLessThanOrEqual(0.2 * 300);
    await drained(consumer.drain(0), clock);
  });

  it("a handler that takes long keeps the others idle for a quarter of a second at most", async () => {
    const { consume, driver, clock, passing } = await filled(12);
    const started: [unknown, number][] = [];
    const began = clock.now();
    const consumer = consume(
      ({ payload }) => {
        started.push([payload, clock.now() - began]);
        return passing(Number(payload) === 0 ? 60_000 : 5_000);
      },
      {},
      driver,
    );
    await clock.advance("6s");
    expect(started.slice(10).map(([payload]) => payload)).toEqual([10, 11]);
    expect(started[10]?.[1]).toBeLessThanOrEqual(20 + 5_000 + 250 + 20);
    await drained(consumer.drain(0), clock);
  });

  it("an empty queue costs one poll at a time, whatever the concurrency", async () => {
    const { consume, driver, clock } = await filled(0);
    const consumer = consume(() => undefined, { concurrency: 100 }, driver);
    await clock.advance("1m");
    expect(driver.of("take").length).toBeLessThanOrEqual(4);
    expect(driver.mostUnderWay).toBe(1);
    await drained(consumer.drain(0), clock);
  });

  it("while takes come back full, several are under way, and one of them waits", async () => {
    const { consume, driver, clock, passing } = await filled(60);
    driver.mostUnderWay = 0;
    const consumer = consume(() => passing(1_000), { concurrency: 50 }, driver);
    await clock.advance(80);
    expect(driver.mostUnderWay).toBe(3);
    const waits = driver.of("take").map(({ items }) => items[0]);
    expect(waits).toContain("10 looks");
    expect(waits[0]).toBe("10 waits");
    await drained(consumer.drain(0), clock);
  });

  it("a service that throttles takes is left alone for as long as it asks", async () => {
    const { queue, consume, clock, errors } = await filled(1);
    const driver = new (class extends NetworkDriver {
      protected override async take(...given: Parameters<NetworkDriver["take"]>) {
        const taken = await super.take(...given);
        if (this.of("take").length > 1) return taken;
        const details = { retryAfterMs: 7_000 };
        throw new AlienError("THROTTLED", "not now", { retryable: true, details });
      }
    })(queue);
    const consumer = consume(() => undefined, {}, driver);
    await clock.advance(7_019);
    expect(driver.of("take")).toHaveLength(1);
    await clock.advance(1);
    expect(driver.of("take")).toHaveLength(2);
    expect(errors).toHaveLength(1);
    await drained(consumer.drain(0), clock);
  });
});

async function drained(ending: Promise<void>, clock: ReturnType<typeof networkWorld>["clock"]) {
  await clock.advance("2m");
  await ending;
}
