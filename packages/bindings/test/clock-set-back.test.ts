import { expect, test } from "vitest";
import type { Clock } from "../src/clock.ts";
import { gate, referenceWorld } from "./reference.ts";

const DAY_MS = 24 * 3_600_000;

/** A consumer's machine whose wall clock is set while its timers, and the queue's clock, go on as they were. */
function setClockWorld(options: Parameters<typeof referenceWorld>[0] = {}) {
  const world = referenceWorld(options);
  let ahead = 0;
  const clock: Clock = {
    now: () => world.clock.now() + ahead,
    schedule: (delayMs, run) => world.clock.schedule(delayMs, run),
  };
  const set = (byMs: number) => {
    ahead += byMs;
  };
  return { ...world, set, own: { clock } };
}

test("a lease is renewed although the clock is set back while its handler runs", async () => {
  const { client, consume, clock, own, set, outcomes } = setClockWorld({ leaseMs: 30_000 });
  const { opened, open } = gate();
  let calls = 0;
  await client().send({ n: 1 });
  const consumer = consume(async () => {
    calls++;
    await opened;
  }, own);
  await clock.advance(1_000);
  set(-DAY_MS);
  await clock.advance(300_000);
  open();
  await clock.advance(1);
  await consumer.drain(0);
  expect(calls).toBe(1);
  expect(outcomes()).toEqual(["ack 1"]);
});

test("all leases are renewed where others were taken after the clock was set back", async () => {
  const { client, consume, clock, own, set, outcomes } = setClockWorld({ leaseMs: 30_000 });
  const { opened, open } = gate();
  let calls = 0;
  await client().send({ n: 1 });
  const consumer = consume(async (_, { extend }) => {
    if (calls++ > 0) await extend("20s");
    await opened;
  }, own);
  await clock.advance(14_000);
  set(-DAY_MS);
  await client().send({ n: 2 });
  await clock.advance(300_000);
  open();
  await clock.advance(1);
  await consumer.drain(0);
  expect(calls).toBe(2);
  expect(outcomes()).toEqual(["ack 1", "ack 1"]);
});

test("a handler's timeout is no longer for a clock that is set back", async () => {
  const { client, consume, clock, own, set, outcomes } = setClockWorld({ maxAttempts: 1 });
  await client().send({ n: 1 });
  const consumer = consume(() => new Promise(() => undefined), { ...own, timeoutMs: 60_000 });
  await clock.advance(30_000);
  set(-DAY_MS);
  await clock.advance(29_999);
  expect(outcomes()).toEqual([]);
  await clock.advance(1);
  expect(outcomes()).toEqual(["deadLetter 1"]);
  await consumer.drain(0);
});

test("what was taken ahead is given back although the clock is set back", async () => {
  const { client, consume, clock, own, set, queue } = setClockWorld();
  const { opened, open } = gate();
  await client().sendBatch(Array.from({ length: 50 }, (_, payload) => ({ payload })));
  const handler = async ({ payload }: { payload: unknown }) => {
    if (Number(payload) >= 2) await opened;
  };
  const consumer = consume(handler, { ...own, concurrency: 2 });
  await clock.advance(1);
  expect(queue.stats().inFlight).toBeGreaterThan(2);
  set(-DAY_MS);
  await clock.advance(250);
  expect(queue.stats().inFlight).toBe(2);
  open();
  await clock.advance(1);
  await consumer.drain(0);
});
