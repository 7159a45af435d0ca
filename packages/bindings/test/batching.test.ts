import { AlienError } from "@alienplatform/core";
import { expect, test } from "vitest";
import { ReferenceDriver } from "../conformance/index.ts";
import type { Outgoing, SendResult, Settlement } from "../src/queue/driver.ts";
import { gate, referenceWorld } from "./reference.ts";

/** Writes down each call, and fails items as the test says. */
class Scripted extends ReferenceDriver {
  readonly calls: string[][] = [];
  script: (call: number, message: Outgoing) => AlienError | undefined = () => undefined;

  override async send(messages: readonly Outgoing[]): Promise<readonly SendResult[]> {
    const call = this.calls.push(messages.map(({ body }) => body));
    const errors = messages.map((message) => this.script(call, message));
    const fine = messages.filter((_, index) => errors[index] === undefined);
    const sent = [...(await super.send(fine))];
    // One for each message without an error.
    return errors.map((error) => (error ? { ok: false, error } : (sent.shift() as SendResult)));
  }
}

function scripted() {
  const world = referenceWorld();
  const driver = new Scripted(world.queue);
  return { ...world, driver, tasks: world.client({}, driver) };
}

const passing = () => new AlienError("OWNER_LOST", "the owner went away", { retryable: true });
const lasting = () => new AlienError("STORAGE_FULL", "the disk is full");

test("sends of one turn become one call per chunk", async () => {
  const { driver, tasks } = scripted();
  await Promise.all(Array.from({ length: 25 }, (_, n) => tasks.send(n)));
  expect(driver.calls.map(({ length }) => length)).toEqual([10, 10, 5]);
});

test("chunks are cut by bytes too", async () => {
  const { driver, tasks } = scripted();
  const payload = "x".repeat(60_000);
  await tasks.sendBatch(Array.from({ length: 5 }, () => ({ payload })));
  expect(driver.calls.map(({ length }) => length)).toEqual([2, 2, 1]);
});

test("settlements are cut by what their results and errors weigh", async () => {
  const batches: number[] = [];
  class Counting extends ReferenceDriver {
    protected override async settle(batch: readonly Settlement[]) {
      batches.push(batch.length);
      return super.settle(batch);
    }
  }
  const { client, consume, clock, queue } = referenceWorld();
  await client().sendBatch(Array.from({ length: 5 }, (_, payload) => ({ payload })));
  const { opened, open } = gate();
  const handler = async () => {
    await opened;
    return "x".repeat(60_000);
  };
  const consumer = consume(handler, {}, new Counting(queue));
  await clock.advance(1);
  open();
  await clock.advance(1);
  await consumer.drain(0);
  expect(batches).toEqual([2, 2, 1]);
});

test("what failed for a passing reason is sent again alone, and keeps its place and id", async () => {
  const { driver, tasks, clock, queue } = scripted();
  driver.script = (call, { body }) => (call < 3 && body === "2" ? passing() : undefined);
  const sent = tasks.sendBatch([1, 2, 3].map((payload) => ({ payload })));
  await clock.advance(10_000);
  const results = await sent;
  expect(driver.calls).toEqual([["1", "2", "3"], ["2"], ["2"]]);
  expect(results.every(({ ok }) => ok)).toBe(true);
  const ids = results.map((result) => (result.ok ? result.id : ""));
  expect([...ids].sort()).toEqual(ids);
  expect(queue.stats().ready).toBe(3);
});

test("what failed for good is not sent again", async () => {
  const { driver, tasks } = scripted();
  driver.script = () => lasting();
  await expect(tasks.send(1)).rejects.toMatchObject({ code: "STORAGE_FULL" });
  expect(driver.calls).toHaveLength(1);
});

test("retrying ends after a few attempts with the last error", async () => {
  const { driver, tasks, clock } = scripted();
  driver.script = () => passing();
  const sent = expect(tasks.send(1)).rejects.toMatchObject({ code: "OWNER_LOST" });
  await clock.advance(60_000);
  await sent;
  expect(driver.calls).toHaveLength(5);
});

test("an abort ends the retrying", async () => {
  const { driver, tasks } = scripted();
  const abort = new AbortController();
  driver.script = () => {
    abort.abort();
    return passing();
  };
  await expect(tasks.send(1, { signal: abort.signal })).rejects.toMatchObject({
    code: "OWNER_LOST",
  });
  expect(driver.calls).toHaveLength(1);
});

test("a driver that throws, or forgets a result, fails every message of the call by name", async () => {
  const { driver, tasks } = scripted();
  driver.send = async () => [];
  await expect(tasks.send(1)).rejects.toMatchObject({
    code: "DRIVER_FAILED",
    message: "the driver answered 0 of 1 items",
  });
  driver.send = () => Promise.reject(new Error("socket hang up"));
  const [result] = await scriptedBatch(driver);
  expect(result).toMatchObject({ ok: false, error: { code: "DRIVER_FAILED" } });
});

function scriptedBatch(driver: Scripted) {
  return referenceWorld()
    .client({}, driver)
    .sendBatch([{ payload: 1 }]);
}

test("one bad message of a batch does not keep the others back", async () => {
  const { tasks, queue } = scripted();
  const results = await tasks.sendBatch([
    { payload: 1 },
    { payload: () => 1 },
    { payload: 3, priority: 99 },
    { payload: 4 },
  ]);
  expect(results.map((result) => (result.ok ? "ok" : result.error.code))).toEqual([
    "ok",
    "PAYLOAD_INVALID",
    "OPTION_INVALID",
    "ok",
  ]);
  expect(queue.stats().ready).toBe(2);
});
