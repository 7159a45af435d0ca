import { AlienError } from "@alienplatform/core";
import { expect, test } from "vitest";
import { defaultOptions, memoryTable, ReferenceQueue } from "../../conformance/index.ts";
import { IdempotencyKeys } from "../../src/kept/idempotency-keys.ts";
import { keptDriver } from "../../src/kept/kept-driver.ts";
import type { Outgoing, QueueDriver, SendResult } from "../../src/queue/driver.ts";
import { VirtualClock } from "../../src/virtual-clock.ts";
import { BareDriver } from "../conformance-bare/bare-driver.ts";
import { observedTable } from "./observed-table.ts";

const clock = () => new VirtualClock();

function message(id: string, idempotencyKey?: string, more: Partial<Outgoing> = {}): Outgoing {
  return {
    id,
    body: id,
    headers: { kind: "text" },
    sentAt: 0,
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...more,
  };
}

/** One queue, and drivers to it that share a table; `send` stands before the service. */
function world(time = clock(), send?: (messages: readonly Outgoing[]) => void) {
  const service = new ReferenceQueue("tasks", defaultOptions, time);
  const items = new Map();
  const calls: string[] = [];
  const table = () =>
    observedTable(memoryTable(time, items), (verb, partition) =>
      calls.push(`${verb} ${partition}`),
    );
  const open = (): QueueDriver => {
    const bare = new BareDriver({ queue: "tasks", service, dead: undefined, republishes: false });
    const plain: QueueDriver = {
      capabilities: bare.capabilities,
      sizeOf: (one) => bare.sizeOf(one),
      send: async (messages) => {
        send?.(messages);
        return bare.send(messages);
      },
      open: (options) => bare.open(options),
      close: () => bare.close(),
    };
    const given = { queue: "tasks", options: defaultOptions, clock: time, random: () => 0.5 };
    return keptDriver(plain, table(), given);
  };
  return { service, open, calls };
}

/** Digests are made beside the event loop: until somebody waits for time to pass. */
async function waiting(time: VirtualClock): Promise<void> {
  while (time.next === undefined) await new Promise((resolve) => setImmediate(resolve));
}

/** What they answer, while time passes. */
async function passing<Value>(time: VirtualClock, calls: Promise<Value>[]): Promise<Value[]> {
  let over = false;
  const all = Promise.all(calls).finally(() => {
    over = true;
  });
  while (!over) {
    await new Promise((resolve) => setImmediate(resolve));
    if (time.next !== undefined) await time.advance(time.next - time.now());
  }
  return all;
}

const sent = (id: string): SendResult => ({ ok: true, id, deduplicated: false });
const duplicate = (id: string): SendResult => ({ ok: true, id, deduplicated: true });

test("a message without a key asks the table nothing, one with a key writes twice", async () => {
  const { open, calls } = world();
  const driver = open();
  expect(await driver.send([message("a")])).toEqual([sent("a")]);
  expect(calls).toEqual([]);
  expect(await driver.send([message("b", "once")])).toEqual([sent("b")]);
  expect(calls).toEqual(["put key/tasks", "put key/tasks"]);
});

test("what is sent once more, a redrive or a retry, never asks for its key", async () => {
  const { open, calls, service } = world();
  const driver = open();
  const again = [message("a", "once", { copy: "x" }), message("b", "once", { attempt: 2 })];
  expect(await driver.send(again)).toEqual([sent("a"), sent("b")]);
  expect(calls).toEqual([]);
  expect(service.stats().ready).toBe(2);
});

test("a claim whose sender is gone is taken over after a minute, under its first id", async () => {
  const time = clock();
  let lost = true;
  const { open, service } = world(time, () => {
    if (lost) throw new AlienError("DRIVER_FAILED", "the process ended here");
  });
  const [failed] = await open().send([message("first", "once")]);
  expect(failed?.ok).toBe(false);
  lost = false;
  const other = open();
  await time.advance(50_000);
  const early = other.send([message("second", "once")]);
  await waiting(time);
  await time.advance(9_000);
  expect(await early).toMatchObject([{ ok: false, error: { code: "NOT_READY", retryable: true } }]);
  expect(service.stats().ready).toBe(0);
  await time.advance(1_000);
  expect(await other.send([message("second", "once")])).toEqual([sent("first")]);
  expect(await other.send([message("third", "once")])).toEqual([duplicate("first")]);
  expect(service.stats().ready).toBe(1);
});

test("a send that was refused for good gives its key back at once", async () => {
  let refuses = true;
  const { open } = world(clock(), () => {
    if (refuses) throw new AlienError("PERMISSION_DENIED", "no", { fix: "Ask for the right." });
  });
  const driver = open();
  expect((await driver.send([message("a", "once")]))[0]?.ok).toBe(false);
  refuses = false;
  expect(await driver.send([message("b", "once")])).toEqual([sent("b")]);
});

test("a send that failed for a passing reason keeps its key, and is repeated under it", async () => {
  let down = true;
  const { open } = world(clock(), () => {
    if (down) throw new AlienError("SERVICE_UNAVAILABLE", "down", { retryable: true });
  });
  const driver = open();
  expect((await driver.send([message("a", "once")]))[0]?.ok).toBe(false);
  down = false;
  expect(await driver.send([message("a", "once")])).toEqual([sent("a")]);
});

test("messages without a key are sent while others wait for theirs", async () => {
  const time = clock();
  let lost = true;
  const { open, service } = world(time, ([one]) => {
    if (lost && one?.id === "first") throw new AlienError("DRIVER_FAILED", "the process ended");
  });
  await open().send([message("first", "once")]);
  lost = false;
  const sending = open().send([message("second", "once"), message("plain")]);
  await waiting(time);
  expect(service.stats().ready).toBe(1);
  await time.advance(5_000);
  expect(await sending).toMatchObject([{ ok: false }, { ok: true, id: "plain" }]);
});

test("the messages of a group stay in one call and in order, whichever has a key", async () => {
  const batches: string[][] = [];
  const { open } = world(clock(), (messages) => batches.push(messages.map(({ id }) => id)));
  await open().send([
    message("g1", undefined, { group: "g" }),
    message("h1", undefined, { group: "h" }),
    message("g2", "once", { group: "g" }),
    message("g3", undefined, { group: "g" }),
  ]);
  expect(batches).toContainEqual(["g1", "g2", "g3"]);
  expect(batches).toContainEqual(["h1"]);
});

test("of two processes that send one key at once, one sends", async () => {
  const time = clock();
  const { open, service } = world(time);
  const results = await passing(time, [
    open().send([message("a", "once")]),
    open().send([message("b", "once")]),
  ]);
  expect(service.stats().ready).toBe(1);
  expect(
    results
      .flat()
      .map((one) => one.ok && one.deduplicated)
      .sort(),
  ).toEqual([false, true]);
});

test("a key that can be neither written nor found is asked for again by the caller, and not for ever", async () => {
  const time = clock();
  let calls = 0;
  const table = {
    ...memoryTable(time, new Map()),
    put: async () => {
      if (calls++ > 100) throw new TypeError("it was written too often");
      return undefined;
    },
    get: async () => undefined,
  };
  const keys = new IdempotencyKeys({ table, queue: "tasks", conflict: "original", clock: time });
  const [claimed] = await passing(time, [keys.claim(message("a"), "k")]);
  expect(claimed).toMatchObject({ ok: false, error: { code: "NOT_READY", retryable: true } });
});
