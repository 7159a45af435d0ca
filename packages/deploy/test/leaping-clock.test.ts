import { leapingClock } from "@alienplatform/deploy/conformance";
import { expect, test } from "vitest";
import { pause } from "../src/pause.ts";

const never = new AbortController().signal;

test("a clock that leaps lets what one timer starts go on before the next, though the machine stood still", async () => {
  const clock = leapingClock();
  const rung: string[] = [];
  const stop = clock.schedule(60_000, () => rung.push("run out"));
  clock.schedule(20_000, () => {
    rung.push("renewed");
    setImmediate(() => setImmediate(stop));
  });
  // As long as all of a minute takes.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
  await pause(clock, 90_000, never);
  expect(rung).toEqual(["renewed"]);
});

test("a clock that leaps moves to each timer in the order of its time, and no further", async () => {
  const clock = leapingClock();
  const start = clock.now();
  const rung: number[] = [];
  for (const delay of [3_000, 1_000, 2_000]) {
    clock.schedule(delay, () => rung.push(clock.now() - start));
  }
  clock.schedule(1_500, () => rung.push(0))();
  await pause(clock, 4_000, never);
  expect(rung).toEqual([1_000, 2_000, 3_000]);
  expect(clock.now() - start).toBe(4_000);
});
