import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addChecksum } from "../src/engine/checksum.ts";
import { DiskStorage, memoryStorage, type Storage } from "../src/engine/index.ts";
import { table, tableRange } from "../src/engine/keys.ts";
import { Desk } from "./engine-desk.ts";

const error = { code: "Error", message: "smtp down" };
const spec = { maxAttempts: 3, leaseMs: 30_000, retentionMs: 345_600_000, fifo: false };

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "alien-dead-"));
});
afterAll(() => rm(directory, { recursive: true }));

let stores = 0;
const storages: readonly [string, () => Storage][] = [
  ["memory", memoryStorage],
  ["LevelDB", () => new DiskStorage(join(directory, String(++stores)))],
];

/** Lets the message at the head fail for good. */
async function kill(desk: Desk): Promise<string> {
  const [delivery] = await desk.take(1);
  await desk.settle(delivery, { kind: "deadLetter", error });
  return delivery?.id ?? "";
}

/** The storage, and how many batches were written to it. */
function countingWrites(storage: Storage) {
  let count = 0;
  const batch = storage.batch.bind(storage);
  storage.batch = () => {
    const made = batch();
    const write = made.write.bind(made);
    made.write = (options) => {
      count++;
      return write(options);
    };
    return made;
  };
  return { counted: storage, writes: () => count };
}

function take(desk: Desk, queue: string, max = 10) {
  return desk.engine.take(queue, { max, leaseMs: 30_000, waitMs: 0 });
}

describe.each(storages)("dead letters in '%s'", (_, storage) => {
  test("history, an edit, attributes, key and priority survive a new opening", async () => {
    const desk = await Desk.open(storage());
    const concurrency = { key: "ä", limit: 2 };
    const headers = { kind: "json", attributes: { tenant: "a" }, job: "charge" } as const;
    await desk.sendOne("{}", { headers, priority: 4, concurrency });
    await desk.retry((await desk.take(1))[0]);
    await desk.reopen();
    const id = await kill(desk);
    const change = { body: "[1]", kind: "json" } as const;
    await desk.engine.call("tasks", "editDeadLetter", [id, change]);
    await desk.reopen();
    const letter = await desk.engine.call("tasks", "deadLetter", [id]);
    expect(letter).toMatchObject({ id, body: "[1]", headers, priority: 4, concurrency });
    expect(letter?.history).toMatchObject([{ number: 1 }, { number: 2, outcome: "FAILED" }]);
    await desk.engine.call("tasks", "redrive", [[id]]);
    await desk.reopen();
    expect(await desk.take(1)).toMatchObject([{ id, body: "[1]", headers, priority: 4 }]);
  });

  test("a redrive to another queue is one commit: the message is in one of the two", async () => {
    const desk = await Desk.open(storage());
    await desk.engine.declare([{ ...spec, name: "others" }]);
    await desk.send("a", "b");
    const ids = [await kill(desk), await kill(desk)];
    await desk.engine.call("tasks", "redrive", [ids, { to: "others" }]);
    await desk.reopen();
    expect(await desk.stats()).toMatchObject({ ready: 0, dead: 0 });
    expect((await take(desk, "others")).map(({ id }) => id)).toEqual(ids);
  });

  test("what dies when time has passed moves to the declared queue in the same commit", async () => {
    const { counted, writes } = countingWrites(storage());
    const desk = await Desk.open(counted, { maxAttempts: 1, deadLetters: "others" });
    await desk.send("a");
    await desk.take(1);
    const waiting = desk.engine.take("others", { max: 1, leaseMs: 30_000, waitMs: 60_000 });
    // Nobody asks for anything: the lease's own timer is what moves it.
    const before = writes();
    await desk.clock.advance(30_000);
    const taken = await waiting;
    expect(writes() - before).toBe(1);
    expect(taken).toMatchObject([
      { body: "a", attempt: 1, headers: { dead: { source: "tasks", attempts: 1 } } },
    ]);
    await desk.reopen();
    expect(await desk.stats()).toMatchObject({ ready: 0, inFlight: 0, dead: 0 });
    expect(await desk.engine.call("others", "stats", [])).toMatchObject({ inFlight: 1, dead: 0 });
  });

  test("what a process held when it died moves on, also of the last owner's", async () => {
    const desk = await Desk.open(storage(), { maxAttempts: 1, deadLetters: "others" });
    await desk.send("a", "b");
    const origin = (request: number) => ({ session: "00000000000000aa", request });
    await desk.take(1, {}, undefined, origin(1));
    await desk.engine.endSession("00000000000000aa");
    expect(await take(desk, "others")).toMatchObject([{ body: "a" }]);
    await desk.take(1, {}, undefined, origin(2));
    await desk.reopen();
    await desk.clock.advance(1_500);
    await desk.quiet();
    expect(await take(desk, "others")).toMatchObject([{ body: "b" }]);
  });
});

test("a chain of dead-letter queues ends in the last one's own dead letters", async () => {
  const desk = await Desk.open(memoryStorage(), { maxAttempts: 1, deadLetters: "second" });
  await desk.engine.declare([{ ...spec, maxAttempts: 1, name: "second", deadLetters: "third" }]);
  await desk.send("a");
  await desk.take(1);
  await desk.clock.advance(30_000);
  await take(desk, "second");
  await desk.clock.advance(30_000);
  const [delivery] = await take(desk, "third");
  expect(delivery?.headers.dead).toMatchObject({ source: "second" });
});

test("a queue that nobody has declared is made like the one that names it, until it is declared", async () => {
  const desk = await Desk.open(memoryStorage(), { maxAttempts: 2, deadLetters: "others" });
  expect(await desk.engine.list()).toMatchObject([
    { name: "tasks" },
    { name: "others", maxAttempts: 2 },
  ]);
  expect((await desk.engine.list())[1]).not.toHaveProperty("deadLetters");
  await desk.engine.declare([{ ...spec, name: "others", maxAttempts: 7 }]);
  expect(await desk.engine.list()).toMatchObject([{}, { name: "others", maxAttempts: 7 }]);
});

test("dead letters stay where the declared queue is of another kind, or the queue itself", async () => {
  const desk = await Desk.open(memoryStorage());
  await desk.engine.declare([{ ...spec, name: "ordered", fifo: true }]);
  for (const deadLetters of ["ordered", "tasks"]) {
    await desk.engine.declare([{ ...spec, name: "tasks", deadLetters }]);
    await desk.send("a");
    await kill(desk);
  }
  expect(await desk.dead()).toHaveLength(2);
});

test("FIFO and not FIFO are not mixed by a redrive or an import", async () => {
  const desk = await Desk.open(memoryStorage());
  await desk.engine.declare([{ ...spec, name: "ordered", fifo: true }]);
  await desk.send("a");
  const id = await kill(desk);
  const redriven = await desk.engine.call("tasks", "redrive", [[id], { to: "ordered" }]);
  expect(redriven).toMatchObject([{ ok: false, error: { code: "UNSUPPORTED" } }]);
  expect(await desk.dead()).toHaveLength(1);
  const letters = await desk.dead();
  const imported = await desk.engine.call("ordered", "importDeadLetters", [letters]);
  expect(imported).toMatchObject([{ ok: false, error: { code: "UNSUPPORTED" } }]);
});

test("what a pause dead-letters stays beside its own queue, where it can be redriven", async () => {
  const desk = await Desk.open(memoryStorage(), { deadLetters: "others" });
  const pause = { reason: "maintenance", whilePaused: "deadLetter" } as const;
  await desk.engine.call("tasks", "pause", [pause]);
  await desk.send("a");
  await desk.quiet();
  expect(await desk.dead()).toMatchObject([{ body: "a", attempts: 0, error: { code: "PAUSED" } }]);
});

test("a redrive whose write fails leaves all where they were", async () => {
  const storage = memoryStorage();
  const batch = storage.batch.bind(storage);
  let broken = false;
  storage.batch = () => {
    const made = batch();
    const write = made.write.bind(made);
    const failure = new Error("IO error: 000003.log: Input/output error");
    made.write = (options) => (broken ? Promise.reject(failure) : write(options));
    return made;
  };
  const desk = await Desk.open(storage);
  await desk.engine.declare([{ ...spec, name: "others" }]);
  await desk.send("a", "b");
  const ids = [await kill(desk), await kill(desk)];
  broken = true;
  const redrive = desk.engine.call("tasks", "redrive", [ids, { to: "others" }]);
  await expect(redrive).rejects.toMatchObject({ code: "STORAGE_FAILED" });
  broken = false;
  await desk.reopen();
  expect((await desk.dead()).map(({ id }) => id)).toEqual(ids);
  expect(await take(desk, "others")).toEqual([]);
});

test("an edit, an import and a refused redrive are answered again as they were at first", async () => {
  const desk = await Desk.open(memoryStorage());
  await desk.engine.declare([{ ...spec, name: "ordered", fifo: true }]);
  await desk.send("a");
  const id = await kill(desk);
  const [letter] = await desk.dead();
  if (letter === undefined) throw new Error("there is no letter");
  const foreign = { ...letter, group: "a" };
  const other = { ...letter, id: "0".repeat(26) };
  const call = async (request: number) => {
    const origin = (nth: number) => ({ origin: { session: "00000000000000aa", request: nth } });
    const { engine } = desk;
    const edit = { body: "x".repeat(2 ** 20 + 1), kind: "text" } as const;
    return [
      await engine.call("tasks", "editDeadLetter", [id, edit], origin(request)),
      await engine.call("tasks", "redrive", [[id], { to: "ordered" }], origin(request + 1)),
      await engine.call("tasks", "importDeadLetters", [[foreign, other]], origin(request + 2)),
    ];
  };
  const results = await call(1);
  expect(results).toMatchObject([
    { ok: false, error: { code: "MESSAGE_TOO_LARGE" } },
    [{ ok: false, error: { code: "UNSUPPORTED" } }],
    [
      { ok: false, error: { code: "UNSUPPORTED" } },
      { ok: true, deduplicated: false },
    ],
  ]);
  // Meanwhile somebody has discarded what was taken in: it must not come back.
  await desk.engine.call("tasks", "discard", [[other.id]]);
  await desk.reopen();
  expect(await call(1)).toMatchObject([
    { ok: false, error: { code: "MESSAGE_TOO_LARGE" } },
    [{ ok: false, error: { code: "UNSUPPORTED" } }],
    [
      { ok: false, error: { code: "UNSUPPORTED" } },
      { ok: true, deduplicated: true },
    ],
  ]);
  expect(await desk.dead()).toHaveLength(1);
});

test("a list of large dead letters is cut where an answer would be too large, and goes on", async () => {
  const desk = await Desk.open(memoryStorage());
  const large = "x".repeat(900_000);
  for (let n = 0; n < 7; n++) {
    await desk.send(large);
    await kill(desk);
  }
  const first = await desk.dead({ limit: 100 });
  expect(first).toHaveLength(5);
  expect(await desk.dead({ limit: 100, after: first.at(-1)?.id ?? "" })).toHaveLength(2);
});

test("a failed message that is released again and again keeps its row as small as it was", async () => {
  const desk = await Desk.open(memoryStorage());
  await desk.send("a");
  await desk.retry((await desk.take(1))[0]);
  for (let time = 0; time < 50; time++) {
    await desk.settle((await desk.take(1))[0], { kind: "release" });
  }
  const [delivery] = await desk.take(1);
  expect(delivery?.attempt).toBe(2);
  await desk.settle(delivery, { kind: "deadLetter", error });
  expect((await desk.dead())[0]?.history).toHaveLength(2);
});

/** Rows as they were written before attempts were kept. */
async function age(storage: Storage): Promise<readonly number[]> {
  await storage.open();
  const batch = storage.batch();
  const counts: number[] = [];
  const change = async (first: number, aged: (row: Buffer) => Buffer) => {
    const rows = await storage.rows(tableRange(first), 100);
    for (const [key, row] of rows) batch.put(key, addChecksum(aged(row)));
    counts.push(rows.length);
  };
  const withJson = (row: Buffer, json: object | undefined) => {
    const text = Buffer.from(json === undefined ? "" : JSON.stringify(json));
    const head = Buffer.from(row.subarray(0, 13));
    head.writeUInt32BE(text.length, 9);
    return Buffer.concat([head, text, row.subarray(13 + row.readUInt32BE(9))]);
  };
  const json = (row: Buffer) => JSON.parse(row.toString("utf8", 13, 13 + row.readUInt32BE(9)));
  await change(table.lease, (row) => {
    const aged = Buffer.concat([row.subarray(0, 49), row.subarray(55)]);
    aged[0] = 1;
    return aged;
  });
  await change(table.loose, (row) => {
    const aged = withJson(row, json(row).error);
    aged[0] = 2;
    return aged;
  });
  await change(table.dead, (row) => withJson(row, { ...json(row), history: undefined }));
  await batch.write({ sync: true });
  await storage.close();
  return counts;
}

test("a store of before attempts were kept is read, and keeps them from then on", async () => {
  const storage = memoryStorage();
  const desk = await Desk.open(storage);
  await desk.send("dead", "waiting", "on loan");
  await kill(desk);
  await desk.retry((await desk.take(1))[0], 5_000);
  const [held] = await desk.take(1);
  await desk.engine.close();
  expect(await age(storage)).toEqual([1, 1, 1]);
  await desk.reopen();
  expect(await desk.dead()).toMatchObject([{ body: "dead", attempts: 1, history: [], error }]);
  await desk.retry(held);
  await desk.clock.advance(5_000);
  const taken = await desk.take(2);
  expect(taken.map(({ body, attempt }) => `${body} ${attempt}`)).toEqual([
    "on loan 2",
    "waiting 2",
  ]);
  for (const delivery of taken) await desk.settle(delivery, { kind: "deadLetter", error });
  const [, onLoan, waiting] = await desk.dead();
  // When the old lease began is not known.
  expect(onLoan?.history).toMatchObject([{ number: 1 }, { number: 2 }]);
  expect(onLoan?.history[0]).not.toHaveProperty("startedAt");
  expect(waiting?.history).toMatchObject([{ number: 2, startedAt: desk.clock.now() }]);
});
