import { expect, test } from "vitest";
import { ReferenceDriver } from "../conformance/index.ts";
import { QueueOperations } from "../src/queue/operations.ts";
import { referenceWorld } from "./reference.ts";

function operations() {
  const { queue, clock } = referenceWorld();
  const open = () => ({ operator: new ReferenceDriver(queue), clock });
  return { clock, operations: new QueueOperations(open, { queue: "tasks" }) };
}

test("until is a time from now or a Date, and both are kept as a time", async () => {
  const { operations: tasks, clock } = operations();
  await tasks.pause("maintenance", { until: "2h" });
  expect(await tasks.paused()).toEqual({
    reason: "maintenance",
    until: clock.now() + 7_200_000,
    whilePaused: "wait",
    since: clock.now(),
  });
  const at = new Date(clock.now() + 1_000);
  await tasks.pause("maintenance", { until: at, whilePaused: "deadLetter" });
  expect(await tasks.paused()).toMatchObject({ until: at.getTime(), whilePaused: "deadLetter" });
  await tasks.resume();
  expect(await tasks.paused()).toBeUndefined();
});

test("a pause that would be over at once is refused", async () => {
  const { operations: tasks, clock } = operations();
  for (const until of [new Date(clock.now()), "0s"] as const) {
    await expect(tasks.pause("maintenance", { until })).rejects.toMatchObject({
      code: "OPTION_INVALID",
      message: expect.stringContaining("over at once"),
    });
  }
  expect(await tasks.paused()).toBeUndefined();
});

test("a reason of more than 1,024 characters is refused, one of 1,024 is kept", async () => {
  const { operations: tasks } = operations();
  await expect(tasks.pause("x".repeat(1_025))).rejects.toMatchObject({ code: "OPTION_INVALID" });
  await tasks.pause("x".repeat(1_024));
  expect((await tasks.paused())?.reason).toHaveLength(1_024);
});

test("wrong use shows the right form", async () => {
  const { operations: tasks } = operations();
  const wrong: readonly (() => Promise<void>)[] = [
    // @ts-expect-error a pause has a reason
    () => tasks.pause(),
    () => tasks.pause(" "),
    () => tasks.pause("maintenance", { until: new Date("never") }),
    // @ts-expect-error there are two things that messages can do
    () => tasks.pause("maintenance", { whilePaused: "drop" }),
    () => tasks.bind("not an id"),
  ];
  for (const call of wrong) await expect(call()).rejects.toThrow(TypeError);
});

test("options that do not exist are refused, and nothing is paused", async () => {
  const { operations: tasks } = operations();
  // As JavaScript, or an object from elsewhere, lets it through.
  const mistyped: object = { untl: "2h", statsu: "paused", limt: 3 };
  for (const call of [
    () => tasks.pause("maintenance", mistyped),
    () => tasks.bind("worker", mistyped),
    () => tasks.peek(mistyped),
    () => tasks.jobs.list(mistyped),
    () => tasks.jobs.wait("any", mistyped),
  ]) {
    await expect(call()).rejects.toMatchObject({ code: "OPTION_INVALID" });
  }
  await expect(tasks.pause("maintenance", mistyped)).rejects.toMatchObject({
    message: 'pause has no option "untl"',
    fix: 'Write "until".',
  });
  expect(await tasks.paused()).toBeUndefined();
});

test("bind is active unless told otherwise", async () => {
  const { operations: tasks } = operations();
  await tasks.pause("maintenance");
  await tasks.bind("worker");
  expect(await tasks.control()).toMatchObject({ consumer: "worker" });
  expect(await tasks.paused()).toBeUndefined();
  await tasks.bind("worker", { status: "paused" });
  expect(await tasks.paused()).toMatchObject({ whilePaused: "wait" });
  await tasks.unbind();
  expect((await tasks.control()).consumer).toBeUndefined();
});
