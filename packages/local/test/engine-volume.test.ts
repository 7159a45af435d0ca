import { randomBytes } from "node:crypto";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { DiskStorage, Engine, memoryStorage } from "../src/engine/index.ts";
import { Desk } from "./engine-desk.ts";

async function temporary(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "engine-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Takes and acks everything; the bodies in the order in which they came. */
async function drain(desk: Desk, max = 100): Promise<readonly string[]> {
  const bodies: string[] = [];
  for (;;) {
    const taken = await desk.take(max);
    if (taken.length === 0) return bodies;
    bodies.push(...taken.map(({ body }) => String(body)));
    const acks = taken.map(({ receipt }) => ({ receipt, outcome: { kind: "ack" } as const }));
    await desk.engine.settle("tasks", acks);
  }
}

test("thousands of messages in many segments come in order, whatever is kept in memory", async () => {
  const desk = await Desk.open(memoryStorage(), {}, { windowBytes: 100_000 });
  const bodies = Array.from({ length: 6_000 }, (_, n) => `message ${n}`);
  await desk.send(...bodies.slice(0, 5_000));
  for (const body of bodies.slice(5_000)) await desk.send(body);
  expect((await desk.stats()).ready).toBe(6_000);
  const [first, ...rest] = bodies;
  expect((await desk.take(1))[0]?.body).toBe(first);
  await desk.reopen();
  expect(await drain(desk, 99)).toEqual(rest);
});

test("a message larger than a segment is one by itself", async () => {
  const desk = await Desk.open(memoryStorage());
  const large = "ö".repeat(500_000);
  await desk.send("before", large, "after");
  await desk.reopen();
  expect(await desk.bodies(10)).toEqual(["before", large, "after"]);
});

test("a failure of a message whose segment has left memory keeps its body", async () => {
  const desk = await Desk.open(memoryStorage(), {}, { windowBytes: 1 });
  const bodies = Array.from({ length: 5_000 }, (_, n) => `message ${n}`);
  await desk.send(...bodies);
  const taken = await desk.take(5_000);
  await desk.retry(taken[17]);
  expect(await desk.bodies(10)).toEqual(["message 17"]);
});

test("more delayed messages than memory holds come in the order of their time", async () => {
  const desk = await Desk.open(memoryStorage());
  const count = 20_000;
  const messages = Array.from({ length: count }, (_, n) =>
    desk.message(`${n}`, { delayMs: 1_000 + ((n * 7_919) % count) }),
  );
  for (let from = 0; from < count; from += 5_000) {
    await desk.engine.send("tasks", messages.slice(from, from + 5_000));
  }
  const inOrder = messages
    .toSorted((a, b) => (a.delayMs ?? 0) - (b.delayMs ?? 0))
    .map(({ body }) => body);
  await desk.clock.advance(5_000);
  expect(await desk.stats()).toMatchObject({ ready: 4_001, delayed: 15_999 });
  expect(await drain(desk)).toEqual(inOrder.slice(0, 4_001));
  await desk.reopen();
  await desk.clock.advance(20_000);
  expect(await desk.stats()).toMatchObject({ ready: 15_999, delayed: 0 });
  expect(await drain(desk)).toEqual(inOrder.slice(4_001));
});

test("a purge of more delayed messages than memory holds leaves none", async () => {
  const desk = await Desk.open(memoryStorage());
  const messages = Array.from({ length: 18_000 }, () => desk.message("x", { delayMs: 1_000 }));
  await desk.engine.send("tasks", messages);
  expect(await desk.engine.call("tasks", "purge", [])).toBe(18_000);
  await desk.reopen();
  await desk.clock.advance(2_000);
  expect(await desk.stats()).toMatchObject({ ready: 0, delayed: 0, inFlight: 0, dead: 0 });
  expect(await desk.take(1)).toEqual([]);
});

test("delayed messages of a megabyte are read a few at a time, or not at all", async () => {
  const storage = new DiskStorage(await temporary());
  let most = 0;
  const weigh = <Rows extends readonly (readonly [Buffer, Buffer])[]>(rows: Rows): Rows => {
    most = Math.max(
      most,
      rows.reduce((sum, [, row]) => sum + row.length, 0),
    );
    return rows;
  };
  const open = { page: storage.page.bind(storage), rows: storage.rows.bind(storage) };
  storage.page = (range, limits) =>
    open.page(range, limits).then(({ rows, more }) => ({ rows: weigh(rows), more }));
  storage.rows = (range, limit) => open.rows(range, limit).then(weigh);
  const desk = await Desk.open(storage);
  const megabyte = "x".repeat(1_000_000);
  for (let n = 0; n < 30; n++)
    await desk.sendOne(`${n} ${megabyte}`, { delayMs: 1_000 + (n % 10) });
  await desk.reopen();
  await desk.clock.advance(500);
  expect(await desk.stats()).toMatchObject({ ready: 0, delayed: 30 });
  expect(await desk.take(1)).toEqual([]);
  await desk.clock.advance(600);
  expect(await desk.stats()).toMatchObject({ ready: 30, delayed: 0 });
  const first = await drain(desk, 3);
  expect(first.map((body) => Number(body.split(" ")[0]) % 10)).toEqual(
    Array.from({ length: 30 }, (_, n) => Math.floor(n / 3)),
  );
  for (let n = 0; n < 30; n++) await desk.sendOne(megabyte, { delayMs: 1_000 });
  await desk.reopen();
  expect(await desk.engine.call("tasks", "peek", [{ limit: 2 }])).toHaveLength(2);
  expect(await desk.engine.call("tasks", "purge", [])).toBe(30);
  expect(most).toBeLessThan(5_000_000);
});

test("behind an expired backlog the first answer has what is fresh", async () => {
  const desk = await Desk.open(memoryStorage(), { retentionMs: 60_000 }, { windowBytes: 100_000 });
  const old = "x".repeat(50_000);
  for (let n = 0; n < 20; n++) await desk.send(old, old, old, old);
  const delayed = Array.from({ length: 10_000 }, () => desk.message("x", { delayMs: 10 }));
  await desk.engine.send("tasks", delayed);
  await desk.clock.advance(60_011);
  await desk.send("fresh");
  expect(await desk.bodies(1)).toEqual(["fresh"]);
  expect(await desk.stats()).toMatchObject({ ready: 0, delayed: 0, inFlight: 1 });
});

test("counts taken while the queue changes are never negative and add up", async () => {
  const storage = memoryStorage();
  const desk = await Desk.open(storage);
  const messages = Array.from({ length: 5_000 }, () => desk.message("x", { delayMs: 1_000 }));
  await desk.engine.send("tasks", messages);
  await desk.reopen();
  await desk.clock.advance(2_000);
  // What has been counted as due is taken before the counting is through.
  const keys = storage.keys.bind(storage);
  storage.keys = async (range, limit) => {
    const found = await keys(range, limit);
    await desk.take(1_000);
    return found;
  };
  const { ready, delayed = 0, inFlight = 0 } = await desk.stats();
  expect({ delayed, inFlight, sum: ready + delayed + inFlight }).toEqual({
    delayed: 0,
    inFlight: 1_000,
    sum: 5_000,
  });
});

test("an image of the disk, taken while it is written, has all that was acknowledged", async () => {
  const directory = await temporary();
  const desk = await Desk.open(new DiskStorage(directory));
  const sent = Array.from({ length: 500 }, (_, n) => `message ${n}`);
  for (let from = 0; from < sent.length; from += 5) await desk.send(...sent.slice(from, from + 5));
  const taken = await desk.take(30);
  for (const delivery of taken.slice(0, 20)) await desk.ack(delivery);
  // More is under way when the image is taken.
  const underWay = desk.send(...Array.from({ length: 500 }, () => "later"));
  const image = await temporary();
  await cp(directory, image, { recursive: true });
  await underWay;
  const { clock } = desk;
  const storage = new DiskStorage(image);
  const engine = await Engine.open({ storage, clock, random: randomBytes, durability: "process" });
  onTestFinished(() => engine.close());
  const bodies: string[] = [];
  for (;;) {
    const more = await engine.take("tasks", { max: 100, leaseMs: 30_000, waitMs: 0 });
    if (more.length === 0) break;
    bodies.push(...more.map(({ body }) => String(body)));
  }
  expect(bodies.filter((body) => body !== "later")).toEqual(sent.slice(30));
  expect((await engine.call("tasks", "stats", [])).inFlight).toBe(10 + bodies.length);
});

test("with durability power every commit is flushed before it is acknowledged", async () => {
  const flushed: boolean[] = [];
  const inner = memoryStorage();
  const open = inner.batch.bind(inner);
  inner.batch = () => {
    const batch = open();
    const write = batch.write.bind(batch);
    batch.write = (options) => {
      flushed.push(options.sync);
      return write(options);
    };
    return batch;
  };
  const desk = await Desk.open(inner, {}, { durability: "power" });
  await desk.send("a");
  await desk.ack((await desk.take(1))[0]);
  expect(flushed.length).toBeGreaterThan(3);
  expect(flushed.every(Boolean)).toBe(true);
});
