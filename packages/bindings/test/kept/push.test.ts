import { AlienError } from "@alienplatform/core";
import { expect, test } from "vitest";
import { defaultOptions, memoryTable, ReferenceQueue } from "../../conformance/index.ts";
import { keptDriver } from "../../src/kept/kept-driver.ts";
import { keptOperator } from "../../src/kept/kept-operator.ts";
import type {
  Delivery,
  Headers,
  Outcome,
  Outgoing,
  QueueDriver,
  Settlement,
} from "../../src/queue/driver.ts";
import type { StateTable, TableItem } from "../../src/table/state-table.ts";
import { VirtualClock } from "../../src/virtual-clock.ts";
import { BareDriver, bareCapabilities } from "../conformance-bare/bare-driver.ts";
import { bareWorld } from "../conformance-bare/bare-world.ts";
import { observedTable } from "./observed-table.ts";

const options = { ...defaultOptions, resultsMs: 3_600_000 };

function delivery(id: string, headers: Partial<Headers> = {}, more: Partial<Delivery> = {}) {
  const whole: Headers = { kind: "text", ...headers };
  return { id, receipt: `r-${id}`, body: id, headers: whole, attempt: 1, sentAt: 0, ...more };
}

interface Given {
  readonly declared?: Parameters<typeof keptDriver>[2]["options"];
  readonly onCall?: (verb: keyof StateTable, partition: string) => void;
  readonly refuses?: () => AlienError | undefined;
}

/** What a push is handled with: a driver whose sends are kept, a handler that does as it is told, an operator. */
async function pushed({ declared = options, onCall = () => undefined, refuses }: Given = {}) {
  const clock = new VirtualClock();
  const items = new Map<string, TableItem>();
  const sends: Outgoing[] = [];
  const service = new ReferenceQueue("tasks", defaultOptions, clock);
  const bare = new BareDriver({ queue: "tasks", service, dead: undefined, republishes: false });
  const plain: QueueDriver = {
    capabilities: bare.capabilities,
    sizeOf: (one) => bare.sizeOf(one),
    send: async (messages) => {
      const error = refuses?.();
      if (error !== undefined) return messages.map(() => ({ ok: false, error }));
      sends.push(...messages);
      return bare.send(messages);
    },
    open: (given) => bare.open(given),
    close: () => bare.close(),
  };
  const given = { queue: "tasks", options: declared, clock, random: () => 0.5 };
  const table = observedTable(memoryTable(clock, items), (verb, at) => onCall(verb, at));
  const { aroundPushed } = keptDriver(plain, table, given);
  const { operator } = await bareWorld({ clock })(declared);
  if (aroundPushed === undefined || operator === undefined) throw new TypeError("both are there");
  const errors: unknown[] = [];
  const handled: string[] = [];
  const push = (
    batch: readonly Delivery[],
    outcome: Outcome = { kind: "ack" },
  ): Promise<readonly Settlement[]> =>
    aroundPushed(
      batch,
      {},
      {
        run: async (some) => {
          handled.push(...some.map(({ id, attempt }) => `${id} ${attempt}`));
          return some.map((one): Settlement => ({ delivery: one, outcome }));
        },
        onError: (error) => errors.push(error),
      },
    );
  const capabilities = bareCapabilities;
  const kept = keptOperator(operator, memoryTable(clock, items), { ...given, capabilities });
  return { clock, push, sends, handled, errors, operator: kept };
}

const kinds = (settlements: readonly Settlement[]) =>
  settlements.map(({ outcome }) => outcome.kind);

test("a pushed delivery is RUNNING while it is handled, and its result is kept before it is settled", async () => {
  const { push, operator } = await pushed();
  await push([delivery("a")], { kind: "ack", result: "7" });
  expect(await operator.job("a")).toMatchObject({ status: "SUCCEEDED", result: "7" });
});

test("what was cancelled, and what is done already, is acknowledged unrun", async () => {
  const { push, operator, handled } = await pushed();
  const retry: Outcome = { kind: "retry", delayMs: 0, error: { code: "E", message: "no" } };
  await push([delivery("a")], retry);
  await operator.cancelJob("a");
  await push([delivery("b")]);
  const again = [
    delivery("a", {}, { attempt: 2, receipt: "2" }),
    delivery("b", {}, { receipt: "3" }),
  ];
  expect(kinds(await push(again))).toEqual(["ack", "ack"]);
  expect(handled).toEqual(["a 1", "b 1"]);
});

test("a dead letter that comes back after a purge runs, and again where it fails", async () => {
  const { push, operator, handled, clock } = await pushed();
  const error = { code: "E", message: "no" };
  await push([delivery("a")], { kind: "deadLetter", error });
  await clock.advance("1s");
  await operator.purge();
  await clock.advance("1s");
  const again = (attempt: number) => [delivery("a", {}, { attempt, receipt: `${attempt}` })];
  await push(again(2), { kind: "retry", delayMs: 0, error });
  await push(again(3));
  expect(handled).toEqual(["a 1", "a 2", "a 3"]);
  expect(await operator.job("a")).toMatchObject({ status: "SUCCEEDED" });
});

test("where the table does not answer nothing is handled, and all of the batch is put off", async () => {
  const denied = new AlienError("PERMISSION_DENIED", "no", { fix: "Grant it." });
  const { push, handled, errors, sends } = await pushed({
    onCall: () => {
      throw denied;
    },
  });
  expect(kinds(await push([delivery("a"), delivery("b")]))).toEqual(["ack", "ack"]);
  expect(sends).toMatchObject([{ id: "a" }, { id: "b" }]);
  expect(handled).toEqual([]);
  expect(errors).toEqual([denied]);
});

test("a table that does not answer ten times uses up none of five attempts", async () => {
  let down = true;
  const { push, handled, sends, clock } = await pushed({
    declared: { ...options, maxAttempts: 5 },
    onCall: () => {
      if (down) throw new AlienError("PERMISSION_DENIED", "no", { fix: "Grant it." });
    },
  });
  const sentAt = clock.now();
  let attempt = 1;
  for (let times = 0; times < 10; times++) {
    const receipt = `${times}`;
    expect(kinds(await push([delivery("a", {}, { attempt, receipt, sentAt })]))).toEqual(["ack"]);
    const copy = sends.at(-1);
    expect((copy?.delayMs ?? 0) - (clock.now() - sentAt)).toBeGreaterThanOrEqual(30_000);
    await clock.advance("30s");
    attempt = copy?.attempt ?? 0;
  }
  down = false;
  await push([delivery("a", {}, { attempt, receipt: "last", sentAt })]);
  expect(handled).toEqual(["a 1"]);
});

test("what cannot become a copy comes back in half a minute where the table does not answer", async () => {
  const refuses = new AlienError("PERMISSION_DENIED", "no", { fix: "Grant it." });
  const onCall = () => {
    throw refuses;
  };
  const { push } = await pushed({ onCall });
  const bytes = { body: new Uint8Array([255]) };
  const later = { kind: "retry", delayMs: 30_000 };
  expect(await push([delivery("a", {}, { group: "g" }), delivery("b", {}, bytes)])).toMatchObject([
    { outcome: later },
    { outcome: later },
  ]);
  const refused = await pushed({ onCall, refuses: () => refuses });
  expect(await refused.push([delivery("c")])).toMatchObject([{ outcome: later }]);
});

test("an outcome that cannot be written down is not carried out", async () => {
  let down = false;
  const { push, errors, sends } = await pushed({
    onCall: (verb) => {
      if (down && verb === "put") throw new AlienError("PERMISSION_DENIED", "no", { fix: "Ask." });
      down = verb === "put";
    },
  });
  expect(kinds(await push([delivery("a")], { kind: "ack", result: "7" }))).toEqual(["ack"]);
  // Acknowledged since its copy comes.
  expect(sends).toMatchObject([{ id: "a", attempt: 1 }]);
  expect(errors).toHaveLength(1);
});

test("one whose key has no place is put off as a delayed copy of the same attempt, others are handled", async () => {
  const { push, sends, handled } = await pushed({ declared: defaultOptions });
  const concurrency = { key: "k", limit: 1 };
  const batch = [
    delivery("a", { concurrency }),
    delivery("b", { concurrency }, { attempt: 3 }),
    delivery("c"),
  ];
  expect(kinds(await push(batch))).toEqual(["ack", "ack", "ack"]);
  expect(handled).toEqual(["a 1", "c 1"]);
  expect(sends).toMatchObject([{ id: "b", attempt: 3, headers: { concurrency } }]);
  // The place is free again.
  await push([delivery("b", { concurrency }, { attempt: 3, receipt: "2" })]);
  expect(handled).toEqual(["a 1", "c 1", "b 3"]);
});

test("one that cannot be put off as a copy is not acknowledged", async () => {
  const refuses = new AlienError("PERMISSION_DENIED", "no", { fix: "Grant it." });
  const { push } = await pushed({ declared: defaultOptions, refuses: () => refuses });
  const concurrency = { key: "k", limit: 1 };
  const batch = [delivery("a", { concurrency }), delivery("b", { concurrency })];
  expect(kinds(await push(batch))).toEqual(["ack", "retry"]);
});

test("neither a put-off whose copy was refused nor one whose copy was taken changes the number of an attempt", async () => {
  let refused: AlienError | undefined = new AlienError("PERMISSION_DENIED", "no", { fix: "Ask." });
  const refuses = () => refused;
  const { push, handled, sends } = await pushed({ declared: defaultOptions, refuses });
  const concurrency = { key: "k", limit: 1 };
  const busy = (attempt: number) => [
    delivery("a", { concurrency }, { receipt: `a${attempt}` }),
    delivery("b", { concurrency }, { attempt, receipt: `b${attempt}` }),
  ];
  for (let attempt = 1; attempt <= 6; attempt++) await push(busy(attempt));
  refused = undefined;
  expect(kinds(await push(busy(7)))).toEqual(["ack", "ack"]);
  expect(sends).toMatchObject([{ id: "b", attempt: 1 }]);
  handled.length = 0;
  // The copy, which fails, and comes back.
  for (const attempt of [1, 2, 3]) {
    const again = { attempt, receipt: `c${attempt}` };
    await push([delivery("b", { concurrency }, again)]);
  }
  expect(handled).toEqual(["b 1", "b 2", "b 3"]);
});

test("a message of a group is put off in its place: those behind it wait, and none of it is an attempt", async () => {
  const { push, sends, handled } = await pushed({ declared: { ...defaultOptions, fifo: {} } });
  const concurrency = { key: "k", limit: 1 };
  const held = delivery("a", { concurrency }, { group: "g" });
  const batch = [
    held,
    delivery("b", { concurrency }, { group: "h" }),
    delivery("c", {}, { group: "h" }),
    delivery("d", {}, { group: "i" }),
  ];
  expect(kinds(await push(batch))).toEqual(["ack", "retry", "retry", "ack"]);
  expect(handled).toEqual(["a 1", "d 1"]);
  expect(sends).toEqual([]);
  await push([
    delivery("b", { concurrency }, { group: "h", attempt: 2, receipt: "2" }),
    delivery("c", {}, { group: "h", attempt: 2, receipt: "3" }),
  ]);
  expect(handled).toEqual(["a 1", "d 1", "b 1", "c 1"]);
});

test("what comes back by itself does so later each time while its key is busy, up to a minute", async () => {
  const { push } = await pushed({ declared: { ...defaultOptions, fifo: {} } });
  const concurrency = { key: "k", limit: 1 };
  const delays: number[] = [];
  for (let attempt = 1; attempt <= 8; attempt++) {
    const more = { attempt, receipt: `b${attempt}`, group: "h" };
    const [, held] = await push([
      delivery("a", { concurrency }, { group: "g", receipt: `a${attempt}` }),
      delivery("b", { concurrency }, more),
    ]);
    if (held?.outcome.kind === "retry") delays.push(held.outcome.delayMs / 1_000);
  }
  expect(delays).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
});

test("a message that is not due hops, as far as the service can delay it at once", async () => {
  const { push, sends, handled, clock } = await pushed({ declared: defaultOptions });
  const dueAt = clock.now() + 2.5 * 3_600_000;
  const sentAt = clock.now();
  for (let hop = 0; handled.length === 0 && hop < 5; hop++) {
    await push([delivery("a", { dueAt }, { sentAt, receipt: `${hop}` })]);
    await clock.advance("1h");
  }
  expect(sends.map(({ delayMs = 0 }) => delayMs / 3_600_000)).toEqual([1, 2, 2.5]);
  expect(sends.map(({ attempt }) => attempt)).toEqual([1, 1, 1]);
  expect(handled).toEqual(["a 1"]);
});

test("a queue that keeps no records asks the table nothing for a message without a key", async () => {
  const calls: string[] = [];
  const { push } = await pushed({
    declared: defaultOptions,
    onCall: (verb, partition) => calls.push(`${verb} ${partition}`),
  });
  await push([delivery("a")]);
  expect(calls).toEqual([]);
});

test("a job costs a read and two writes from its delivery on, a key two reads and two writes", async () => {
  const calls: string[] = [];
  const onCall = (verb: string, partition: string) => calls.push(`${verb} ${partition}`);
  await (await pushed({ onCall })).push([delivery("a")]);
  expect(calls).toEqual(["get job/tasks", "put job/tasks", "put job/tasks"]);
  calls.length = 0;
  const { push } = await pushed({ declared: defaultOptions, onCall });
  await push([delivery("a", { concurrency: { key: "k", limit: 2 } })]);
  expect(calls).toEqual([
    "get turn/tasks",
    "put turn/tasks",
    "get turn/tasks",
    "delete turn/tasks",
  ]);
});
