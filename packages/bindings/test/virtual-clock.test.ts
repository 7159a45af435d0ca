import { expect, test } from "vitest";
import { VirtualClock } from "../src/virtual-clock.ts";

test("timers fire in order of time, and time stands at each of them", async () => {
  const clock = new VirtualClock(1_000);
  const fired: string[] = [];
  clock.schedule(20, () => fired.push(`b ${clock.now()}`));
  clock.schedule(10, () => fired.push(`a ${clock.now()}`));
  clock.schedule(20, () => fired.push(`c ${clock.now()}`));
  clock.schedule(31, () => fired.push("late"));
  await clock.advance("30ms");
  expect(fired).toEqual(["a 1010", "b 1020", "c 1020"]);
  expect(clock.now()).toBe(1_030);
});

test("a promise chain that a timer starts can schedule the next timer of the same advance", async () => {
  const clock = new VirtualClock(0);
  const at: number[] = [];
  const tick = async () => {
    for (let step = 0; step < 5; step++) await Promise.resolve();
    at.push(clock.now());
    clock.schedule(10, () => void tick());
  };
  clock.schedule(10, () => void tick());
  await clock.advance(35);
  expect(at).toEqual([10, 20, 30]);
});

test("a cancelled timer does not fire", async () => {
  const clock = new VirtualClock(0);
  const fired: string[] = [];
  clock.schedule(5, () => fired.push("no"))();
  await clock.advance(10);
  expect(fired).toEqual([]);
});
