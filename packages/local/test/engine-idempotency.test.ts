import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VirtualClock } from "@alienplatform/bindings";
import { describe, expect, onTestFinished, test } from "vitest";
import { DiskStorage, memoryStorage, type Storage } from "../src/engine/index.ts";
import { table, tableRange } from "../src/engine/keys.ts";
import { WatchedStorage } from "./conformance/watched-storage.ts";
import { Desk } from "./engine-desk.ts";

const HOUR_MS = 3_600_000;
const session = "00000000000000aa";
const once = { idempotencyKey: "once" };

const stores: readonly { readonly name: string; readonly open: () => Promise<Storage> }[] = [
  { name: "memory", open: () => Promise.resolve(memoryStorage()) },
  { name: "LevelDB", open: async () => new DiskStorage(await temporary()) },
];

async function temporary(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "engine-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

describe.each(stores)("an idempotency key in $name", ({ open }) => {
  test("answers the first message to sends of one turn, of one batch and after a reopening", async () => {
    const desk = await Desk.open(await open());
    const [first, second] = await Promise.all([desk.sendOne("a", once), desk.sendOne("b", once)]);
    const id = first[0]?.ok === true ? first[0].id : "";
    const again = { ok: true, id, deduplicated: true };
    expect(second).toEqual([again]);
    await desk.reopen();
    expect(
      await desk.engine.send("tasks", [
        desk.message("c", once),
        desk.message("d"),
        desk.message("e", { idempotencyKey: "other" }),
        desk.message("f", { idempotencyKey: "other" }),
      ]),
    ).toMatchObject([
      again,
      { deduplicated: false },
      { deduplicated: false },
      { deduplicated: true },
    ]);
    expect(await desk.bodies(10)).toEqual(["a", "d", "e"]);
  });

  test("counts for a day from its first use, whatever became of the message", async () => {
    const desk = await Desk.open(await open());
    await desk.clock.advance(20 * HOUR_MS);
    await desk.sendOne("a", once);
    await desk.ack((await desk.take(1))[0]);
    await desk.engine.call("tasks", "purge", []);
    await desk.clock.advance(24 * HOUR_MS - 1);
    await desk.reopen();
    expect(await desk.sendOne("b", once)).toMatchObject([{ deduplicated: true }]);
    await desk.clock.advance(1);
    expect(await desk.sendOne("c", once)).toMatchObject([{ deduplicated: false }]);
    await desk.reopen();
    expect(await desk.sendOne("d", once)).toMatchObject([{ deduplicated: true }]);
    expect(await desk.bodies(10)).toEqual(["c"]);
  });

  test("is found also when thousands have come after it", async () => {
    const desk = await Desk.open(await open());
    const keys = Array.from({ length: 20_000 }, (_, n) => ({ idempotencyKey: `key ${n}` }));
    await desk.engine.send(
      "tasks",
      keys.map((key) => desk.message("a", key)),
    );
    await desk.send("the write after that");
    const results = await desk.engine.send(
      "tasks",
      keys.map((key) => desk.message("b", key)),
    );
    expect(results.filter((result) => result.ok && result.deduplicated).length).toBe(20_000);
    expect(await desk.stats()).toMatchObject({ ready: 20_001 });
  });

  test("leaves no rows behind when its time is over", async () => {
    const watched = new WatchedStorage(await open());
    const { storage } = watched;
    const desk = await Desk.open(storage);
    await desk.sendOne("a", once);
    await desk.sendOne("b", { idempotencyKey: "other" });
    await desk.clock.advance(72 * HOUR_MS);
    await desk.reopen();
    await desk.sendOne("c", { idempotencyKey: "new" });
    // The clearing runs beside the queue.
    await watched.idle();
    await desk.sendOne("d", {});
    expect(await storage.rows(tableRange(table.claim), 10)).toHaveLength(1);
    expect(await storage.rows(tableRange(table.claimBucket), 10)).toHaveLength(1);
  });
});

test("the same key of two queues stands for two messages", async () => {
  const desk = await Desk.open(memoryStorage());
  await desk.engine.declare([{ ...desk.spec, name: "others" }]);
  await desk.sendOne("a", once);
  expect(await desk.engine.send("others", [desk.message("a", once)])).toMatchObject([
    { deduplicated: false },
  ]);
});

test("a key that was first used while payloads were not compared conflicts with nothing", async () => {
  const desk = await Desk.open(memoryStorage());
  await desk.sendOne("a", { idempotencyKey: "k" });
  await desk.engine.declare([{ ...desk.spec, conflict: "error" }]);
  const [repeat] = await desk.sendOne("b", { idempotencyKey: "k" });
  expect(repeat).toMatchObject({ ok: true, deduplicated: true });
  await desk.sendOne("a", { idempotencyKey: "l" });
  const [conflict] = await desk.sendOne("b", { idempotencyKey: "l" });
  expect(conflict).toMatchObject({ ok: false, error: { code: "IDEMPOTENCY_CONFLICT" } });
});

test("another payload is a conflict of its own message only, where the queue says so", async () => {
  const desk = await Desk.open(memoryStorage(), { conflict: "error" });
  const first = desk.message("1", once);
  await desk.engine.send("tasks", [first]);
  await desk.reopen();
  const json = { headers: { kind: "json" as const }, ...once };
  const results = await desk.engine.send("tasks", [
    desk.message("1", once),
    desk.message("2", once),
    desk.message("1", json),
    desk.message("3"),
  ]);
  expect(results).toMatchObject([
    { ok: true, id: first.id, deduplicated: true },
    { ok: false, error: { code: "IDEMPOTENCY_CONFLICT", details: { id: first.id } } },
    { ok: false, error: { code: "IDEMPOTENCY_CONFLICT" } },
    { ok: true, deduplicated: false },
  ]);
  expect(JSON.stringify(results)).not.toContain("once");
  expect(await desk.bodies(10)).toEqual(["1", "3"]);
});

test("a duplicate whose request is repeated when the key's time is over is answered as one: nothing of it is stored", async () => {
  const desk = await Desk.open(memoryStorage());
  const first = desk.message("first", { idempotencyKey: "k" });
  await desk.engine.send("tasks", [first]);
  const again = [desk.message("again", { idempotencyKey: "k" })];
  const origin = { session: "00000000000000aa", request: 7 };
  const answer = [{ ok: true, id: first.id, deduplicated: true }];
  expect(await desk.engine.send("tasks", again, origin)).toEqual(answer);
  await desk.clock.advance(25 * 60 * 60 * 1000);
  expect(await desk.engine.send("tasks", again, origin)).toEqual(answer);
  expect(await desk.bodies(10)).toEqual(["first"]);
});

test("a send that is repeated to the next owner is answered as it was at first", async () => {
  const desk = await Desk.open(memoryStorage(), { conflict: "error" });
  await desk.sendOne("x", { idempotencyKey: "taken" });
  const messages = [
    desk.message("a", once),
    desk.message("a", once),
    desk.message("y", { idempotencyKey: "taken" }),
    desk.message("b"),
  ];
  const origin = { session, request: 7 };
  const first = await desk.engine.send("tasks", messages, origin);
  expect(first).toMatchObject([{ deduplicated: false }, { deduplicated: true }, { ok: false }, {}]);
  await desk.reopen();
  expect(await desk.engine.send("tasks", messages, origin)).toEqual(first);
  expect(await desk.bodies(10)).toEqual(["x", "a", "b"]);
});

test("a message that its sender repeats is no duplicate of itself", async () => {
  const desk = await Desk.open(memoryStorage());
  const message = desk.message("a", once);
  const first = await desk.engine.send("tasks", [message]);
  expect(await desk.engine.send("tasks", [message])).toEqual(first);
  expect(await desk.bodies(10)).toEqual(["a"]);
});

test("a clock that goes back does not shorten the time of a key", async () => {
  const steady = new VirtualClock();
  let back = 0;
  const clock = {
    now: () => steady.now() - back,
    schedule: (delayMs: number, run: () => void) => steady.schedule(delayMs, run),
  };
  const desk = await Desk.open(memoryStorage(), {}, { clock });
  await desk.sendOne("a", once);
  back = 23 * HOUR_MS;
  await desk.reopen();
  expect(await desk.sendOne("b", once)).toMatchObject([{ deduplicated: true }]);
  await steady.advance(24 * HOUR_MS - 1);
  expect(await desk.sendOne("c", once)).toMatchObject([{ deduplicated: true }]);
});

test("a message that is too large is refused by itself, whoever sends it", async () => {
  const desk = await Desk.open(memoryStorage());
  const large = "ö".repeat(512 * 1024 + 1);
  const results = await desk.engine.send("tasks", [
    desk.message(large, once),
    desk.message(large.slice(1)),
    desk.message("", { headers: { kind: "text", attributes: { k: large } } }),
  ]);
  expect(results).toMatchObject([
    { ok: false, error: { code: "MESSAGE_TOO_LARGE" } },
    { ok: true },
    { ok: false, error: { code: "MESSAGE_TOO_LARGE" } },
  ]);
  expect(await desk.sendOne("small", once)).toMatchObject([{ deduplicated: false }]);
});
