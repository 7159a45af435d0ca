import { keptDriver, QueueClient } from "@alienplatform/bindings";
import { memoryTable } from "@alienplatform/bindings/conformance";
import { afterAll, expect, test } from "vitest";
import { startQueues } from "../fauxqs/start-queues.ts";
import { FakeScheduler } from "./fake-scheduler.ts";

const { open } = await startQueues();
const scheduler = await FakeScheduler.listen();
afterAll(() => scheduler.close());

test("a message that Scheduler sends seconds before its time is handed over at it, at its first attempt", async () => {
  const { clock, driver, options } = await open({ fifo: {} }, { scheduler });
  const table = memoryTable(clock, new Map());
  const given = { queue: "tasks", options, clock };
  const client = new QueueClient<unknown>(keptDriver(driver, table, given), given);
  await client.sendText("later", { group: "a", delay: "1h" });
  await clock.advance(3_600_000 - 10_000);
  await scheduler.runAll();
  expect(await client.receive(1)).toEqual([]);
  await clock.advance(8_000);
  expect(await client.receive(1)).toEqual([]);
  await clock.advance(3_000);
  expect(await client.receive(1)).toMatchObject([{ payload: "later", attempt: 1, group: "a" }]);
});
