import { type Clock, VirtualClock } from "@alienplatform/bindings";
import { expect, test } from "vitest";
import { memoryStorage } from "../src/engine/index.ts";
import { Desk } from "./engine-desk.ts";

const HOUR_MS = 3_600_000;

/** Timers go on as they were while the wall clock is set. */
class SetClock implements Clock {
  readonly timers = new VirtualClock();
  #ahead = 0;

  now(): number {
    return this.timers.now() + this.#ahead;
  }

  schedule(delayMs: number, run: () => void): () => void {
    return this.timers.schedule(delayMs, run);
  }

  set(byMs: number): void {
    this.#ahead += byMs;
  }
}

test("whoever waits is given what is due after the clock was set forward", async () => {
  const clock = new SetClock();
  const desk = await Desk.open(memoryStorage(), {}, { clock });
  await desk.send("on loan");
  await desk.take(1);
  clock.set(HOUR_MS);
  await desk.engine.send("tasks", [
    { ...desk.message("delayed"), sentAt: clock.now(), delayMs: 5_000 },
  ]);
  const came: unknown[] = [];
  for (let turn = 0; turn < 2; turn++) {
    void desk.take(1, { waitMs: 20_000 }).then(([message]) => came.push(message?.body));
  }
  await clock.timers.advance(5_000);
  expect(came).toEqual(["on loan", "delayed"]);
});

test("a clock that is set back makes no lease longer than twice its length", async () => {
  const clock = new SetClock();
  const storage = memoryStorage();
  const desk = await Desk.open(storage, {}, { clock });
  await desk.send("a", "b");
  const [, b] = await desk.take(2, { leaseMs: 30_000 });
  await desk.engine.extend("tasks", [b?.receipt ?? ""], 50_000);
  await clock.timers.advance(10_000);
  clock.set(-24 * HOUR_MS);
  // Somebody does something, and so the jump is seen.
  await desk.send("c");
  await clock.timers.advance(29_999);
  expect(await desk.take(5)).toMatchObject([{ body: "c" }]);
  await desk.quiet();
  await clock.timers.advance(1);
  expect(await desk.take(5)).toMatchObject([{ body: "a", attempt: 2 }]);
  await clock.timers.advance(20_000);
  expect(await desk.take(5)).toMatchObject([{ body: "b", attempt: 2 }]);
});

test("a clock that is set back while nothing happens is seen at a lease's end", async () => {
  const clock = new SetClock();
  const desk = await Desk.open(memoryStorage(), {}, { clock });
  await desk.send("a");
  await desk.take(1, { leaseMs: 30_000 });
  clock.set(-24 * HOUR_MS);
  await clock.timers.advance(59_999);
  expect(await desk.take(5)).toEqual([]);
  await clock.timers.advance(1);
  expect(await desk.take(5)).toMatchObject([{ body: "a", attempt: 2 }]);
});
