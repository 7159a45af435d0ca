import { onQueueMessage } from "@alienplatform/sdk";
import { createTestQueues } from "@alienplatform/testing";
import "@alienplatform/testing/vitest";
import { expect, it } from "vitest";
import { inTemporaryDirectory } from "../in-temporary-directory.ts";
import { Program } from "../program.ts";
import { reminders } from "./alien.ts";
import { planReminder } from "./remind.ts";

const day = 24 * 60 * 60 * 1000;

it("a reminder comes a day before the visit, once, and not a moment early", async () => {
  await using queues = await createTestQueues(reminders);
  const reminded: unknown[] = [];
  onQueueMessage("reminders", ({ payload }) => void reminded.push(payload));
  const at = new Date(queues.clock.now() + 7 * day);
  expect(await planReminder({ patient: "ada", at })).toBe(true);
  expect(await planReminder({ patient: "ada", at })).toBe(false);
  expect(await planReminder({ patient: "bob", at })).toBe(true);
  expect(reminders).toHaveSentTimes(2, { delay: "6d" });
  await queues.clock.advance(6 * day - 1);
  expect(await queues.drain()).toEqual([]);
  await queues.clock.advance(1);
  await queues.drain();
  expect(reminded).toEqual([
    { patient: "ada", at: at.toISOString() },
    { patient: "bob", at: at.toISOString() },
  ]);
});

it("more than seven days ahead is refused", async () => {
  await using queues = await createTestQueues(reminders);
  const at = new Date(queues.clock.now() + 8 * day + 1);
  await expect(planReminder({ patient: "ada", at })).rejects.toMatchObject({
    code: "OPTION_INVALID",
  });
  expect(reminders).not.toHaveSent();
});

it("the program plans a reminder once and reminds when it is time", () =>
  inTemporaryDirectory(async (directory) => {
    const sender = new Program("./reminders", "send", directory);
    expect(await sender.ends(), sender.lines.join("\n")).toBe(0);
    expect(sender.lines).toContain("first time: planned");
    expect(sender.lines).toContain("second time: it was planned already");
    const worker = new Program("./reminders", "worker", directory);
    for (const patient of ["bob", "ada"]) await worker.says(`reminded ${patient}`);
    await worker.stop();
    expect(worker.lines.filter((line) => line === "reminded ada")).toHaveLength(1);
  }));
