import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { DiskStorage, memoryStorage, type Storage } from "../src/engine/index.ts";
import { Desk } from "./engine-desk.ts";
import { applied, HOUR, JobsDesk, notApplied } from "./jobs-desk.ts";

async function onDisk(): Promise<Storage> {
  const directory = await mkdtemp(join(tmpdir(), "jobs-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return new DiskStorage(directory);
}

describe("a job", () => {
  test("is pending, running, and succeeded, also when others of its commit are not done with", async () => {
    const jobs = await JobsDesk.open();
    const ids = await jobs.send(3);
    expect(await jobs.statuses(ids)).toEqual(["PENDING", "PENDING", "PENDING"]);
    const [first, second] = await jobs.desk.take(2);
    expect(await jobs.statuses(ids)).toEqual(["RUNNING", "RUNNING", "PENDING"]);
    await jobs.desk.clock.advance(1_000);
    await jobs.desk.ack(second);
    expect(await jobs.statuses(ids)).toEqual(["RUNNING", "SUCCEEDED", "PENDING"]);
    await jobs.desk.ack(first);
    await jobs.takeAndAck(1);
    expect(await jobs.statuses(ids)).toEqual(["SUCCEEDED", "SUCCEEDED", "SUCCEEDED"]);
    const now = jobs.desk.clock.now();
    expect(await jobs.get(ids[0] ?? "")).toEqual({
      id: ids[0],
      queue: "tasks",
      status: "SUCCEEDED",
      attempts: [{ number: 1, outcome: "SUCCEEDED", endedAt: now }],
      sentAt: now - 1_000,
      endedAt: now,
    });
  });

  test("keeps its result, in the commit that acknowledges it", async () => {
    const jobs = await JobsDesk.open({}, await onDisk());
    const ids = await jobs.send(2);
    const [first] = await jobs.desk.take(2);
    const result = '{"big":12345678901234567890}';
    await jobs.desk.settle(first, { kind: "ack", result });
    await jobs.desk.reopen();
    const job = await jobs.get(ids[0] ?? "");
    expect(job).toMatchObject({ status: "SUCCEEDED", result });
    expect(await jobs.status(ids[1] ?? "")).toBe("RUNNING");
  });

  test("is pending again after a failure, with its attempts and its last error", async () => {
    const jobs = await JobsDesk.open();
    const id = await jobs.sendOne();
    const [first] = await jobs.desk.take(1);
    await jobs.desk.retry(first, 1_000);
    const sentAt = jobs.desk.clock.now();
    expect(await jobs.get(id)).toMatchObject({
      status: "PENDING",
      attempts: [{ number: 1, outcome: "FAILED" }],
      lastError: { message: "smtp down" },
      dueAt: sentAt + 1_000,
    });
    await jobs.desk.clock.advance(1_000);
    const [second] = await jobs.desk.take(1);
    expect(await jobs.status(id)).toBe("RUNNING");
    await jobs.desk.ack(second);
    const job = await jobs.get(id);
    expect(job?.attempts.map(({ number, outcome }) => [number, outcome])).toEqual([
      [1, "FAILED"],
      [2, "SUCCEEDED"],
    ]);
    expect(job).toMatchObject({ status: "SUCCEEDED", sentAt });
  });

  test("is dead when its budget is spent, pending when requeued with a fresh one, failed when discarded", async () => {
    const jobs = await JobsDesk.open({ maxAttempts: 2 });
    const id = await jobs.sendOne();
    expect(await jobs.requeue(id)).toEqual(notApplied);
    for (let attempt = 0; attempt < 2; attempt++)
      await jobs.desk.retry((await jobs.desk.take(1))[0]);
    expect(await jobs.get(id)).toMatchObject({
      status: "DEAD",
      attempts: [{ number: 1 }, { number: 2 }],
    });
    expect(await jobs.requeue(id)).toEqual(applied);
    expect(await jobs.status(id)).toBe("PENDING");
    const [again] = await jobs.desk.take(1);
    expect(again).toMatchObject({ id, attempt: 1 });
    await jobs.desk.settle(again, { kind: "deadLetter", error: { code: "E", message: "no" } });
    expect(await jobs.status(id)).toBe("DEAD");
    await jobs.desk.engine.call("tasks", "discard", [[id]]);
    expect(await jobs.get(id)).toMatchObject({ status: "FAILED", lastError: { message: "no" } });
    expect(await jobs.requeue(id)).toEqual(notApplied);
  });

  test("that is delayed is found at once, and when it is done", async () => {
    const jobs = await JobsDesk.open();
    const ids = await jobs.send(3, { delayMs: HOUR });
    expect(await jobs.statuses(ids)).toEqual(["PENDING", "PENDING", "PENDING"]);
    expect(await jobs.get(ids[1] ?? "")).toMatchObject({
      dueAt: jobs.desk.clock.now() + HOUR,
      attempts: [],
    });
    await jobs.desk.clock.advance(HOUR);
    const [first] = await jobs.desk.take(1);
    expect(await jobs.statuses(ids)).toEqual(["RUNNING", "PENDING", "PENDING"]);
    await jobs.desk.ack(first);
    expect(await jobs.statuses(ids)).toEqual(["SUCCEEDED", "PENDING", "PENDING"]);
  });

  test("that is stored long after its id was drawn is found", async () => {
    const jobs = await JobsDesk.open();
    const late = jobs.outgoing("late");
    await jobs.desk.clock.advance(60_000);
    const early = jobs.outgoing("early");
    await jobs.desk.engine.send("tasks", [early, late]);
    await jobs.desk.reopen();
    expect(await jobs.statuses([late.id, early.id])).toEqual(["PENDING", "PENDING"]);
    await jobs.takeAndAck(2);
    expect(await jobs.statuses([late.id, early.id])).toEqual(["SUCCEEDED", "SUCCEEDED"]);
  });

  test("that is sent after the clock was set back is found, also by the next owner", async () => {
    const jobs = await JobsDesk.open();
    const { desk } = jobs;
    const before = await jobs.sendOne();
    await desk.clock.advance(-HOUR);
    const after = await jobs.sendOne();
    await desk.reopen();
    const later = await jobs.sendOne();
    const ids = [later, after, before];
    expect(await jobs.statuses(ids)).toEqual(["PENDING", "PENDING", "PENDING"]);
    expect(await jobs.ids()).toEqual(ids);
    await jobs.takeAndAck(3);
    expect(await jobs.statuses(ids)).toEqual(["SUCCEEDED", "SUCCEEDED", "SUCCEEDED"]);
  });

  test("of a name keeps its name", async () => {
    const jobs = await JobsDesk.open();
    const id = await jobs.sendOne({ headers: { kind: "json", job: "charge" } });
    expect(await jobs.get(id)).toMatchObject({ status: "PENDING", name: "charge" });
    await jobs.takeAndAck(1);
    expect(await jobs.get(id)).toMatchObject({ status: "SUCCEEDED", name: "charge" });
  });

  test("that nobody received within the retention has failed", async () => {
    const jobs = await JobsDesk.open({ retentionMs: 60_000 });
    const plain = await jobs.send(2);
    const delayed = await jobs.send(1, { delayMs: 1_000 });
    await jobs.desk.clock.advance(120_000);
    expect(await jobs.desk.take(10)).toEqual([]);
    for (const id of [...plain, ...delayed]) {
      expect(await jobs.get(id)).toMatchObject({
        status: "FAILED",
        attempts: [],
        lastError: { code: "RETENTION_ENDED" },
      });
    }
  });

  test("that was purged is cancelled, wherever it was", async () => {
    const jobs = await JobsDesk.open();
    const done = await jobs.sendOne();
    await jobs.takeAndAck(1);
    const onLoan = await jobs.send(2);
    const [first] = await jobs.desk.take(1);
    const ready = await jobs.send(2);
    const delayed = await jobs.send(1, { delayMs: HOUR });
    await jobs.desk.engine.call("tasks", "purge", []);
    const [lent = "", open = ""] = onLoan;
    expect(await jobs.statuses([done, lent, open])).toEqual(["SUCCEEDED", "RUNNING", "CANCELLED"]);
    expect(await jobs.statuses([...ready, ...delayed])).toEqual(Array(3).fill("CANCELLED"));
    await jobs.desk.retry(first);
    expect(await jobs.status(lent)).toBe("CANCELLED");
    await jobs.desk.reopen();
    expect(await jobs.statuses([...ready, ...delayed, lent])).toEqual(Array(4).fill("CANCELLED"));
  });

  test("is unknown where none was sent, and where its record's time is over", async () => {
    const jobs = await JobsDesk.open();
    expect(await jobs.get(jobs.outgoing("never sent").id)).toBeUndefined();
    expect(await jobs.get("not an id")).toBeUndefined();
    const [plain = "", other = ""] = await jobs.send(2);
    await jobs.takeAndAck(1);
    await jobs.desk.settle((await jobs.desk.take(1))[0], { kind: "ack", result: "1" });
    await jobs.desk.clock.advance(24 * HOUR - 1);
    expect(await jobs.statuses([plain, other])).toEqual(["SUCCEEDED", "SUCCEEDED"]);
    await jobs.desk.clock.advance(1);
    expect(await jobs.statuses([plain, other])).toEqual([undefined, undefined]);
    expect(await jobs.list()).toEqual([]);
  });

  test("is not kept where the queue keeps no records", async () => {
    const desk = await Desk.open(memoryStorage());
    const call = desk.engine.call("tasks", "job", ["x"]);
    await expect(call).rejects.toMatchObject({ code: "JOBS_NOT_KEPT" });
  });
});
