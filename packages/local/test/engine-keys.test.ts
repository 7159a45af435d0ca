import type { Delivery, Outgoing } from "@alienplatform/bindings";
import { describe, expect, test } from "vitest";
import { memoryStorage, type QueueSpec, type Storage } from "../src/engine/index.ts";
import { Desk } from "./engine-desk.ts";

const DAY_MS = 24 * 3_600_000;
const error = { code: "Error", message: "no" };

/** A queue that keeps nothing in memory, so that all is found again on disk. */
function open(
  changes: Partial<QueueSpec> = {},
  storage: Storage = memoryStorage(),
  windowBytes = 1,
): Promise<Desk> {
  return Desk.open(storage, changes, { windowBytes });
}

/** Sends messages with the keys that their first letters say, "-" none, all in one commit. */
function send(desk: Desk, limit: number, bodies: readonly string[], more: Partial<Outgoing> = {}) {
  const messages = bodies.map((body) => {
    const key = body.charAt(0);
    const concurrency = { key, limit };
    return desk.message(body, { ...(key !== "-" && { concurrency }), ...more });
  });
  return desk.engine.send("tasks", messages);
}

/** The keys of what comes one after the other, each acked before the next is taken. */
async function keysInTurn(desk: Desk, count: number): Promise<string> {
  let keys = "";
  for (let n = 0; n < count; n++) {
    const [delivery] = await desk.take(1);
    keys += String(delivery?.body).charAt(0);
    await desk.ack(delivery);
  }
  return keys;
}

function names(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${letter}${n + 1}`);
}

describe("a concurrency key", () => {
  test("has no more messages on loan than its limit, whoever takes", async () => {
    const desk = await open();
    await send(desk, 2, ["a1", "a2", "a3", "b1", "-1"]);
    expect(await desk.bodies(1)).toEqual(["a1"]);
    const taker = { number: 1, handlers: 10 };
    expect((await desk.take(10, { taker })).map(({ body }) => body)).toEqual(["a2", "b1", "-1"]);
    expect(await desk.bodies(10)).toEqual([]);
    expect(await desk.stats()).toMatchObject({ ready: 1, inFlight: 4 });
  });

  test("hides nothing that is due behind it where its turn finds no room", async () => {
    const desk = await open({}, memoryStorage(), 32 * 1024 * 1024);
    await send(desk, 2, ["a1", "a2"]);
    const [first] = await desk.take(2);
    await send(desk, 1, ["a3"]);
    expect(await desk.bodies(1)).toEqual([]);
    // More than one commit looks ahead, so that the last is met only by who asks for it.
    const delayed = names("a", 1_100).map((name) => `${name} later`);
    await send(desk, 1, [...delayed, "-1"], { delayMs: 1_000 });
    await desk.clock.advance(1_000);
    // One of the two places is free, which is not enough for a limit of 1.
    await desk.ack(first);
    expect(await desk.bodies(1)).toEqual(["-1"]);
  });

  const ends: Record<string, (desk: Desk, delivery: Delivery | undefined) => Promise<unknown>> = {
    "is acked": (desk, delivery) => desk.ack(delivery),
    "waits for its retry": (desk, delivery) => desk.retry(delivery, 60_000),
    "is dead": (desk, delivery) => desk.settle(delivery, { kind: "deadLetter", error }),
    "comes back with its lease": (desk) => desk.clock.advance(30_000),
    "was of a session that has ended": (desk) => desk.engine.endSession("00000000000000aa"),
  };
  for (const [what, end] of Object.entries(ends)) {
    test(`gives its next message, to whoever waits, when one ${what}`, async () => {
      const desk = await open();
      await send(desk, 1, ["a1", "a2"]);
      const origin = { session: "00000000000000aa", request: 1 };
      const [first] = await desk.take(1, {}, undefined, origin);
      const waiting = desk.take(1, { waitMs: 100_000 });
      await desk.quiet();
      await end(desk, first);
      const [next, ...others] = await waiting;
      expect(others).toEqual([]);
      expect(["a1", "a2"]).toContain(next?.body);
    });
  }

  test("of a message counts those of the same key with other limits", async () => {
    const desk = await open();
    await send(desk, 2, ["a1", "a2"]);
    await send(desk, 1, ["a3"]);
    const [first, second] = await desk.take(10);
    await desk.ack(first);
    expect(await desk.bodies(10)).toEqual([]);
    await desk.ack(second);
    expect(await desk.bodies(10)).toEqual(["a3"]);
  });

  test("is told from others by all of its text", async () => {
    const desk = await open();
    const keys = ['a"b', "a\\", "a\\\\", "ä", "a", '","limit":9', "a/b".repeat(42)];
    for (const key of keys) {
      const concurrency = { key, limit: 1 };
      await desk.sendOne(key, { concurrency });
      const headers = { kind: "json", attributes: { key: "x" } } as const;
      await desk.sendOne(key, { concurrency, headers });
    }
    const taken = await desk.take(100);
    expect(taken.map(({ body }) => body).toSorted()).toEqual(keys.toSorted());
    for (const delivery of taken) await desk.ack(delivery);
    expect(await desk.bodies(100)).toHaveLength(keys.length);
  });

  test("bounds each priority, and a lower one has its turn while the higher waits", async () => {
    const desk = await open();
    await send(desk, 1, ["a1", "b1", "-1"]);
    await send(desk, 1, ["a2", "a3"], { priority: 9 });
    const taken = await desk.take(10);
    expect(taken.map(({ body }) => body)).toEqual(["a2", "b1", "-1"]);
    await desk.ack(taken[0]);
    expect(await desk.bodies(10)).toEqual(["a3"]);
  });
});

describe("keys take turns", () => {
  test("also with messages that have none", async () => {
    const desk = await open();
    await send(desk, 9, [...names("a", 4), ...names("-", 4), ...names("b", 4)]);
    expect(await keysInTurn(desk, 12)).toBe("aa-ba-ba-b-b");
  });

  test("also within one take", async () => {
    const desk = await open();
    await send(desk, 9, [...names("a", 9), ...names("-", 9), ...names("b", 9)]);
    await desk.take(1);
    const keys = (await desk.bodies(6)).map((body) => String(body).charAt(0));
    expect(keys.toSorted().join("")).toBe("--aabb");
  });

  test("so that one with 100,000 messages does not hide those behind it", async () => {
    const desk = await open({ concurrency: 3 }, memoryStorage(), 16 * 1024 * 1024);
    for (let n = 0; n < 20; n++) await send(desk, 3, names("a", 5_000));
    await send(desk, 3, [...names("b", 3), ...names("c", 3)]);
    const seen = new Map<string, number>();
    for (let count = 1; count <= 150; count++) {
      const [delivery] = await desk.take(1, { taker: { number: 1, handlers: 3 } });
      const key = String(delivery?.body).charAt(0);
      seen.set(key, (seen.get(key) ?? 0) + 1);
      await desk.ack(delivery);
    }
    expect(seen.get("b")).toBe(3);
    expect(seen.get("c")).toBe(3);
  });

  test("also where one has thousands of delayed messages that are due", async () => {
    const desk = await open();
    for (let n = 0; n < 5; n++) await send(desk, 3, names("a", 4_000), { delayMs: 10 });
    await desk.clock.advance(10);
    await send(desk, 3, ["b1", "-1", "b2"]);
    const keys = await keysInTurn(desk, 10);
    expect(keys.split("b")).toHaveLength(3);
    expect(keys).toContain("-");
    expect(await desk.stats()).toMatchObject({ ready: 19_993, inFlight: 0 });
  });

  test("a FIFO group is no way around: the groups behind a large one have theirs", async () => {
    const desk = await open({ fifo: true, concurrency: 1 }, memoryStorage(), 16 * 1024 * 1024);
    const group = (letter: string, count: number) =>
      names(letter, count).map((body) => desk.message(body, { group: letter }));
    for (let n = 0; n < 10; n++) await desk.engine.send("tasks", group("a", 5_000));
    await desk.engine.send("tasks", group("b", 1));
    let taken = 0;
    for (let body: unknown; body !== "b1"; taken++) {
      const [delivery] = await desk.take(1, { taker: { number: 1, handlers: 1 } });
      body = delivery?.body;
      await desk.ack(delivery);
    }
    expect(taken).toBeLessThan(100);
  });
});

describe("messages that wait for their key", () => {
  test("are found again after a reopening, with what is on loan counted", async () => {
    const desk = await open();
    await send(desk, 1, ["-1", "a1", "a2", "b1", "a3", "b2"]);
    const [none, a, b] = await desk.take(10);
    expect([none, a, b].map((delivery) => delivery?.body)).toEqual(["-1", "a1", "b1"]);
    await desk.reopen();
    expect(await desk.bodies(10)).toEqual([]);
    await desk.ack(a);
    expect(await desk.bodies(10)).toEqual(["a2"]);
    // Written before all has been looked at again.
    await desk.reopen();
    await send(desk, 1, ["c1"]);
    await desk.ack(b);
    expect((await desk.bodies(10)).toSorted()).toEqual(["b2", "c1"]);
    expect(await desk.stats()).toMatchObject({ ready: 1, inFlight: 4 });
  });

  test("may come to a queue that had none: what is on loan stays so", async () => {
    const desk = await open();
    await send(desk, 1, names("-", 5));
    const taken = await desk.take(3);
    await desk.ack(taken[1]);
    await send(desk, 1, ["a1", "a2"]);
    expect((await desk.bodies(10)).toSorted()).toEqual(["-4", "-5", "a1"]);
    const peeked = await desk.engine.call("tasks", "peek", [{ limit: 10 }]);
    expect(peeked.filter(({ state }) => state === "ready").map(({ body }) => body)).toEqual(["a2"]);
    expect(await desk.engine.call("tasks", "purge", [])).toBe(1);
    await desk.retry(taken[0]);
    await desk.ack(taken[2]);
    expect(await desk.bodies(10)).toEqual([]);
    expect(await desk.stats()).toMatchObject({ ready: 0, delayed: 0, inFlight: 3, dead: 0 });
  });

  test("are purged; what is on loan counts for its key until it ends", async () => {
    const desk = await open();
    await send(desk, 1, ["a1", "a2", "b1"]);
    const [a, b] = await desk.take(10);
    await desk.retry(b);
    await send(desk, 1, ["b2"], { delayMs: 10 });
    await desk.take(1);
    await desk.clock.advance(10);
    expect(await desk.bodies(10)).toEqual([]);
    expect(await desk.engine.call("tasks", "purge", [])).toBe(2);
    await send(desk, 1, ["a3", "b3", "c1"]);
    expect(await desk.bodies(10)).toEqual(["c1"]);
    await desk.retry(a);
    expect(await desk.bodies(10)).toEqual(["a3"]);
    await desk.reopen();
    expect(await desk.stats()).toMatchObject({ ready: 1, delayed: 0, inFlight: 3 });
  });

  test("wait too when they were retried or delayed, in any number, and hold up no others", async () => {
    const desk = await open({ maxAttempts: 5 });
    await send(desk, 1, ["a0"]);
    const [first] = await desk.take(1);
    // More than are kept in memory.
    for (let n = 0; n < 3; n++) await send(desk, 1, names("a", 7_000), { delayMs: 10 });
    await send(desk, 1, ["b1", "-1"], { delayMs: 20 });
    await desk.clock.advance(20);
    expect(await desk.stats()).toMatchObject({ ready: 21_002, inFlight: 1 });
    expect((await desk.take(2, { waitMs: 1 })).map(({ body }) => body).toSorted()).toEqual([
      "-1",
      "b1",
    ]);
    expect(await desk.stats()).toMatchObject({ ready: 21_000, inFlight: 3 });
    await desk.retry(first);
    // What was due first goes first: they were delayed, it came back later.
    expect(await desk.bodies(10)).toEqual(["a1"]);
    await desk.reopen();
    expect(await desk.stats()).toMatchObject({ ready: 21_000, inFlight: 3 });
    expect(await desk.bodies(10)).toEqual([]);
  });

  test("count for the age of the oldest, also those that come again", async () => {
    const desk = await open();
    await send(desk, 1, ["a1"], { priority: 1 });
    await desk.clock.advance(5_000);
    await send(desk, 1, ["a2"], { priority: 1 });
    const [first] = await desk.take(1);
    await desk.retry(first, 1_000);
    await desk.take(1);
    await desk.clock.advance(1_000);
    expect(await desk.bodies(10)).toEqual([]);
    expect(await desk.stats()).toMatchObject({ ready: 1, oldestAgeMs: 6_000 });
  });

  test("are dropped at the end of their retention, and free their group", async () => {
    const desk = await open({ fifo: true });
    const concurrency = { key: "k", limit: 1 };
    await desk.sendOne("a1", { group: "a", concurrency });
    const [first] = await desk.take(1, { leaseMs: 10 * DAY_MS });
    await desk.sendOne("b1", { group: "b", concurrency });
    await desk.take(1);
    await desk.clock.advance(4 * DAY_MS + 1);
    await desk.sendOne("b2", { group: "b" });
    expect(await desk.bodies(10)).toEqual([]);
    await desk.ack(first);
    expect(await desk.bodies(10)).toEqual(["b2"]);
    expect(await desk.stats()).toMatchObject({ ready: 0, inFlight: 1 });
  });

  test("keep their key through the dead letters, also into a queue that has forgotten all keys", async () => {
    const desk = await open();
    await send(desk, 1, ["a1", "a2"]);
    for (let n = 0; n < 2; n++) {
      await desk.settle((await desk.take(1))[0], { kind: "deadLetter", error });
    }
    await desk.reopen();
    const ids = (await desk.dead()).map(({ id }) => id);
    await desk.engine.call("tasks", "redrive", [ids]);
    expect(await desk.bodies(10)).toEqual(["a1"]);
    expect(await desk.bodies(10)).toEqual([]);
  });
});

describe("in a FIFO queue a message needs its group and its key", () => {
  test("its group waits while it waits for the key", async () => {
    const desk = await open({ fifo: true });
    const concurrency = { key: "k", limit: 1 };
    await desk.sendOne("a1", { group: "a", concurrency });
    await desk.sendOne("b1", { group: "b", concurrency });
    await desk.sendOne("b2", { group: "b" });
    await desk.sendOne("c1", { group: "c" });
    const taken = await desk.take(10);
    expect(taken.map(({ body }) => body)).toEqual(["a1", "c1"]);
    await desk.reopen();
    expect(await desk.bodies(10)).toEqual([]);
    await desk.ack(taken[0]);
    const next = await desk.take(10);
    expect(next.map(({ body }) => body)).toEqual(["b1"]);
    await desk.ack(next[0]);
    expect(await desk.bodies(10)).toEqual(["b2"]);
  });

  test("one that waits for its retry keeps its group and leaves its key", async () => {
    const desk = await open({ fifo: true });
    const concurrency = { key: "k", limit: 1 };
    await desk.sendOne("a1", { group: "a", concurrency });
    await desk.sendOne("a2", { group: "a" });
    await desk.sendOne("b1", { group: "b", concurrency });
    await desk.retry((await desk.take(1))[0], 1_000);
    expect(await desk.bodies(10)).toEqual(["b1"]);
    await desk.clock.advance(1_000);
    expect(await desk.bodies(10)).toEqual([]);
  });
});
