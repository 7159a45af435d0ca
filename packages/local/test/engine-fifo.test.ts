import { describe, expect, test } from "vitest";
import { memoryStorage, type Storage } from "../src/engine/index.ts";
import { Desk } from "./engine-desk.ts";

const DAY_MS = 24 * 3_600_000;

/** A FIFO queue that keeps nothing in memory, so that all is found again on disk. */
function open(storage: Storage = memoryStorage(), windowBytes = 1): Promise<Desk> {
  return Desk.open(storage, { fifo: true }, { windowBytes });
}

/** Sends messages to the groups that their first letters say, all in one commit. */
function send(desk: Desk, ...bodies: readonly string[]) {
  const messages = bodies.map((body) => desk.message(body, { group: body.charAt(0) }));
  return desk.engine.send("tasks", messages);
}

/** Takes and acks until nothing is left; returns the bodies of each group in the order of their coming. */
async function drain(desk: Desk, max = 7): Promise<Record<string, string>> {
  const came: Record<string, string> = {};
  for (;;) {
    const taken = await desk.take(max);
    if (taken.length === 0) return came;
    for (const delivery of taken) {
      came[delivery.group ?? ""] = `${came[delivery.group ?? ""] ?? ""} ${delivery.body}`.trim();
      await desk.ack(delivery);
    }
  }
}

describe("a FIFO queue", () => {
  test("gives one message of a group at a time, also within one take", async () => {
    const desk = await open();
    await send(desk, "a1", "a2", "b1", "a3", "b2");
    expect(await desk.bodies(10)).toEqual(["a1", "b1"]);
    expect(await desk.bodies(10)).toEqual([]);
  });

  test("gives the next one as soon as the one before is acked, to whoever waits", async () => {
    const desk = await open();
    await send(desk, "a1", "a2");
    const [first] = await desk.take(1);
    const waiting = desk.take(1, { waitMs: 1_000 });
    await desk.ack(first);
    expect((await waiting).map(({ body }) => body)).toEqual(["a2"]);
  });

  test("gives what a group had behind it when its first is dead", async () => {
    const desk = await open();
    await send(desk, "a1", "a2");
    for (let attempt = 1; attempt <= 3; attempt++) await desk.retry((await desk.take(1))[0]);
    expect((await desk.dead()).map(({ body }) => body)).toEqual(["a1"]);
    expect(await desk.bodies(1)).toEqual(["a2"]);
  });

  test("gives a message of a receiver that died before the rest of its group", async () => {
    const desk = await open();
    await send(desk, "a1", "a2", "b1");
    const session = "00000000000000aa";
    await desk.take(1, {}, undefined, { session, request: 1 });
    await desk.engine.endSession(session);
    expect(await drain(desk)).toEqual({ a: "a1 a2", b: "b1" });
  });

  test("puts what is delayed, and what is redriven, behind what is there when its time comes", async () => {
    const desk = await open();
    await send(desk, "a1");
    await desk.sendOne("a3", { group: "a", delayMs: 1_000 });
    await send(desk, "a2");
    const [first] = await desk.take(1);
    await desk.settle(first, { kind: "deadLetter", error: { code: "Error", message: "no" } });
    await desk.clock.advance(1_000);
    await send(desk, "a4");
    await desk.engine.call("tasks", "redrive", [[first?.id ?? ""]]);
    await send(desk, "a5");
    expect(await drain(desk)).toEqual({ a: "a2 a3 a4 a1 a5" });
  });

  test("keeps a group waiting for a retry after it was opened again", async () => {
    const desk = await open();
    await send(desk, "a1", "a2", "b1", "b2");
    const [a, b] = await desk.take(2);
    await desk.retry(a, 60_000);
    await desk.reopen();
    expect(await desk.bodies(10)).toEqual([]);
    await desk.ack(b);
    expect(await desk.bodies(10)).toEqual(["b2"]);
    await desk.clock.advance(60_000);
    expect((await desk.take(10)).map(({ body }) => body)).toContain("a1");
  });

  test("finds what it had parked after it was opened again, whatever was done in between", async () => {
    const desk = await open();
    for (let n = 0; n < 50; n++) {
      await send(desk, `a${n}`);
      await send(desk, `b${n}`, `c${n}`);
    }
    const [a] = await desk.take(1);
    // The segments of b and c are gone, those of a are left between them.
    expect(await drain(desk)).toEqual({ b: names("b", 50), c: names("c", 50) });
    await desk.reopen();
    expect(await desk.stats()).toMatchObject({ ready: 49, inFlight: 1 });
    // Written before anything has been looked at again.
    await send(desk, "d");
    await desk.reopen();
    await desk.ack(a);
    expect(await drain(desk)).toEqual({ a: names("a", 50).slice(3), d: "d" });
    expect(await desk.stats()).toMatchObject({ ready: 0, inFlight: 0 });
  });

  test("finds other groups behind more of a busy one than is looked at in one commit", async () => {
    const desk = await open(memoryStorage(), 32 * 1024 * 1024);
    for (let n = 0; n < 10; n++) {
      await send(desk, ...Array.from({ length: 2_000 }, (_, m) => `a${n * 2_000 + m}`));
    }
    await send(desk, "b1");
    expect(await desk.bodies(1)).toEqual(["a0"]);
    expect(await desk.bodies(1)).toEqual(["b1"]);
    expect(await desk.bodies(1)).toEqual([]);
  });

  test("shows parked messages to who peeks, and counts them as ready", async () => {
    const desk = await open();
    await send(desk, "a1", "a2", "b1", "a3");
    await desk.take(2);
    const peeked = await desk.engine.call("tasks", "peek", [{ limit: 10 }]);
    expect(peeked.map(({ body, state }) => `${body} ${state}`)).toEqual([
      "a1 inFlight",
      "b1 inFlight",
      "a2 ready",
      "a3 ready",
    ]);
    expect(await desk.stats()).toMatchObject({ ready: 2, inFlight: 2, oldestAgeMs: 0 });
  });

  test("shows the head of a group first to who peeks after its lease ended, page by page too", async () => {
    const desk = await open();
    await send(desk, "a1", "a2", "a3");
    await desk.sendOne("a4", { group: "a", delayMs: 60_000 });
    await desk.take(1, { leaseMs: 1_000 });
    await desk.clock.advance(1_000);
    const listed = await desk.engine.call("tasks", "messages", [{ state: "ready", limit: 10 }]);
    const peeked = await desk.engine.call("tasks", "peek", [{ limit: 10 }]);
    expect(peeked.map(({ body, state }) => `${body} ${state}`)).toEqual([
      "a1 ready",
      "a2 ready",
      "a3 ready",
      "a4 delayed",
    ]);
    expect(listed.map(({ id }) => id)).toEqual(peeked.slice(0, 3).map(({ id }) => id));
    const rest = await desk.engine.call("tasks", "peek", [
      { limit: 2, after: peeked[0]?.id ?? "" },
    ]);
    expect(rest.map(({ body }) => body)).toEqual(["a2", "a3"]);
  });

  test("drops parked messages at the end of their retention", async () => {
    const desk = await open();
    await send(desk, "a1", "a2", "a3");
    const [first] = await desk.take(1, { leaseMs: 5 * DAY_MS });
    await desk.take(1);
    await desk.clock.advance(4 * DAY_MS + 1);
    await send(desk, "a4");
    await desk.ack(first);
    expect(await drain(desk)).toEqual({ a: "a4" });
    expect(await desk.stats()).toMatchObject({ ready: 0, inFlight: 0 });
  });

  test("a purge takes what is parked and leaves what is on loan, which holds its group", async () => {
    const desk = await open();
    await send(desk, "a1", "a2", "b1");
    await send(desk, "a3", "b2");
    const [first, other] = await desk.take(2);
    await desk.take(1);
    expect(await desk.engine.call("tasks", "purge", [])).toBe(3);
    await send(desk, "a4");
    expect(await desk.bodies(10)).toEqual([]);
    await desk.reopen();
    await desk.ack(first);
    await desk.retry(other);
    expect(await drain(desk)).toEqual({ a: "a4" });
    expect(await desk.stats()).toMatchObject({ ready: 0, inFlight: 0, dead: 0 });
  });

  test("what a purge left to be cleared does not come back after a crash", async () => {
    const storage = memoryStorage();
    const desk = await open(storage);
    for (const body of ["a1", "a2", "a3", "b1", "b2"]) await send(desk, body);
    const [first] = await desk.take(1);
    await desk.ack((await desk.take(1))[0]);
    const clear = storage.clear;
    storage.clear = () => Promise.reject(new Error("killed"));
    await expect(desk.engine.call("tasks", "purge", [])).rejects.toThrow("killed");
    storage.clear = clear;
    await desk.reopen();
    await desk.ack(first);
    expect(await drain(desk)).toEqual({});
    expect(await desk.stats()).toMatchObject({ ready: 0, inFlight: 0 });
  });

  test("gives nothing twice after openings where segments before the cursor are gone", async () => {
    const desk = await open();
    await send(desk, "a1", "a2");
    await send(desk, "b1");
    const [a1] = await desk.take(1);
    const [b1] = await desk.take(1);
    await desk.ack(b1);
    await desk.reopen();
    await send(desk, "c1", "d1");
    const [c1] = await desk.take(1);
    expect(c1?.body).toBe("c1");
    await desk.ack(c1);
    await desk.reopen();
    await desk.ack(a1);
    expect(await drain(desk)).toEqual({ a: "a2", d: "d1" });
    expect(await desk.stats()).toMatchObject({ ready: 0, delayed: 0, inFlight: 0, dead: 0 });
  });

  test("a queue with messages is not made FIFO, an empty one is, and back", async () => {
    const desk = await Desk.open(memoryStorage(), {}, { windowBytes: 1 });
    await desk.send("a", "b");
    const fifo = { ...desk.spec, fifo: true };
    const refused = { code: "UNSUPPORTED", message: expect.stringContaining("not FIFO") };
    await expect(desk.engine.declare([fifo])).rejects.toMatchObject(refused);
    for (const delivery of await desk.take(2)) await desk.ack(delivery);
    await desk.engine.declare([fifo]);
    await send(desk, "a1", "a2");
    const [first] = await desk.take(10);
    await expect(desk.engine.declare([desk.spec])).rejects.toMatchObject({ code: "UNSUPPORTED" });
    await desk.reopen();
    await desk.ack(first);
    expect(await drain(desk)).toEqual({ a: "a2" });
    await desk.engine.declare([desk.spec]);
    await desk.send("c", "d");
    expect(await desk.bodies(10)).toEqual(["c", "d"]);
  });

  test("hands out no more than the queue's concurrency", async () => {
    const storage = memoryStorage();
    const desk = await Desk.open(storage, { fifo: true, concurrency: 2 }, { windowBytes: 1 });
    await send(desk, "a1", "b1", "c1", "a2");
    const take = () => desk.take(10, { taker: { number: 1, handlers: 10 } });
    const [first, ...others] = await take();
    expect(others).toHaveLength(1);
    expect(await take()).toEqual([]);
    await desk.ack(first);
    expect(await take()).toHaveLength(1);
  });

  test("groups are told apart by all of their text", async () => {
    const desk = await open();
    const groups = ['a"b', "a\\", "a\\\\", "ä", "a", '"group":"a', "a/b".repeat(42)];
    for (const group of groups) {
      const headers = { kind: "json", attributes: { group: "a" } } as const;
      await desk.sendOne("1", { group });
      await desk.sendOne("2", { group, headers });
    }
    const taken = await desk.take(100);
    expect(taken.map(({ group }) => group)).toEqual(groups);
    for (const delivery of taken) await desk.ack(delivery);
    expect((await desk.take(100)).map(({ group, body }) => [group, body])).toEqual(
      groups.map((group) => [group, "2"]),
    );
  });
});

function names(group: string, count: number): string {
  return Array.from({ length: count }, (_, n) => `${group}${n}`).join(" ");
}
