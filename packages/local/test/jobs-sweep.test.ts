import { describe, expect, test } from "vitest";
import { memoryStorage, type Storage } from "../src/engine/index.ts";
import { HOUR, JobsDesk } from "./jobs-desk.ts";

/** A sweep follows a commit and goes on between the next ones. */
async function swept(jobs: JobsDesk): Promise<void> {
  for (let commit = 0; commit < 10; commit++) {
    await jobs.desk.quiet();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("the sweep", () => {
  /** Rows of jobs in the store. */
  async function rowsOf(storage: Storage): Promise<number> {
    const range = { gte: Buffer.of(0x14), lt: Buffer.of(0x16) };
    return (await storage.rows(range, 10_000)).length;
  }

  test("deletes what is over, and nothing of what still counts", async () => {
    const storage = memoryStorage();
    const jobs = await JobsDesk.open({ retentionMs: 14 * 24 * HOUR }, storage);
    const { clock } = jobs.desk;
    const waiting = jobs.outgoing("stored late");
    await clock.advance(60_000);
    await jobs.desk.engine.send("tasks", [waiting]);
    const retried = await jobs.sendOne({ priority: 1 });
    await jobs.desk.retry((await jobs.desk.take(1))[0], 72 * HOUR);
    const delayed = await jobs.sendOne({ delayMs: 72 * HOUR });
    const done = await jobs.send(20, { priority: 1 });
    await jobs.takeAndAck(10);
    for (const delivery of await jobs.desk.take(10)) {
      await jobs.desk.settle(delivery, { kind: "ack", result: "1" });
    }
    expect(await jobs.statuses(done)).toEqual(Array(20).fill("SUCCEEDED"));
    expect(await rowsOf(storage)).toBeGreaterThan(13);
    await clock.advance(27 * HOUR);
    await swept(jobs);
    // One each for what was stored late, is retried, is delayed.
    expect(await rowsOf(storage)).toBe(3);
    expect(await jobs.statuses([waiting.id, retried, delayed])).toEqual(Array(3).fill("PENDING"));
    await clock.advance(72 * HOUR);
    await jobs.takeAndAck(10);
    expect(await jobs.statuses([waiting.id, retried, delayed])).toEqual(Array(3).fill("SUCCEEDED"));
    await clock.advance(20 * 24 * HOUR);
    await swept(jobs);
    expect(await rowsOf(storage)).toBe(0);
  });
});
