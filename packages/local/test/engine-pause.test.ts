import { describe, expect, test } from "vitest";
import { memoryStorage, type QueueSpec } from "../src/engine/index.ts";
import { Desk } from "./engine-desk.ts";

const HOUR_MS = 3_600_000;
const taker = { number: 1, handlers: 5 };
const bury = { reason: "maintenance", whilePaused: "deadLetter" } as const;

function pause(desk: Desk, request: { readonly until?: number } = {}) {
  return desk.engine.call("tasks", "pause", [{ reason: "maintenance", ...request }]);
}

function paused(desk: Desk) {
  return desk.engine.call("tasks", "control", []).then((control) => control.pause);
}

/** What a consumer gets that does not wait. */
async function handled(desk: Desk) {
  return (await desk.take(100, { taker })).map(({ body }) => body);
}

async function deadBodies(desk: Desk) {
  return (await desk.dead({ limit: 5_000 })).map(({ body }) => body);
}

describe("a paused queue", () => {
  test("is still paused after it was opened again, with all that was said", async () => {
    const desk = await Desk.open(memoryStorage());
    await pause(desk);
    await desk.engine.call("tasks", "bind", ["worker", "paused"]);
    const before = await desk.engine.call("tasks", "control", []);
    await desk.send("a");
    await desk.reopen();
    expect(await handled(desk)).toEqual([]);
    expect(await desk.engine.call("tasks", "control", [])).toEqual(before);
    await desk.engine.call("tasks", "resume", []);
    await desk.reopen();
    expect(await handled(desk)).toEqual(["a"]);
  });

  test("resumes while nothing is open, where its time passes then", async () => {
    const desk = await Desk.open(memoryStorage());
    await pause(desk, { until: desk.clock.now() + HOUR_MS });
    await desk.send("a");
    await desk.engine.close();
    await desk.clock.advance(HOUR_MS);
    await desk.reopen();
    expect(await paused(desk)).toBeUndefined();
    expect(await handled(desk)).toEqual(["a"]);
  });

  test("serves a consumer that waits in the commit that resumes it, and tells of it before", async () => {
    const desk = await Desk.open(memoryStorage());
    await pause(desk, { until: desk.clock.now() + HOUR_MS });
    await desk.send("a");
    const order: string[] = [];
    const taken = desk.take(1, { taker, waitMs: 2 * HOUR_MS }).then(() => order.push("taken"));
    const { version } = await desk.engine.call("tasks", "control", []);
    const told = desk.engine
      .call("tasks", "controlAfter", [version])
      .then(({ pause: still }) => order.push(`told ${still}`));
    await desk.clock.advance(HOUR_MS - 1);
    expect(order).toEqual([]);
    await desk.clock.advance(1);
    await Promise.all([taken, told]);
    expect(order).toEqual(["told undefined", "taken"]);
  });

  test("tells who watches that the store is closed", async () => {
    const desk = await Desk.open(memoryStorage());
    const { version } = await desk.engine.call("tasks", "control", []);
    const told = expect(desk.engine.call("tasks", "controlAfter", [version])).rejects.toMatchObject(
      { code: "CLOSED" },
    );
    await desk.engine.close();
    await told;
  });

  test("answers a repeated pause, and pauses no second time", async () => {
    const desk = await Desk.open(memoryStorage());
    const origin = { session: "00000000000000aa", request: 7 };
    const ask = () => desk.engine.call("tasks", "pause", [{ reason: "maintenance" }], { origin });
    await ask();
    await desk.engine.call("tasks", "resume", []);
    await desk.reopen();
    await ask();
    expect(await paused(desk)).toBeUndefined();
  });
});

describe("a queue paused to dead-letter", () => {
  test("dead-letters thousands in bounded commits, in order, while sends go on", async () => {
    // Nothing stays in memory, so that all is found again on disk.
    const desk = await Desk.open(memoryStorage(), {}, { windowBytes: 1 });
    const bodies = Array.from({ length: 4_000 }, (_, n) => String(n));
    for (let from = 0; from < 4_000; from += 500)
      await desk.send(...bodies.slice(from, from + 500));
    await desk.engine.call("tasks", "pause", [bury]);
    const { dead } = await desk.stats();
    expect(dead).toBeLessThanOrEqual(2 * 1_024);
    await desk.send("late");
    await desk.until(({ ready }) => ready === 0);
    expect(await deadBodies(desk)).toEqual([...bodies, "late"]);
    expect(new Set((await desk.dead({ limit: 5_000 })).map(({ attempts }) => attempts))).toEqual(
      new Set([0]),
    );
    expect(await desk.stats()).toMatchObject({ ready: 0, delayed: 0, inFlight: 0, dead: 4_001 });
  });

  test("goes on where a crash left it, and loses none", async () => {
    const storage = memoryStorage();
    const desk = await Desk.open(storage, {}, { windowBytes: 1 });
    const bodies = Array.from({ length: 3_000 }, (_, n) => String(n));
    for (let from = 0; from < 3_000; from += 500)
      await desk.send(...bodies.slice(from, from + 500));
    await desk.engine.call("tasks", "pause", [bury]);
    await desk.reopen();
    await desk.until(({ ready }) => ready === 0);
    expect(await deadBodies(desk)).toEqual(bodies);
  });

  test("dead-letters each group in order, past what the window holds", async () => {
    const desk = await Desk.open(memoryStorage(), { fifo: true }, { windowBytes: 1 });
    const message = (n: number) => desk.message(`${n % 3} ${n}`, { group: String(n % 3) });
    for (let from = 0; from < 900; from += 90) {
      await desk.engine.send(
        "tasks",
        Array.from({ length: 90 }, (_, n) => message(from + n)),
      );
    }
    const [held] = await desk.take(1);
    await desk.engine.call("tasks", "pause", [bury]);
    await desk.until(({ dead }) => dead >= 600);
    expect((await deadBodies(desk)).some((body) => String(body).startsWith("0"))).toBe(false);
    await desk.ack(held);
    await desk.until(({ dead }) => dead >= 899);
    for (const group of ["0", "1", "2"]) {
      const numbers = (await deadBodies(desk))
        .map(String)
        .filter((body) => body.startsWith(group))
        .map((body) => Number(body.slice(2)));
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }
  });

  test("dead-letters by priority, and beyond a queue's own concurrency", async () => {
    const desk = await Desk.open(memoryStorage(), { concurrency: 1 });
    await desk.sendOne("low", {});
    await desk.sendOne("high", { priority: 9 });
    await desk.sendOne("on loan", { priority: 9 });
    await desk.take(1, { taker });
    await desk.engine.call("tasks", "pause", [bury]);
    await desk.quiet();
    expect(await deadBodies(desk)).toEqual(["on loan", "low"]);
  });

  test("leaves what was kept for too long to retention, as every take does", async () => {
    const desk = await Desk.open(memoryStorage(), { retentionMs: HOUR_MS });
    await desk.send("old");
    await desk.clock.advance(HOUR_MS + 1);
    await desk.send("new");
    await desk.engine.call("tasks", "pause", [bury]);
    await desk.quiet();
    expect(await deadBodies(desk)).toEqual(["new"]);
  });
});

describe("what alien.ts says of pausing", () => {
  const declare = (desk: Desk, trigger?: QueueSpec["trigger"]) =>
    desk.engine.declare([{ ...desk.spec, ...(trigger && { trigger }) }]);
  const waits = { paused: true, whilePaused: "wait" } as const;

  test("counts when it is new, and when it changes; an operator's word stays in between", async () => {
    const desk = await Desk.open(memoryStorage());
    await declare(desk, waits);
    expect(await paused(desk)).toMatchObject({ declared: true, whilePaused: "wait" });
    await desk.engine.call("tasks", "resume", []);
    await desk.reopen();
    await declare(desk, waits);
    expect(await paused(desk)).toBeUndefined();
    await declare(desk, { ...waits, paused: false });
    await declare(desk, waits);
    expect(await paused(desk)).toMatchObject({ declared: true });
    await declare(desk, { ...waits, whilePaused: "deadLetter" });
    expect(await paused(desk)).toMatchObject({ declared: true, whilePaused: "deadLetter" });
    await declare(desk, { ...waits, paused: false });
    expect(await paused(desk)).toBeUndefined();
  });

  test("ends no pause of an operator", async () => {
    const desk = await Desk.open(memoryStorage());
    await declare(desk, waits);
    await pause(desk);
    await declare(desk, { ...waits, paused: false });
    expect(await paused(desk)).toMatchObject({ reason: "maintenance" });
  });

  test("stays as it was where a program declares the queue without it", async () => {
    const desk = await Desk.open(memoryStorage());
    await declare(desk, waits);
    await declare(desk);
    expect(await paused(desk)).toMatchObject({ declared: true });
    await desk.engine.call("tasks", "resume", []);
    await declare(desk, waits);
    expect(await paused(desk)).toBeUndefined();
  });

  test("is what becomes of messages where a pause does not say it", async () => {
    const desk = await Desk.open(memoryStorage());
    await declare(desk, { paused: false, whilePaused: "deadLetter" });
    expect(await paused(desk)).toBeUndefined();
    await pause(desk);
    expect(await paused(desk)).toMatchObject({ whilePaused: "deadLetter" });
  });
});
