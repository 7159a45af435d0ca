import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { DiskStorage, memoryStorage, type Storage } from "../src/engine/index.ts";
import { Desk } from "./engine-desk.ts";

const stores: readonly { readonly name: string; readonly open: () => Promise<Storage> }[] = [
  { name: "memory", open: () => Promise.resolve(memoryStorage()) },
  { name: "LevelDB", open: async () => new DiskStorage(await temporary()) },
];

async function temporary(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "engine-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

describe.each(stores)("a queue in $name", ({ open }) => {
  test("messages come in the order in which they were sent", async () => {
    const desk = await Desk.open(await open());
    await desk.send("a", "b", "c");
    expect(await desk.bodies(10)).toEqual(["a", "b", "c"]);
    expect(await desk.bodies(10)).toEqual([]);
  });

  test("an acked message does not come back", async () => {
    const desk = await Desk.open(await open());
    await desk.send("a");
    const [delivery] = await desk.take(1);
    expect(await desk.ack(delivery)).toEqual([{ ok: true, applied: true }]);
    await desk.clock.advance(60_000);
    expect(await desk.take(1)).toEqual([]);
    expect(await desk.stats()).toMatchObject({ ready: 0, delayed: 0, inFlight: 0, dead: 0 });
  });

  test("a message whose lease ends comes back with the next attempt", async () => {
    const desk = await Desk.open(await open());
    await desk.send("a");
    expect((await desk.take(1))[0]?.attempt).toBe(1);
    await desk.clock.advance(29_999);
    expect(await desk.take(1)).toEqual([]);
    await desk.clock.advance(1);
    expect((await desk.take(1))[0]?.attempt).toBe(2);
  });

  test("a wait ends with the first message", async () => {
    const desk = await Desk.open(await open());
    const waiting = desk.take(10, { waitMs: 20_000 });
    await desk.send("a");
    expect((await waiting).map(({ body }) => body)).toEqual(["a"]);
  });

  test("a retry waits for its delay, then comes with the next attempt", async () => {
    const desk = await Desk.open(await open());
    await desk.send("a");
    await desk.retry((await desk.take(1))[0], 5_000);
    expect(await desk.stats()).toMatchObject({ ready: 0, delayed: 1 });
    await desk.clock.advance(4_999);
    expect(await desk.take(1)).toEqual([]);
    await desk.clock.advance(1);
    expect((await desk.take(1))[0]).toMatchObject({ body: "a", attempt: 2 });
  });

  test("a release is not counted as an attempt", async () => {
    const desk = await Desk.open(await open());
    await desk.send("a");
    await desk.settle((await desk.take(1))[0], { kind: "release" });
    expect((await desk.take(1))[0]?.attempt).toBe(1);
  });

  test("the last failure moves a message to the dead letters, with its error", async () => {
    const desk = await Desk.open(await open());
    await desk.sendOne("a", { headers: { kind: "json", maxAttempts: 2 } });
    await desk.retry((await desk.take(1))[0]);
    const [last] = await desk.take(1);
    await desk.retry(last, 60_000);
    expect(await desk.stats()).toMatchObject({ ready: 0, delayed: 0, inFlight: 0, dead: 1 });
    expect(await desk.dead()).toEqual([
      {
        id: last?.id,
        body: "a",
        headers: { kind: "json", maxAttempts: 2 },
        attempts: 2,
        sentAt: last?.sentAt,
        deadAt: desk.clock.now(),
        source: "tasks",
        error: { code: "Error", message: "smtp down" },
        history: [1, 2].map((number) => ({
          number,
          outcome: "FAILED",
          startedAt: desk.clock.now(),
          endedAt: desk.clock.now(),
          error: { code: "Error", message: "smtp down" },
        })),
      },
    ]);
  });

  test("the end of the last lease is a dead letter LEASE_EXPIRED", async () => {
    const desk = await Desk.open(await open(), { maxAttempts: 1 });
    await desk.send("a");
    await desk.take(1);
    await desk.clock.advance(30_000);
    await desk.quiet();
    expect(await desk.dead()).toMatchObject([
      { body: "a", attempts: 1, error: { code: "LEASE_EXPIRED" } },
    ]);
  });

  test("a redriven message keeps its id and starts afresh; a discarded one is gone", async () => {
    const desk = await Desk.open(await open());
    await desk.send("a", "b");
    const error = { code: "Error", message: "unreadable" };
    const taken = await desk.take(2);
    for (const delivery of taken) await desk.settle(delivery, { kind: "deadLetter", error });
    const [a = "", b = ""] = taken.map(({ id }) => id);
    expect((await desk.dead({ limit: 10, after: a })).map(({ id }) => id)).toEqual([b]);
    expect(await desk.engine.call("tasks", "redrive", [[a, "unknown"]])).toEqual([
      { ok: true, applied: true },
      { ok: true, applied: false },
    ]);
    expect((await desk.take(2))[0]).toMatchObject({ id: a, attempt: 1 });
    expect(await desk.engine.call("tasks", "discard", [[b]])).toEqual([
      { ok: true, applied: true },
    ]);
    expect(await desk.dead()).toEqual([]);
  });

  test("the same outcome may be repeated; another, a forged and a foreign receipt are refused", async () => {
    const desk = await Desk.open(await open());
    await desk.engine.declare([{ ...desk.spec, name: "others" }]);
    await desk.send("a", "b");
    const [a, b] = await desk.take(2);
    await desk.ack(a);
    expect(await desk.ack(a)).toEqual([{ ok: true, applied: false }]);
    const refused = [{ ok: false, error: { code: "RECEIPT_EXPIRED" } }];
    expect(await desk.retry(a)).toMatchObject(refused);
    const outcome = { kind: "ack" } as const;
    const settle = (queue: string, receipt: string) =>
      desk.engine.settle(queue, [{ receipt, outcome }]);
    expect(await settle("others", b?.receipt ?? "")).toMatchObject(refused);
    for (const forged of [
      "",
      "x",
      `${"A".repeat(22)}.0`,
      `${b?.receipt}0`,
      b?.receipt.slice(0, 23),
    ]) {
      expect(await settle("tasks", forged ?? "")).toMatchObject(refused);
    }
    expect(await desk.stats()).toMatchObject({ inFlight: 1 });
  });

  test("a stale receipt does not touch the newer delivery", async () => {
    const desk = await Desk.open(await open());
    await desk.send("a");
    const [stale] = await desk.take(1);
    await desk.clock.advance(30_000);
    await desk.quiet();
    const [newer] = await desk.take(1);
    expect(await desk.ack(stale)).toMatchObject([{ ok: false }]);
    expect(await desk.ack(newer)).toEqual([{ ok: true, applied: true }]);
  });

  test("an extended lease ends later, each message by itself", async () => {
    const desk = await Desk.open(await open());
    await desk.send("a", "b");
    const [a] = await desk.take(2);
    await desk.clock.advance(20_000);
    await desk.engine.extend("tasks", [a?.receipt ?? ""], 30_000);
    await desk.reopen();
    await desk.clock.advance(10_000);
    await desk.quiet();
    expect(await desk.bodies(2)).toEqual(["b"]);
    await desk.clock.advance(20_000);
    await desk.quiet();
    expect(await desk.bodies(2)).toEqual(["a"]);
  });

  test("a delayed message is not early, whatever is reopened in between", async () => {
    const desk = await Desk.open(await open());
    await desk.sendOne("a", { delayMs: 3_600_000 });
    await desk.reopen();
    await desk.clock.advance(3_599_999);
    expect(await desk.take(1)).toEqual([]);
    const waiting = desk.take(1, { waitMs: 1_000 });
    await desk.clock.advance(1);
    expect((await waiting)[0]?.body).toBe("a");
  });

  test("an aborted wait answers nothing and leaves nothing on loan", async () => {
    const desk = await Desk.open(await open());
    const early = new AbortController();
    const waiting = desk.take(1, { waitMs: 20_000 }, early.signal);
    await desk.quiet();
    early.abort();
    expect(await waiting).toEqual([]);
    await desk.send("a");
    const late = new AbortController();
    const leased = desk.take(1, { waitMs: 20_000 }, late.signal);
    // The lease is on its way to the disk when the signal fires.
    await Promise.resolve();
    late.abort();
    expect(await leased).toEqual([]);
    await desk.quiet();
    expect(await desk.stats()).toMatchObject({ ready: 1, inFlight: 0 });
    expect((await desk.take(1))[0]?.attempt).toBe(1);
  });

  describe("a queue with a concurrency", () => {
    const taker = (number: number) => ({ taker: { number, handlers: 10 } });
    const session = (letter: string) => "000000000000000".concat(letter);

    test("has no more than that on loan to all consumers", async () => {
      const desk = await Desk.open(await open(), { concurrency: 3 });
      await desk.send("a", "b", "c", "d", "e");
      const [a] = await desk.take(2, taker(1));
      expect(await desk.take(10, taker(2))).toHaveLength(1);
      const waiting = desk.take(10, { waitMs: 20_000, ...taker(3) });
      await desk.ack(a);
      expect((await waiting).map(({ body }) => body)).toEqual(["d"]);
    });

    test("gives a polled receive all it asks for, and counts none of it", async () => {
      const desk = await Desk.open(await open(), { concurrency: 1 });
      await desk.send("a", "b", "c", "d");
      expect(await desk.bodies(2)).toEqual(["a", "b"]);
      expect((await desk.take(10, taker(1))).map(({ body }) => body)).toEqual(["c"]);
      expect(await desk.take(10, taker(2))).toEqual([]);
      expect(await desk.bodies(10)).toEqual(["d"]);
    });

    test("counts what consumers had before it was opened again, until their leases or sessions end", async () => {
      const desk = await Desk.open(await open(), { concurrency: 2 });
      await desk.send("a", "b", "c", "d", "e");
      await desk.take(1, taker(1), undefined, { session: session("a"), request: 1 });
      await desk.take(1, taker(1), undefined, { session: session("b"), request: 1 });
      await desk.reopen();
      const take = () => desk.take(10, taker(2));
      expect(await take()).toEqual([]);
      await desk.engine.endSession(session("a"));
      expect((await take()).map(({ body }) => body)).toEqual(["a"]);
      // It left in peace: what it has on loan is with no handler.
      await desk.engine.endSession(session("b"), { clean: true });
      expect((await take()).map(({ body }) => body)).toEqual(["c"]);
      expect(await take()).toEqual([]);
      expect(await desk.stats()).toMatchObject({ inFlight: 3 });
    });
  });

  test("higher priorities go first", async () => {
    const desk = await Desk.open(await open());
    await desk.send("a");
    await desk.sendOne("b", { priority: 5 });
    await desk.sendOne("c", { priority: 9 });
    await desk.reopen();
    expect((await desk.take(10)).map(({ body, priority }) => [body, priority])).toEqual([
      ["c", 9],
      ["b", 5],
      ["a", undefined],
    ]);
  });

  test("what nobody took for the retention is dropped", async () => {
    const desk = await Desk.open(await open(), { retentionMs: 60_000 });
    await desk.send("a");
    await desk.sendOne("delayed", { delayMs: 30_000 });
    await desk.clock.advance(50_000);
    await desk.send("b");
    await desk.clock.advance(20_000);
    expect((await desk.bodies(10)).toSorted()).toEqual(["b", "delayed"]);
    expect(await desk.stats()).toMatchObject({ ready: 0, delayed: 0 });
  });

  test("what comes back later than the retention, or was on loan for longer, is not dropped", async () => {
    const desk = await Desk.open(await open(), { retentionMs: 60_000, maxAttempts: 10 });
    await desk.send("a", "b", "c");
    const [a, b, c] = await desk.take(3, { leaseMs: 70_000 });
    await desk.retry(a, 120_000);
    await desk.clock.advance(65_000);
    await desk.settle(b, { kind: "release" });
    expect(await desk.bodies(10)).toEqual(["b"]);
    await desk.clock.advance(5_000);
    await desk.quiet();
    expect(await desk.take(10)).toMatchObject([{ id: c?.id, attempt: 2 }]);
    await desk.clock.advance(50_000);
    await desk.quiet();
    expect(await desk.bodies(10)).toContain("a");
    expect((await desk.stats()).ready).toBe(0);
  });

  test("a purge takes what waits at once and what is on loan at its end, dead letters never", async () => {
    const desk = await Desk.open(await open());
    await desk.send("dead", "loan", "loan 2", "ready");
    await desk.sendOne("delayed", { delayMs: 60_000 });
    const [dead, loan] = await desk.take(3);
    await desk.settle(dead, { kind: "deadLetter", error: { code: "Error", message: "no" } });
    expect(await desk.engine.call("tasks", "purge", [])).toBe(2);
    await desk.send("after");
    await desk.retry(loan);
    await desk.reopen();
    await desk.clock.advance(120_000);
    await desk.quiet();
    expect(await desk.bodies(10)).toEqual(["after"]);
    expect(await desk.stats()).toMatchObject({ ready: 0, delayed: 0, dead: 1 });
  });

  test("a purge that finds everything on loan is remembered", async () => {
    const desk = await Desk.open(await open());
    await desk.send("a");
    const [a] = await desk.take(1);
    expect(await desk.engine.call("tasks", "purge", [])).toBe(0);
    await desk.reopen();
    await desk.retry(a);
    expect(await desk.stats()).toMatchObject({ ready: 0, delayed: 0, inFlight: 0, dead: 0 });
  });

  test("a peek shows messages as they wait, page by page", async () => {
    const desk = await Desk.open(await open());
    await desk.send("a", "b", "c");
    await desk.sendOne("later", { delayMs: 1_000 });
    await desk.take(1);
    const first = await desk.engine.call("tasks", "peek", [{ limit: 2 }]);
    const after = first[1]?.id ?? "";
    const second = await desk.engine.call("tasks", "peek", [{ limit: 10, after }]);
    expect(
      [...first, ...second].map(({ body, state, attempts }) => [body, state, attempts]),
    ).toEqual([
      ["a", "inFlight", 1],
      ["b", "ready", 0],
      ["c", "ready", 0],
      ["later", "delayed", 0],
    ]);
  });

  test("a peek goes on where it was when the message it ended with is handled", async () => {
    const desk = await Desk.open(await open());
    await desk.send("a", "b", "c", "d");
    await desk.sendOne("later", { delayMs: 1_000 });
    const after = (await desk.engine.call("tasks", "peek", [{ limit: 2 }]))[1]?.id ?? "";
    for (const delivery of await desk.take(2)) await desk.ack(delivery);
    const rest = await desk.engine.call("tasks", "peek", [{ limit: 2, after }]);
    expect(rest.map(({ body }) => body)).toEqual(["c", "d"]);
    for (const delivery of await desk.take(2)) await desk.ack(delivery);
    const last = await desk.engine.call("tasks", "peek", [{ limit: 2, after: rest[1]?.id ?? "" }]);
    expect(last.map(({ body }) => body)).toEqual(["later"]);
  });

  test("dead letters go on after a page that was redriven, discarded or has died again", async () => {
    const desk = await Desk.open(await open());
    await desk.send("a", "b", "c", "d", "e");
    const error = { code: "Error", message: "no" };
    const bury = async () => {
      for (const delivery of await desk.take(10))
        await desk.settle(delivery, { kind: "deadLetter", error });
    };
    const page = async (after?: string) => {
      const letters = await desk.dead({ limit: 2, ...(after !== undefined && { after }) });
      return { bodies: letters.map(({ body }) => body), ids: letters.map(({ id }) => id) };
    };
    await bury();
    const first = await page();
    await desk.engine.call("tasks", "discard", [first.ids]);
    const second = await page(first.ids[1]);
    expect(second.bodies).toEqual(["c", "d"]);
    await desk.engine.call("tasks", "redrive", [second.ids]);
    await bury();
    const third = await page(second.ids[1]);
    expect(third.bodies).toEqual(["e", "c"]);
    const fourth = await page(third.ids[1]);
    expect(fourth.bodies).toEqual(["d"]);
    // It has ended an earlier page, where it was before the others.
    expect((await page(fourth.ids[0])).bodies).toEqual([]);
  });

  test("an unknown queue has an error of its own", async () => {
    const desk = await Desk.open(await open());
    await expect(desk.engine.call("nobody", "stats", [])).rejects.toMatchObject({
      code: "UNKNOWN_QUEUE",
    });
  });

  test("what was stored is there after a reopen", async () => {
    const desk = await Desk.open(await open());
    await desk.send("a", "b", "c");
    const [a, b] = await desk.take(2);
    await desk.ack(a);
    await desk.reopen();
    expect(await desk.stats()).toMatchObject({ ready: 1, inFlight: 1 });
    expect(await desk.bodies(10)).toEqual(["c"]);
    expect(await desk.ack(b)).toEqual([{ ok: true, applied: true }]);
  });
});
