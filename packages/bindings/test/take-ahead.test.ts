import { expect, test } from "vitest";
import { ReferenceDriver, type Taking } from "../conformance/index.ts";
import type { QueueOptions } from "../src/queue/binding.ts";
import type { ReceiveOptions } from "../src/queue/driver.ts";
import type { MessageHandler } from "../src/queue/handle.ts";
import { gate, referenceWorld } from "./reference.ts";

interface Take {
  readonly max: number;
  readonly waits: boolean;
}

class Watched extends ReferenceDriver {
  readonly takes: Take[] = [];
  protected override take(taking: Taking, signal?: AbortSignal) {
    this.takes.push({ max: taking.max, waits: taking.waitMs > 0 });
    return super.take(taking, signal);
  }
}

async function withBacklog(count: number, options: Partial<QueueOptions> = {}) {
  const world = referenceWorld(options);
  const { client, queue, consume } = world;
  const entries = Array.from({ length: count }, (_, payload) => ({ payload }));
  await client().sendBatch(entries);
  const driver = new Watched(queue);
  const start = (handler: MessageHandler) => consume(handler, { concurrency: 2 }, driver);
  return { ...world, start, takes: driver.takes };
}

/** Quick for the first two messages, stuck with the third and the fourth. */
async function stuckWithMessagesAhead(options: Partial<QueueOptions> = {}) {
  const world = await withBacklog(50, options);
  const { opened, open } = gate();
  const consumer = world.start(async ({ payload }) => {
    if (Number(payload) >= 2) await opened;
  });
  await world.clock.advance(1);
  return { ...world, consumer, open };
}

test("quick handlers are taken ahead for, in order and never more than `concurrency` at once", async () => {
  const { start, takes, clock, events } = await withBacklog(50);
  const seen: unknown[] = [];
  let running = 0;
  let most = 0;
  const consumer = start(async ({ payload }) => {
    seen.push(payload);
    most = Math.max(most, ++running);
    await Promise.resolve();
    running--;
  });
  await clock.advance(1);
  expect(takes[0]).toEqual({ max: 2, waits: true });
  expect(takes).toContainEqual({ max: 10, waits: false });
  expect(takes.at(-1)?.waits).toBe(true);
  expect(takes.length).toBeLessThan(25);
  await consumer.drain(0);
  expect(seen).toEqual(Array.from({ length: 50 }, (_, n) => n));
  expect(most).toBe(2);
  expect(events.filter(({ outcome }) => outcome === "ack")).toHaveLength(50);
});

test("slow handlers hold no message ahead: another consumer gets it", async () => {
  const { start, takes, clock, queue } = await withBacklog(50);
  const slow = start(
    () => new Promise<void>((resolve) => void clock.schedule(101, () => resolve())),
  );
  for (let step = 0; step < 10; step++) {
    await clock.advance(50);
    expect(queue.stats().inFlight).toBe(2);
  }
  expect(takes.every(({ max, waits }) => max <= 2 && waits)).toBe(true);
  const drained = slow.drain(0);
  await clock.advance(1);
  await drained;
});

test("handlers that get stuck give back what waits for them, uncounted", async () => {
  const { clock, queue, consumer, consume, events, open } = await stuckWithMessagesAhead();
  expect(queue.stats().inFlight).toBeGreaterThan(2);
  await clock.advance(250);
  expect(queue.stats().inFlight).toBe(2);
  const attempts = new Set<number>();
  const other = consume(({ attempt }) => void attempts.add(attempt));
  await clock.advance(1);
  expect(queue.stats()).toMatchObject({ ready: 0, inFlight: 2 });
  expect(attempts).toEqual(new Set([1]));
  open();
  await clock.advance(1);
  await Promise.all([consumer.drain(0), other.drain(0)]);
  expect(events.filter(({ outcome }) => outcome === "ack")).toHaveLength(50);
});

test("a pause gives back what was taken ahead at once, uncounted, and a resume goes on at once", async () => {
  const { clock, queue, consumer, events, open } = await stuckWithMessagesAhead();
  expect(queue.stats().inFlight).toBeGreaterThan(2);
  queue.control.pause({ reason: "maintenance" });
  await clock.advance(0);
  expect(queue.stats()).toMatchObject({ ready: 46, inFlight: 2 });
  open();
  await clock.advance(1_000);
  expect(queue.stats()).toMatchObject({ ready: 46, inFlight: 0 });
  queue.control.resume();
  await clock.advance(1);
  expect(queue.stats()).toMatchObject({ ready: 0, inFlight: 0 });
  await consumer.drain(0);
  const acked = events.filter(({ outcome }) => outcome === "ack");
  expect(acked.map(({ attempt }) => attempt)).toEqual(Array.from({ length: 50 }, () => 1));
});

test("what arrives after the news of a pause is not started, and is given back if the pause stays", async () => {
  // As a platform does whose news is quicker than its messages.
  class Late extends ReferenceDriver {
    override async open({ handlers: _, ...options }: ReceiveOptions) {
      return super.open(options);
    }
  }
  const { queue, clock, consume, client } = referenceWorld();
  queue.control.pause({ reason: "maintenance" });
  let runs = 0;
  const consumer = consume(() => void runs++, { concurrency: 2 }, new Late(queue));
  await client().sendText("a");
  await clock.advance(1);
  expect([runs, queue.stats().inFlight]).toEqual([0, 1]);
  const [first] = queue.waiting();
  const { receipt } = first?.loan ?? {};
  await clock.advance(250);
  expect(first?.loan?.receipt, "it was not given back").not.toBe(receipt);
  expect([runs, first?.attempts]).toEqual([0, 1]);
  queue.control.resume();
  await clock.advance(1);
  expect([runs, queue.stats().inFlight]).toEqual([1, 0]);
  await consumer.drain(0);
});

test("draining gives back what was taken ahead at once, and starts none of it", async () => {
  const { clock, queue, consumer, outcomes, open } = await stuckWithMessagesAhead();
  const drained = consumer.drain(10_000);
  await clock.advance(1);
  expect(queue.stats()).toMatchObject({ ready: 46, inFlight: 2 });
  open();
  await clock.advance(1);
  await drained;
  expect(outcomes().filter((outcome) => outcome === "ack 1")).toHaveLength(4);
  expect(queue.stats()).toMatchObject({ ready: 46, inFlight: 0 });
});

test("what was taken ahead keeps its lease while it waits", async () => {
  const { clock, queue, consumer, events, open } = await stuckWithMessagesAhead({ leaseMs: 160 });
  const { inFlight } = queue.stats();
  expect(inFlight).toBeGreaterThan(2);
  await clock.advance(245);
  expect(queue.stats().inFlight).toBe(inFlight);
  open();
  await clock.advance(1);
  await consumer.drain(0);
  expect(events.filter(({ outcome }) => outcome === "ack")).toHaveLength(50);
  expect(events).toHaveLength(50);
});

test("where messages count against a limit or hold up a group, nothing is taken ahead", async () => {
  for (const options of [{ concurrency: 2 }, { fifo: {} }]) {
    const { start, takes, clock } = await withBacklog(50, options);
    const consumer = start(() => undefined);
    await clock.advance(1);
    await consumer.drain(0);
    expect(takes.every(({ max, waits }) => max <= 2 && waits)).toBe(true);
  }
});
