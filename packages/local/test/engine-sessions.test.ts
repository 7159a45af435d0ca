import { describe, expect, test } from "vitest";
import { memoryStorage } from "../src/engine/index.ts";
import { Desk } from "./engine-desk.ts";

const session = "00000000000000aa";
const other = "00000000000000bb";

describe("a process that uses the queues of another", () => {
  test("gets its messages redelivered at once when it dies, counted", async () => {
    const desk = await Desk.open(memoryStorage());
    await desk.send("a", "b");
    await desk.take(1, {}, undefined, { session, request: 1 });
    await desk.take(1, {}, undefined, { session: other, request: 1 });
    await desk.engine.endSession(session);
    expect(await desk.take(10)).toMatchObject([{ body: "a", attempt: 2 }]);
  });

  for (const ends of ["it dies", "its leases end", "it dies with the owner"]) {
    test(`is not charged for what it held beyond its handlers when ${ends}`, async () => {
      const desk = await Desk.open(memoryStorage());
      await desk.send("a", "b", "c", "d", "e");
      const taker = { number: 1, handlers: 2 };
      const [a] = await desk.take(2, { taker }, undefined, { session, request: 1 });
      await desk.take(3, { taker }, undefined, { session, request: 2 });
      await desk.ack(a);
      if (ends === "its leases end") await desk.clock.advance(30_000);
      else if (ends === "it dies") await desk.engine.endSession(session);
      else {
        await desk.reopen();
        await desk.clock.advance(1_500);
      }
      // At most the oldest two of those left can have been started.
      expect(await desk.take(10)).toMatchObject([
        { body: "b", attempt: 2 },
        { body: "c", attempt: 2 },
        { body: "d", attempt: 1 },
        { body: "e", attempt: 1 },
      ]);
    });
  }

  test("leaves receipts that anybody may settle when it says goodbye", async () => {
    const desk = await Desk.open(memoryStorage());
    await desk.send("a");
    const [a] = await desk.take(1, {}, undefined, { session, request: 1 });
    await desk.engine.endSession(session, { clean: true });
    await desk.reopen();
    await desk.clock.advance(5_000);
    expect(await desk.ack(a)).toEqual([{ ok: true, applied: true }]);
  });

  test("keeps its loans under the next owner when it comes back in time, else loses them", async () => {
    const desk = await Desk.open(memoryStorage());
    await desk.send("a", "b");
    const [a] = await desk.take(1, {}, undefined, { session, request: 1 });
    await desk.take(1, {}, undefined, { session: other, request: 1 });
    await desk.reopen();
    desk.engine.attachSession(session);
    await desk.clock.advance(1_499);
    expect(await desk.take(10)).toEqual([]);
    await desk.clock.advance(1);
    expect(await desk.take(10)).toMatchObject([{ body: "b", attempt: 2 }]);
    expect(await desk.ack(a)).toEqual([{ ok: true, applied: true }]);
  });

  test("keeps its loans until their end while it lives, however long it is busy", async () => {
    const running = new Set([7, 8]);
    const isRunning = ({ pid }: { readonly pid: number }) => running.has(pid);
    const desk = await Desk.open(memoryStorage(), {}, { isRunning });
    desk.engine.attachSession(session, { pid: 7, startedAt: 1 });
    desk.engine.attachSession(other, { pid: 8, startedAt: 1 });
    await desk.send("a", "b");
    await desk.take(1, {}, undefined, { session, request: 1 });
    await desk.take(1, {}, undefined, { session: other, request: 1 });
    await desk.reopen();
    await desk.clock.advance(4_500);
    expect(await desk.take(10)).toEqual([]);
    running.delete(8);
    await desk.clock.advance(1_500);
    expect(await desk.take(10)).toMatchObject([{ body: "b", attempt: 2 }]);
    await desk.clock.advance(24_000);
    expect(await desk.take(10)).toMatchObject([{ body: "a", attempt: 2 }]);
  });

  test("has a moment to come back when only its connection is gone", async () => {
    const desk = await Desk.open(memoryStorage(), {}, { isRunning: () => true });
    for (const name of [session, other]) desk.engine.attachSession(name, { pid: 7, startedAt: 1 });
    await desk.send("a", "b");
    const [a] = await desk.take(1, {}, undefined, { session, request: 1 });
    await desk.take(1, {}, undefined, { session: other, request: 1 });
    await desk.engine.endSession(session);
    await desk.engine.endSession(other);
    await desk.clock.advance(1_499);
    desk.engine.attachSession(session, { pid: 7, startedAt: 1 });
    expect(await desk.take(10)).toEqual([]);
    await desk.clock.advance(1);
    expect(await desk.take(10)).toMatchObject([{ body: "b", attempt: 2 }]);
    expect(await desk.ack(a)).toEqual([{ ok: true, applied: true }]);
  });

  test("may repeat a send to the next owner: it is not applied again", async () => {
    const desk = await Desk.open(memoryStorage());
    const message = desk.message("a");
    const origin = { session, request: 7 };
    const first = await desk.engine.send("tasks", [message], origin);
    await desk.reopen();
    expect(await desk.engine.send("tasks", [message], origin)).toEqual(first);
    expect(await desk.bodies(10)).toEqual(["a"]);
  });

  test("gets one lease for a take that it repeats while the first one waits", async () => {
    const desk = await Desk.open(memoryStorage());
    const lost = new AbortController();
    const origin = { session, request: 1 };
    const first = desk.take(1, { waitMs: 20_000 }, lost.signal, origin);
    await desk.quiet();
    const second = desk.take(1, { waitMs: 20_000 }, undefined, origin);
    lost.abort();
    await desk.send("a", "b");
    expect(await second).toMatchObject([{ body: "a" }]);
    expect(await first).toEqual(await second);
    expect(await desk.stats()).toMatchObject({ ready: 1, inFlight: 1 });
    const third = desk.take(1, { waitMs: 1_000 }, undefined, { session, request: 2 });
    expect(await third).toMatchObject([{ body: "b" }]);
    await desk.engine.endSession(session);
    expect(await desk.stats()).toMatchObject({ ready: 2, inFlight: 0 });
  });

  test("is told again that a settle was refused, by the next owner too", async () => {
    const desk = await Desk.open(memoryStorage());
    await desk.send("a");
    const [a] = await desk.take(1, {}, undefined, { session, request: 1 });
    await desk.clock.advance(30_000);
    const settlements = [{ receipt: a?.receipt ?? "", outcome: { kind: "ack" } }] as const;
    const ask = () => desk.engine.settle("tasks", settlements, { session, request: 2 });
    const refused = [{ ok: false, error: expect.objectContaining({ code: "RECEIPT_EXPIRED" }) }];
    expect(await ask()).toEqual(refused);
    expect(await ask()).toEqual(refused);
    await desk.reopen();
    expect(await ask()).toEqual(refused);
    expect(await desk.take(1)).toMatchObject([{ body: "a", attempt: 2 }]);
  });

  test("may repeat a settle and a take too", async () => {
    const desk = await Desk.open(memoryStorage());
    await desk.send("a", "b", "c");
    const taken = await desk.take(2, {}, undefined, { session, request: 1 });
    await desk.reopen();
    expect(await desk.take(2, {}, undefined, { session, request: 1 })).toEqual(taken);
    const acks = taken.map(({ receipt }) => ({ receipt, outcome: { kind: "ack" } as const }));
    const origin = { session, request: 2 };
    await desk.engine.settle("tasks", acks, origin);
    await desk.reopen();
    const applied = { ok: true, applied: true };
    expect(await desk.engine.settle("tasks", acks, origin)).toEqual([applied, applied]);
    expect(await desk.bodies(10)).toEqual(["c"]);
  });

  test("is not forgotten while it runs, however long the machine was suspended", async () => {
    const desk = await Desk.open(memoryStorage(), {}, { isRunning: () => true });
    desk.engine.attachSession(session, { pid: 7, startedAt: 1 });
    const message = desk.message("a");
    await desk.engine.send("tasks", [message], { session, request: 7 });
    await desk.clock.advance("2h");
    await desk.reopen();
    await desk.engine.send("tasks", [message], { session, request: 7 });
    expect(await desk.bodies(10)).toEqual(["a"]);
  });

  test("is forgotten when it has asked nothing for an hour", async () => {
    const storage = memoryStorage();
    const desk = await Desk.open(storage);
    await desk.engine.send("tasks", [desk.message("a")], { session, request: 7 });
    await desk.clock.advance(3_600_000);
    await desk.reopen();
    await desk.engine.send("tasks", [desk.message("b")], { session, request: 7 });
    expect(await desk.bodies(10)).toEqual(["a", "b"]);
  });
});

test("what a process is told is on the disk while one that wants that is attached", async () => {
  const storage = memoryStorage();
  const synced: boolean[] = [];
  const batchOf = storage.batch.bind(storage);
  storage.batch = () => {
    const batch = batchOf();
    const write = batch.write.bind(batch);
    batch.write = (options) => {
      synced.push(options.sync);
      return write(options);
    };
    return batch;
  };
  const desk = await Desk.open(storage);
  const sync = async () => {
    await desk.send("a");
    return synced.at(-1);
  };
  const holder = { pid: 7, startedAt: 1 };
  expect(await sync()).toBe(false);
  desk.engine.attachSession(session, holder, "power");
  desk.engine.attachSession(other, holder, "process");
  expect(await sync()).toBe(true);
  await desk.engine.endSession(other);
  expect(await sync()).toBe(true);
  await desk.engine.endSession(session, { clean: true });
  expect(await sync()).toBe(false);
});

test("each opening has a higher term", async () => {
  const desk = await Desk.open(memoryStorage());
  const { term } = desk.engine;
  await desk.reopen();
  expect(desk.engine.term).toBeGreaterThan(term);
});

describe("a request that waits for a commit of its own", () => {
  async function withDead(bodies: readonly string[]): Promise<Desk> {
    const desk = await Desk.open(memoryStorage());
    await desk.send(...bodies);
    const error = { code: "Error", message: "no" };
    for (const delivery of await desk.take(10)) {
      await desk.settle(delivery, { kind: "deadLetter", error });
    }
    return desk;
  }

  test("may be repeated to the next owner: a redrive or discard is not applied again", async () => {
    const desk = await withDead(["a", "b"]);
    const [a, b] = await desk.dead();
    const ids = [a?.id ?? ""];
    // Its row says so beside what it says of the process.
    desk.engine.attachSession(session, { pid: 7, startedAt: 1 });
    const redrive = () =>
      desk.engine.call("tasks", "redrive", [ids], { origin: { session, request: 7 } });
    const discard = () =>
      desk.engine.call("tasks", "discard", [[b?.id ?? ""]], { origin: { session, request: 8 } });
    const applied = [{ ok: true, applied: true }];
    expect(await Promise.all([redrive(), discard()])).toEqual([applied, applied]);
    await desk.settle((await desk.take(1))[0], {
      kind: "deadLetter",
      error: { code: "E", message: "" },
    });
    await desk.reopen();
    expect(await Promise.all([redrive(), discard()])).toEqual([applied, applied]);
    expect(await desk.dead()).toMatchObject([{ id: ids[0] }]);
    expect(await desk.bodies(10)).toEqual([]);
  });

  test("is not taken for applied because a later one was", async () => {
    const desk = await withDead(["a"]);
    const [a] = await desk.dead();
    await desk.engine.send("tasks", [desk.message("b")], { session, request: 9 });
    await desk.reopen();
    await desk.engine.call("tasks", "redrive", [[a?.id ?? ""]], {
      origin: { session, request: 8 },
    });
    expect((await desk.bodies(10)).toSorted()).toEqual(["a", "b"]);
  });
});
