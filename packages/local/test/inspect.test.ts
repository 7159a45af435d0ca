import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { DiskStorage, memoryStorage, type Storage } from "../src/engine/index.ts";
import { InspectDesk } from "./inspect-desk.ts";
import { applied, HOUR, notApplied } from "./jobs-desk.ts";

async function onDisk(): Promise<Storage> {
  const directory = await mkdtemp(join(tmpdir(), "inspect-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return new DiskStorage(directory);
}

describe.each([
  ["that keeps jobs", { resultsMs: HOUR }],
  ["that keeps none", {}],
])("a message of a queue %s", (_, spec) => {
  test("is found wherever it is, with all that is known of it", async () => {
    const inspected = await InspectDesk.open(spec);
    const { clock } = inspected.desk;
    const concurrency = { key: "customer-7", limit: 2 };
    const id = await inspected.sendOne({ priority: 3, concurrency });
    const sentAt = clock.now();
    const always = { id, body: "0", headers: { kind: "text" }, sentAt, priority: 3, concurrency };
    expect(await inspected.message(id)).toEqual({
      ...always,
      state: "ready",
      attempts: 0,
      history: [],
    });
    const [delivery] = await inspected.desk.take(1);
    const leaseEndsAt = sentAt + 30_000;
    expect(await inspected.message(id)).toEqual({
      ...always,
      state: "inFlight",
      attempts: 1,
      history: [],
      leaseEndsAt,
    });
    await inspected.desk.retry(delivery, HOUR);
    const lastError = { code: "Error", message: "smtp down" };
    const first = { number: 1, outcome: "FAILED", startedAt: sentAt, endedAt: sentAt };
    const history = [{ ...first, error: lastError }];
    const failed = { ...always, attempts: 1, history, lastError };
    expect(await inspected.message(id)).toEqual({
      ...failed,
      state: "delayed",
      dueAt: sentAt + HOUR,
    });
    await clock.advance(HOUR);
    expect(await inspected.message(id)).toEqual({ ...failed, state: "ready" });
    const [again] = await inspected.desk.take(1);
    expect(await inspected.message(id)).toEqual({
      ...failed,
      state: "inFlight",
      attempts: 2,
      leaseEndsAt: clock.now() + 30_000,
    });
    const error = { code: "Gone", message: "no such account" };
    await inspected.desk.settle(again, { kind: "deadLetter", error });
    expect(await inspected.message(id)).toMatchObject({
      ...always,
      state: "dead",
      attempts: 2,
      deadAt: clock.now(),
      lastError: error,
    });
    await inspected.desk.engine.call("tasks", "discard", [[id]]);
    expect(await inspected.message(id)).toBeUndefined();
    expect(await inspected.message("none")).toBeUndefined();
  });

  test("is not found once it is over, also while others of its commit are there", async () => {
    const inspected = await InspectDesk.open(spec);
    const [a = "", b = ""] = await inspected.send(3);
    await inspected.desk.ack((await inspected.desk.take(1))[0]);
    expect(await inspected.message(a)).toBeUndefined();
    expect(await inspected.message(b)).toMatchObject({ state: "ready" });
  });

  test("is found after it went behind others of a FIFO queue, and after an opening", async () => {
    const inspected = await InspectDesk.open({ ...spec, fifo: true }, await onDisk());
    const id = await inspected.sendOne({ group: "a", delayMs: HOUR });
    await inspected.send(3, { group: "b" });
    expect(await inspected.message(id)).toMatchObject({ state: "delayed", group: "a" });
    await inspected.desk.clock.advance(2 * HOUR);
    await inspected.send(1, { group: "b" });
    expect(await inspected.message(id)).toMatchObject({ state: "ready", group: "a" });
    await inspected.desk.reopen();
    expect(await inspected.message(id)).toMatchObject({ state: "ready", group: "a" });
  });
});

test("an unknown id is unknown without reading what waits, but where keeping jobs began with a backlog", async () => {
  const directory = await mkdtemp(join(tmpdir(), "inspect-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  let rowsRead = 0;
  class Counting extends DiskStorage {
    override async rows(...given: Parameters<DiskStorage["rows"]>) {
      const rows = await super.rows(...given);
      rowsRead += rows.length;
      return rows;
    }
  }
  const inspected = await InspectDesk.open({ resultsMs: 24 * HOUR }, new Counting(directory));
  const SEGMENTS = 60;
  const ids: string[] = [];
  for (let sent = 0; sent < SEGMENTS; sent++) {
    ids.push(await inspected.sendOne());
    await inspected.desk.clock.advance(10_000);
  }
  const readFor = async (id: string) => {
    rowsRead = 0;
    expect(await inspected.message(id)).toBeUndefined();
    return rowsRead;
  };
  expect(await readFor("none")).toBeLessThan(20);
  expect(await readFor("zzzzzzzzzzzzzzzzzzzzzzzzzz")).toBeLessThan(20);
  const [first = ""] = ids;
  const unknown = `${first.slice(0, -1)}${first.endsWith("0") ? "1" : "0"}`;
  expect(await readFor(unknown)).toBeLessThan(30);
  expect(await inspected.message(first)).toMatchObject({ id: first, state: "ready" });
});

test("what was sent before jobs were kept is found all the same", async () => {
  const inspected = await InspectDesk.open({}, await onDisk());
  const old = await inspected.sendOne({ delayMs: HOUR });
  const oldReady = await inspected.sendOne();
  await inspected.desk.engine.declare([{ ...inspected.desk.spec, resultsMs: 24 * HOUR }]);
  expect(await inspected.message(old)).toMatchObject({ state: "delayed" });
  expect(await inspected.message(oldReady)).toMatchObject({ state: "ready" });
});

describe("messages of one state", () => {
  test("are those on loan, also of a long backlog, and each page goes on after an id", async () => {
    const inspected = await InspectDesk.open({}, await onDisk());
    const ids = await inspected.send(5_000);
    const taken = await inspected.desk.take(30);
    await inspected.desk.ack(taken[3]);
    await inspected.desk.retry(taken[4], 0);
    const [back] = await inspected.desk.take(1);
    expect(back?.id).toBe(ids[4]);
    const onLoan = ids.slice(0, 30).filter((_, index) => index !== 3);
    expect(await inspected.ids("inFlight", 7)).toEqual(onLoan);
    // Where it is settled meanwhile, what was sent later follows.
    await inspected.desk.ack(taken[6]);
    expect((await inspected.page("inFlight", 1, ids[6]))[0]?.id).toBe(ids[7]);
  });

  test("are the ready ones in the order of delivery, also where a page's last one is taken", async () => {
    const inspected = await InspectDesk.open({}, await onDisk());
    const low = await inspected.send(40);
    const high = await inspected.send(3, { priority: 5 });
    const [first, second] = await inspected.desk.take(2);
    await inspected.desk.retry(second, HOUR);
    await inspected.desk.retry(first, 0);
    const ready = [first?.id, high[2], ...low];
    expect(await inspected.ids("ready", 9)).toEqual(ready);
    await inspected.desk.clock.advance(2 * HOUR);
    const page = await inspected.page("ready", 4);
    expect(page.map(({ id }) => id)).toEqual([first?.id, second?.id, high[2], low[0]]);
    await inspected.desk.take(6);
    const next = await inspected.page("ready", 2, page.at(-1)?.id);
    expect(next.map(({ id }) => id)).toEqual([low[3], low[4]]);
    // Of another owner it is not known where that page ended.
    await inspected.desk.reopen();
    const after = await inspected.page("ready", 2, low[10]);
    expect(after.map(({ id }) => id)).toEqual([low[11], low[12]]);
    expect((await inspected.page("ready", 2, low[0])).map(({ id }) => id)).toEqual([
      low[3],
      low[4],
    ]);
  });

  test("are the delayed ones by their time, those that wait for a retry among them", async () => {
    const inspected = await InspectDesk.open({}, await onDisk());
    const c = await inspected.sendOne({ delayMs: 3 * HOUR });
    const a = await inspected.sendOne({ delayMs: HOUR });
    const d = await inspected.sendOne({ delayMs: 4 * HOUR });
    const b = await inspected.sendOne();
    await inspected.desk.retry((await inspected.desk.take(1))[0], 2 * HOUR);
    expect(await inspected.ids("delayed", 1)).toEqual([a, b, c, d]);
    expect(await inspected.ids("delayed", 2)).toEqual([a, b, c, d]);
    const [first] = await inspected.page("delayed", 1);
    expect(first?.dueAt).toBe(inspected.desk.clock.now() + HOUR);
    // The end of a page becomes ready: the next one goes on behind it all the same.
    await inspected.desk.clock.advance(90 * 60_000);
    expect((await inspected.page("delayed", 10, a)).map(({ id }) => id)).toEqual([b, c, d]);
    expect(await inspected.ids("ready")).toEqual([a]);
  });

  test("are all of those that a FIFO queue has parked", async () => {
    const inspected = await InspectDesk.open({ fifo: true }, await onDisk());
    const held = await inspected.send(20, { group: "a" });
    const free = await inspected.send(2, { group: "b" });
    await inspected.desk.take(1);
    await inspected.desk.take(1);
    expect(await inspected.ids("ready", 5)).toEqual([...held.slice(1), ...free.slice(1)]);
    expect(await inspected.ids("inFlight")).toEqual([held[0], free[0]]);
  });

  test("are fewer than were asked for where they are large, and all of them in the end", async () => {
    const inspected = await InspectDesk.open();
    const ids: string[] = [];
    for (let n = 0; n < 7; n++) ids.push(await inspected.sendOne({ body: "x".repeat(1_000_000) }));
    expect(await inspected.page("ready")).toHaveLength(5);
    expect(await inspected.ids("ready")).toEqual(ids);
  });
});

describe("expediting", () => {
  test("makes what is delayed ready now, for whoever waits, and nothing else", async () => {
    const inspected = await InspectDesk.open({}, await onDisk());
    const id = await inspected.sendOne({ delayMs: HOUR });
    const waiting = inspected.desk.take(1, { waitMs: 60_000 });
    expect(await inspected.expedite(id)).toEqual(applied);
    const [delivery] = await waiting;
    expect(delivery).toMatchObject({ id, attempt: 1 });
    expect(await inspected.expedite(id)).toEqual(notApplied);
    await inspected.desk.retry(delivery, HOUR);
    expect(await inspected.expedite(id)).toEqual(applied);
    expect(await inspected.expedite(id)).toEqual(notApplied);
    await inspected.desk.reopen();
    const [again] = await inspected.desk.take(1);
    expect(again).toMatchObject({ id, attempt: 2 });
    expect(await inspected.expedite("none")).toEqual(notApplied);
    await inspected.desk.ack(again);
    expect(await inspected.desk.stats()).toMatchObject({ ready: 0, delayed: 0, inFlight: 0 });
  });

  test("lets a job go on as the same job", async () => {
    const inspected = await InspectDesk.open({ resultsMs: 24 * HOUR });
    const status = async (id: string) =>
      (await inspected.desk.engine.call("tasks", "job", [id]))?.status;
    const [a = "", b = ""] = await inspected.send(2, { delayMs: HOUR });
    expect(await inspected.expedite(a)).toEqual(applied);
    expect(await status(a)).toBe("PENDING");
    const listed = await inspected.desk.engine.call("tasks", "jobs", [{ limit: 10 }]);
    expect(listed.map(({ id }) => id)).toEqual([b, a]);
    const [delivery] = await inspected.desk.take(1);
    expect(await status(a)).toBe("RUNNING");
    await inspected.desk.ack(delivery);
    expect(await status(a)).toBe("SUCCEEDED");
    expect(await status(b)).toBe("PENDING");
  });

  test("is done once where it is asked for twice by one request", async () => {
    const inspected = await InspectDesk.open({}, memoryStorage());
    const id = await inspected.sendOne({ delayMs: HOUR });
    const origin = { session: "00000000000000aa", request: 7 };
    const { engine } = inspected.desk;
    expect(await engine.call("tasks", "expedite", [id], { origin })).toEqual(applied);
    const [delivery] = await inspected.desk.take(1);
    await inspected.desk.retry(delivery, HOUR);
    expect(await engine.call("tasks", "expedite", [id], { origin })).toEqual(applied);
    expect(await inspected.message(id)).toMatchObject({ state: "delayed" });
  });
});
