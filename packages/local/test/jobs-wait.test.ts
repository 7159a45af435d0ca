import { describe, expect, test } from "vitest";
import { memoryStorage, type Storage } from "../src/engine/index.ts";
import { table } from "../src/engine/keys.ts";
import { HOUR, JobsDesk } from "./jobs-desk.ts";

/** What purges left is looked for later than anything else is read, and cleared later still. */
function slowToClear(): Storage {
  const storage = memoryStorage();
  const rows = storage.rows.bind(storage);
  storage.rows = async (range, limit) => {
    const clearing = (range.gte ?? range.gt)?.[0] === table.clearing;
    if (clearing) await tenTurns();
    const found = await rows(range, limit);
    if (clearing) await tenTurns();
    return found;
  };
  return storage;
}

async function tenTurns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
}

describe("waiting for a job", () => {
  test("ends when it succeeds, is dead, discarded or cancelled", async () => {
    const jobs = await JobsDesk.open({ maxAttempts: 1 });
    const [a = "", b = "", c = ""] = await jobs.send(3);
    const waits = Promise.all([a, b, c].map((id) => jobs.ended(id)));
    const [first, second] = await jobs.desk.take(2);
    await jobs.cancel(c);
    await jobs.desk.settle(first, { kind: "ack", result: '"done"' });
    await jobs.desk.retry(second);
    expect((await waits).map((job) => [job?.id, job?.status, job?.result])).toEqual([
      [a, "SUCCEEDED", '"done"'],
      [b, "DEAD", undefined],
      [c, "CANCELLED", undefined],
    ]);
    expect((await jobs.ended(a))?.status).toBe("SUCCEEDED");
  });

  test("goes on over failures, and ends with a purge and with its signal", async () => {
    const jobs = await JobsDesk.open();
    const id = await jobs.sendOne();
    const purged = await jobs.sendOne({ delayMs: HOUR });
    const wait = jobs.ended(id);
    const purgedWait = jobs.ended(purged);
    await jobs.desk.retry((await jobs.desk.take(1))[0]);
    await jobs.desk.ack((await jobs.desk.take(1))[0]);
    expect(await wait).toMatchObject({ status: "SUCCEEDED", attempts: [{}, {}] });
    await jobs.desk.engine.call("tasks", "purge", []);
    expect((await purgedWait)?.status).toBe("CANCELLED");
    const abort = new AbortController();
    const forever = jobs.ended(await jobs.sendOne(), abort.signal);
    abort.abort();
    await expect(forever).rejects.toMatchObject({ code: "ABORTED" });
    expect(await jobs.ended("unknown")).toBeUndefined();
  });

  test.each([
    ["before", "purge", "wait"],
    ["after", "wait", "purge"],
  ])("ends with a purge that comes %s it, however shortly", async (_when, first) => {
    for (let turns = 0; turns < 60; turns++) {
      const jobs = await JobsDesk.open({}, slowToClear());
      const id = await jobs.sendOne();
      const purge = () => jobs.desk.engine.call("tasks", "purge", []);
      const begun: Promise<unknown>[] = [];
      if (first === "purge") begun.push(purge());
      let wait = first === "wait" ? jobs.ended(id) : undefined;
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      if (first === "wait") begun.push(purge());
      wait ??= jobs.ended(id);
      expect((await wait)?.status, `${turns} turns later`).toBe("CANCELLED");
      await Promise.all(begun);
    }
  });

  test("ends with the second of two purges that clear at once", async () => {
    for (let turns = 0; turns < 30; turns++) {
      const jobs = await JobsDesk.open({}, slowToClear());
      await jobs.sendOne();
      const purge = () => jobs.desk.engine.call("tasks", "purge", []);
      const first = purge();
      const id = await jobs.sendOne();
      for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
      const second = purge();
      await first;
      expect((await jobs.ended(id))?.status, `${turns} turns later`).toBe("CANCELLED");
      await second;
    }
  });

  test("fails when the store is closed", async () => {
    const jobs = await JobsDesk.open();
    const wait = jobs.ended(await jobs.sendOne());
    const failed = expect(wait).rejects.toMatchObject({ code: "CLOSED" });
    await jobs.desk.quiet();
    await jobs.desk.engine.close();
    await failed;
  });
});
