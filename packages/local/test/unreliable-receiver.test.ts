import type { Delivery, Receiver } from "@alienplatform/bindings";
import { expect, test, vi } from "vitest";
import { memoryStorage } from "../src/engine/index.ts";
import { LocalQueueDriver } from "../src/queue/driver.ts";
import { Desk } from "./engine-desk.ts";

const NAMES = Array.from({ length: 20 }, (_, n) => `${n}`);

async function received(seed: string, fifo = false): Promise<{ desk: Desk; receiver: Receiver }> {
  vi.stubEnv("ALIEN_UNRELIABLE_SEED", seed);
  const desk = await Desk.open(memoryStorage(), { fifo });
  const driver = new LocalQueueDriver(desk.engine, { ...desk.spec, fifo });
  const receiver = await driver.open({ credit: 100, leaseMs: 30_000 });
  vi.unstubAllEnvs();
  return { desk, receiver };
}

async function order(seed: string, fifo = false) {
  const { desk, receiver } = await received(seed, fifo);
  if (fifo) {
    for (const name of NAMES) await desk.sendOne(name, { group: name });
  } else await desk.send(...NAMES);
  return (await receiver.take(20, 0)).map(({ body }) => body);
}

const ack = (delivery: Delivery) => ({ delivery, outcome: { kind: "ack" } as const });

test("messages come in another order, the same for the same seed, and a FIFO queue keeps its own", async () => {
  const first = await order("1");
  expect(first).not.toEqual(NAMES);
  expect([...first].sort()).toEqual([...NAMES].sort());
  expect(await order("1")).toEqual(first);
  expect(await order("2")).not.toEqual(first);
  expect(await order("")).toEqual(NAMES);
  expect(await order("1", true)).toEqual(NAMES);
});

test("an acknowledgement is lost now and then, which is an attempt, and never the last one", async () => {
  const { desk, receiver } = await received("3");
  await desk.send(...Array.from({ length: 100 }, (_, n) => `${n}`));
  let handled = 0;
  const attempts = new Set<number>();
  for (;;) {
    const taken = await receiver.take(100, 0);
    if (taken.length === 0) break;
    handled += taken.length;
    for (const { attempt } of taken) attempts.add(attempt);
    await receiver.settle(taken.map(ack));
  }
  expect(handled).toBeGreaterThan(100);
  expect(handled).toBeLessThan(120);
  expect(attempts).toContain(2);
  expect(await desk.stats()).toMatchObject({ ready: 0, inFlight: 0, dead: 0 });
});

test("with one attempt no acknowledgement is lost", async () => {
  vi.stubEnv("ALIEN_UNRELIABLE_SEED", "3");
  const desk = await Desk.open(memoryStorage(), { maxAttempts: 1 });
  const driver = new LocalQueueDriver(desk.engine, { ...desk.spec, maxAttempts: 1 });
  const receiver = await driver.open({ credit: 100, leaseMs: 30_000 });
  vi.unstubAllEnvs();
  await desk.send(...Array.from({ length: 100 }, (_, n) => `${n}`));
  await receiver.settle((await receiver.take(100, 0)).map(ack));
  expect(await desk.stats()).toMatchObject({ ready: 0, inFlight: 0, dead: 0 });
});

test.each([false, true])(
  "where releases count, what is given back uses up its attempts, and the last one is dead; FIFO: %s",
  async (fifo) => {
    vi.stubEnv("ALIEN_RELEASES_COUNT", "1");
    const desk = await Desk.open(memoryStorage(), { fifo });
    const driver = new LocalQueueDriver(desk.engine, { ...desk.spec, fifo });
    const receiver = await driver.open({ credit: 10, leaseMs: 30_000 });
    vi.unstubAllEnvs();
    await desk.sendOne("a", fifo ? { group: "g" } : {});
    const attempts: number[] = [];
    // More than there are attempts.
    for (let takes = 0; takes < 5; takes++) {
      const [delivery] = await receiver.take(1, 0);
      if (delivery === undefined) break;
      attempts.push(delivery.attempt);
      await receiver.settle([{ delivery, outcome: { kind: "release" } }]);
    }
    expect(attempts).toEqual([1, 2, 3]);
    expect(await desk.stats()).toMatchObject({ ready: 0, inFlight: 0, dead: 1 });
  },
);
