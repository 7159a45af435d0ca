import { fastClock } from "@alienplatform/deploy/conformance";
import { expect, test } from "vitest";
import { pause } from "../src/pause.ts";

const never = new AbortController().signal;

test("a fast clock does not multiply what the machine stood still for", () => {
  const clock = fastClock(20);
  const start = clock.now();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
  expect(clock.now() - start).toBeLessThanOrEqual(2_000);
});

test("a fast clock stands still while something is done that takes the machine's time", async () => {
  const clock = fastClock(20);
  const before = await clock.during(async () => {
    const start = clock.now();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(clock.now()).toBe(start);
    return start;
  });
  expect(before).toBeLessThanOrEqual(clock.now());
});

test("a fast clock rings when it is time, and not what was taken back", async () => {
  const clock = fastClock(200);
  const start = clock.now();
  let rung = false;
  clock.schedule(1_000, () => {
    rung = true;
  })();
  await pause(clock, 4_000, never);
  expect(clock.now() - start).toBeGreaterThanOrEqual(4_000);
  expect(rung).toBe(false);
});
