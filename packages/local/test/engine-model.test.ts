import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Outcome } from "@alienplatform/bindings";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { DiskStorage, memoryStorage, type Storage } from "../src/engine/index.ts";
import { Desk } from "./engine-desk.ts";
import { QueueModel } from "./engine-model.ts";

const LEASE_MS = 10_000;
const sessions = ["00000000000000aa", "00000000000000bb"];

type Step =
  | {
      readonly do: "send";
      readonly count: number;
      readonly delayMs: number;
      readonly priority: number;
      readonly keys: readonly (string | undefined)[];
      readonly groups: number;
    }
  | { readonly do: "take"; readonly max: number; readonly session: number }
  | {
      readonly do: "settle";
      readonly which: number;
      readonly kind: Outcome["kind"];
      readonly delayMs: number;
    }
  | { readonly do: "extend"; readonly which: number }
  | { readonly do: "advance"; readonly byMs: number }
  | { readonly do: "purge" }
  | { readonly do: "redrive" | "discard"; readonly which: number }
  | { readonly do: "endSession"; readonly session: number }
  | { readonly do: "reopen" };

const which = fc.nat({ max: 1000 });
const delayMs = fc.constantFrom(0, 0, 500, 5_000, 40_000);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("send" as const),
      count: fc.integer({ min: 1, max: 12 }),
      delayMs,
      priority: fc.constantFrom(0, 0, 0, 3),
      // Few, so that they meet: within a batch, after a reopening, after a day.
      keys: fc.array(fc.constantFrom(undefined, "a", "b", "c"), { maxLength: 12 }),
      groups: fc.integer({ min: 1, max: 5 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("take" as const),
      max: fc.integer({ min: 1, max: 15 }),
      session: fc.nat({ max: 3 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("settle" as const),
      which,
      kind: fc.constantFrom<Outcome["kind"]>("ack", "ack", "release", "retry", "deadLetter"),
      delayMs,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("extend" as const), which }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("advance" as const),
      byMs: fc.constantFrom(10, 600, 4_000, 11_000, 46_800_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom("redrive" as const, "discard" as const), which }),
  },
  {
    weight: 1,
    arbitrary: fc.oneof(
      fc.record({ do: fc.constant("purge" as const) }),
      fc.record({ do: fc.constant("endSession" as const), session: fc.nat({ max: 1 }) }),
    ),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("reopen" as const) }) },
);

/** With a window of one byte nothing stays in memory: all is read from the store again. */
const windowBytes = fc.constantFrom(1, 1_000, 32 * 1024 * 1024);

interface Setting {
  readonly windowBytes: number;
  readonly fifo: boolean;
}

const setting = fc.record({ windowBytes, fifo: fc.boolean() });

async function run(
  storage: Storage,
  steps: readonly Step[],
  { windowBytes, fifo }: Setting,
): Promise<void> {
  const desk = await Desk.open(storage, { fifo, retentionMs: 1e12 }, { windowBytes });
  const model = new QueueModel(3);
  const receipts: string[] = [];
  for (const one of steps) {
    // Every step has a time of its own, so that the order of what happens by itself is certain.
    await advance(desk, model, 1);
    if (fifo) model.join(desk.clock.now());
    if (fifo && one.do === "take") {
      await takeHeads(one, desk, model, receipts);
    } else {
      await apply(one, desk, model, receipts);
    }
    const now = desk.clock.now();
    const ready = model.ready(now).length;
    expect(await desk.stats()).toMatchObject({
      ready,
      delayed: model.waiting.length - ready,
      inFlight: model.leases.length,
      dead: model.dead.length,
    });
  }
  await desk.engine.close();
}

function groupOf({ fifo }: Desk, groups: number, n: number): { readonly group?: string } {
  return fifo ? { group: `group ${n % groups}` } : {};
}

/** A FIFO queue gives heads of groups in any order, each once; all of them where it is asked often enough. */
async function takeHeads(
  one: Step & { readonly do: "take" },
  desk: Desk,
  model: QueueModel,
  receipts: string[],
): Promise<void> {
  const now = desk.clock.now();
  const session = sessions[one.session];
  model.attach(session);
  const heads = new Map(model.heads(now).map((message) => [message.id, message]));
  for (let left = Math.min(one.max, heads.size); left >= 0; ) {
    const origin = session === undefined ? undefined : { session, request: receipts.length + 1 };
    const max = Math.max(1, left);
    const taken = await desk.take(max, { leaseMs: LEASE_MS }, undefined, origin);
    expect(taken.length).toBeGreaterThanOrEqual(Math.min(1, left));
    for (const { id, attempt, group, receipt } of taken) {
      const message = heads.get(id);
      if (message === undefined) throw new Error(`message ${id} of group ${group} is no head`);
      expect([attempt, group]).toEqual([message.attempts + 1, message.group]);
      heads.delete(id);
      model.lend(message, receipt, now + LEASE_MS, session);
      receipts.push(receipt);
    }
    left -= taken.length;
    if (left === 0 && heads.size > 0) break;
    if (taken.length === 0) break;
  }
}

async function advance(desk: Desk, model: QueueModel, byMs: number): Promise<void> {
  const until = desk.clock.now() + byMs;
  for (let next = model.nextEvent; next <= until; next = model.nextEvent) {
    await desk.clock.advance(next - desk.clock.now());
    model.tick(next);
    await desk.send();
  }
  await desk.clock.advance(until - desk.clock.now());
}

async function apply(one: Step, desk: Desk, model: QueueModel, receipts: string[]): Promise<void> {
  const now = desk.clock.now();
  const receipt = "which" in one ? (receipts[one.which % receipts.length] ?? "") : "";
  switch (one.do) {
    case "send": {
      const options = { delayMs: one.delayMs, priority: one.priority };
      const messages = Array.from({ length: one.count }, (_, n) => {
        const idempotencyKey = one.keys[n];
        const keyed = idempotencyKey === undefined ? {} : { idempotencyKey };
        return desk.message(`body ${n}`, {
          ...options,
          ...keyed,
          ...groupOf(desk, one.groups, n),
        });
      });
      const results = await desk.engine.send("tasks", messages);
      const due = one.delayMs > 0 ? now + one.delayMs : undefined;
      for (const [n, { id, idempotencyKey: key, group }] of messages.entries()) {
        const first = key === undefined ? id : model.claim(key, id, now);
        expect(results[n]).toEqual({ ok: true, id: first, deduplicated: first !== id });
        if (first === id) model.send(id, one.priority, due, group);
      }
      break;
    }
    case "take": {
      const session = sessions[one.session];
      const origin = session === undefined ? undefined : { session, request: receipts.length + 1 };
      model.attach(session);
      const wanted = model.ready(now).slice(0, one.max);
      const taken = await desk.take(one.max, { leaseMs: LEASE_MS }, undefined, origin);
      expect(
        taken.map(({ id, attempt, priority }) => ({ id, attempt, priority: priority ?? 0 })),
      ).toEqual(
        wanted.map(({ id, attempts, priority }) => ({ id, attempt: attempts + 1, priority })),
      );
      for (const [index, message] of wanted.entries()) {
        const { receipt = "" } = taken[index] ?? {};
        model.lend(message, receipt, now + LEASE_MS, session);
        receipts.push(receipt);
      }
      break;
    }
    case "settle": {
      const [result] = await desk.engine.settle("tasks", [{ receipt, outcome: outcome(one) }]);
      const answer = !result?.ok ? "expired" : result.applied === true ? "applied" : "repeated";
      // A lease of before the reopening may have lost some of its memory, never the message's.
      const expected = model.settle(receipt, one.kind, now, one.delayMs);
      if (expected !== "expired" && receipt !== "") expect(answer).toBe(expected);
      else expect(answer).not.toBe("applied");
      break;
    }
    case "extend": {
      const [result] = await desk.engine.extend("tasks", [receipt], LEASE_MS);
      expect(result?.ok).toBe(model.extend(receipt, now + LEASE_MS));
      break;
    }
    case "advance":
      await advance(desk, model, one.byMs);
      break;
    case "purge":
      expect(await desk.engine.purge("tasks")).toBe(model.purge());
      break;
    case "redrive":
    case "discard": {
      const id = model.dead[one.which % model.dead.length]?.id ?? "none";
      const done = one.do === "redrive" ? model.redrive(id, now) : model.discard(id);
      expect(await desk.engine[one.do]("tasks", [id])).toEqual([{ ok: true, applied: done }]);
      break;
    }
    case "endSession": {
      const session = sessions[one.session] ?? "";
      await desk.engine.endSession(session);
      model.endSession(session, now);
      break;
    }
    case "reopen":
      await desk.reopen();
      model.reopened(now);
      break;
  }
}

function outcome(step: Step & { readonly do: "settle" }): Outcome {
  const error = { code: "Error", message: "no" };
  switch (step.kind) {
    case "retry":
      return { kind: "retry", delayMs: step.delayMs, error };
    case "deadLetter":
      return { kind: "deadLetter", error };
    default:
      return { kind: step.kind };
  }
}

test("any course of events in memory is as the model says", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), setting, (steps, how) =>
      run(memoryStorage(), steps, how),
    ),
    { numRuns: 400 },
  );
}, 60_000);

test("any course of events on disk is as the model says", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 40 }),
      setting,
      async (steps, how) => {
        const directory = await mkdtemp(join(tmpdir(), "engine-"));
        onTestFinished(() => rm(directory, { recursive: true, force: true }));
        await run(new DiskStorage(directory), steps, how);
      },
    ),
    { numRuns: 40 },
  );
}, 60_000);
