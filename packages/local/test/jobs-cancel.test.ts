import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { DiskStorage, memoryStorage, type Storage } from "../src/engine/index.ts";
import { applied, HOUR, JobsDesk, notApplied } from "./jobs-desk.ts";

async function onDisk(): Promise<Storage> {
  const directory = await mkdtemp(join(tmpdir(), "jobs-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return new DiskStorage(directory);
}

describe("cancelling", () => {
  test("takes back what is ready, whatever else is in its commit, and nothing that is on loan", async () => {
    const jobs = await JobsDesk.open();
    const [a = "", b = "", c = "", d = ""] = await jobs.send(4);
    const [first] = await jobs.desk.take(1);
    expect(await jobs.cancel(a)).toEqual(notApplied);
    expect(await jobs.cancel(b)).toEqual(applied);
    expect(await jobs.cancel(b)).toEqual(notApplied);
    expect(await jobs.cancel(d)).toEqual(applied);
    expect(await jobs.desk.stats()).toMatchObject({ ready: 1, inFlight: 1 });
    const peeked = await jobs.desk.engine.call("tasks", "peek", [{ limit: 10 }]);
    expect(peeked.map(({ id }) => id)).toEqual([a, c]);
    expect(await jobs.statuses([a, b, c, d])).toEqual([
      "RUNNING",
      "CANCELLED",
      "PENDING",
      "CANCELLED",
    ]);
    const [third, ...none] = await jobs.desk.take(10);
    expect(third?.id).toBe(c);
    expect(none).toEqual([]);
    await jobs.desk.ack(first);
    await jobs.desk.ack(third);
    expect(await jobs.statuses([a, b, c, d])).toEqual([
      "SUCCEEDED",
      "CANCELLED",
      "SUCCEEDED",
      "CANCELLED",
    ]);
  });

  test("holds after the store was opened again", async () => {
    const jobs = await JobsDesk.open({}, await onDisk());
    const [a = "", b = "", c = ""] = await jobs.send(3);
    const others = await jobs.send(2);
    const last = await jobs.sendOne();
    await jobs.desk.take(1);
    for (const id of [b, ...others]) expect(await jobs.cancel(id)).toEqual(applied);
    await jobs.desk.reopen();
    expect(await jobs.desk.stats()).toMatchObject({ ready: 2 });
    expect(await jobs.statuses([b, ...others])).toEqual(Array(3).fill("CANCELLED"));
    const taken = await jobs.desk.take(10);
    expect(taken.map(({ id }) => id)).toEqual([c, last]);
    await jobs.desk.clock.advance(60_000);
    await jobs.desk.reopen();
    await jobs.takeAndAck(10);
    expect(await jobs.desk.take(10)).toEqual([]);
    expect(await jobs.statuses([a, b, c, ...others, last])).toEqual([
      "SUCCEEDED",
      "CANCELLED",
      "SUCCEEDED",
      "CANCELLED",
      "CANCELLED",
      "SUCCEEDED",
    ]);
  });

  test("takes back what is delayed or waits for its retry", async () => {
    const jobs = await JobsDesk.open();
    const delayed = await jobs.sendOne({ delayMs: HOUR });
    const retried = await jobs.sendOne();
    await jobs.desk.retry((await jobs.desk.take(1))[0], HOUR);
    for (const id of [delayed, retried]) {
      expect(await jobs.cancel(id)).toEqual(applied);
      expect(await jobs.status(id)).toBe("CANCELLED");
    }
    await jobs.desk.clock.advance(2 * HOUR);
    expect(await jobs.desk.take(10)).toEqual([]);
    expect(await jobs.desk.stats()).toMatchObject({ ready: 0, delayed: 0 });
    await jobs.desk.reopen();
    expect(await jobs.desk.take(10)).toEqual([]);
    expect((await jobs.get(retried))?.attempts).toHaveLength(1);
  });

  test("frees the way for the next of a FIFO group", async () => {
    const jobs = await JobsDesk.open({ fifo: true });
    const [a = "", b = "", c = "", d = ""] = await jobs.send(4, { group: "g" });
    const [first] = await jobs.desk.take(10);
    expect(first?.id).toBe(a);
    expect(await jobs.desk.take(10)).toEqual([]);
    expect(await jobs.cancel(b)).toEqual(applied);
    expect(await jobs.statuses([a, b, c])).toEqual(["RUNNING", "CANCELLED", "PENDING"]);
    await jobs.desk.retry(first, HOUR);
    expect(await jobs.cancel(a)).toEqual(applied);
    const [third] = await jobs.desk.take(10);
    expect(third?.id).toBe(c);
    await jobs.desk.reopen();
    expect(await jobs.cancel(d)).toEqual(applied);
    await jobs.desk.ack(third);
    await jobs.desk.clock.advance(60_000);
    expect((await jobs.desk.take(10)).map(({ id }) => id)).toEqual([]);
    expect(await jobs.desk.stats()).toMatchObject({ ready: 0, delayed: 0, inFlight: 0 });
    expect(await jobs.statuses([a, b, c, d])).toEqual([
      "CANCELLED",
      "CANCELLED",
      "SUCCEEDED",
      "CANCELLED",
    ]);
  });

  test("reaches what is far beyond memory, and the rest comes in order", async () => {
    const storage = memoryStorage();
    const desk = await JobsDesk.open({}, storage);
    const ids: string[] = [];
    for (let commit = 0; commit < 40; commit++) ids.push(...(await desk.send(50)));
    await desk.desk.reopen();
    const cancelled = ids.filter((_, n) => n % 7 === 3 || (n >= 500 && n < 700));
    for (const id of cancelled) expect(await desk.cancel(id)).toEqual(applied);
    const taken: string[] = [];
    for (;;) {
      const some = await desk.desk.take(99);
      if (some.length === 0) break;
      taken.push(...some.map(({ id }) => id));
    }
    const gone = new Set(cancelled);
    expect(taken).toEqual(ids.filter((id) => !gone.has(id)));
    expect(await desk.desk.stats()).toMatchObject({ ready: 0, inFlight: taken.length });
  });
});
