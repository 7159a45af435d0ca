import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Outcome } from "@alienplatform/bindings";
import { expect, onTestFinished, test } from "vitest";
import { fc } from "../../../test/property.ts";
import { DiskStorage, memoryStorage, type Storage } from "../src/engine/index.ts";
import { Desk } from "./engine-desk.ts";
import { type ModelMessage, QueueModel } from "./engine-model.ts";
import { ModelHistory } from "./engine-model-history.ts";
import { type Step, step } from "./engine-model-steps.ts";

/** CI runs more of them; a failure prints its seed and path. */
const RUNS = Number(process.env.MODEL_RUNS ?? 100);
/** For what hangs. */
const LIMIT_MS = Math.max(300_000, RUNS * 500);
const LEASE_MS = 10_000;
const sessions = ["00000000000000aa", "00000000000000bb"];

/** With a window of one byte nothing stays in memory: all is read from the store again. */
const windowBytes = fc.constantFrom(1, 1_000, 32 * 1024 * 1024);

interface Setting {
  readonly windowBytes: number;
  readonly fifo: boolean;
  readonly keyed: boolean;
}

const setting = fc.record({ windowBytes, fifo: fc.boolean(), keyed: fc.boolean() });

async function run(
  storage: Storage,
  steps: readonly Step[],
  { windowBytes, fifo, keyed }: Setting,
): Promise<void> {
  const desk = await Desk.open(storage, { fifo, retentionMs: 1e12 }, { windowBytes });
  if (!(storage instanceof DiskStorage)) await desk.makeMortal();
  const model = new QueueModel(3);
  const history = new ModelHistory(desk);
  const receipts: string[] = [];
  for (const one of steps) {
    // Every step has a time of its own, so that the order of what happens by itself is certain.
    await advance(desk, model, 1);
    if (fifo) model.join(desk.clock.now());
    if (one.do === "take" && keyed) await takeAllowed(one, desk, model, receipts);
    else if (one.do === "take" && fifo) await takeHeads(one, desk, model, receipts);
    else
      await apply(
        keyed || one.do !== "send" ? one : { ...one, slots: [] },
        desk,
        model,
        history,
        receipts,
      );
    const now = desk.clock.now();
    const ready = model.ready(now).length;
    expect(await desk.stats()).toMatchObject({
      ready,
      delayed: model.waiting.length - ready,
      inFlight: model.leases.length,
      dead: model.dead.length,
    });
  }
  expect(await history.finish(3)).toEqual([]);
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

/** Keys take turns in any order, but none is given beyond its limit, and none that has room is left out. */
async function takeAllowed(
  one: Step & { readonly do: "take" },
  desk: Desk,
  model: QueueModel,
  receipts: string[],
): Promise<void> {
  const now = desk.clock.now();
  const session = sessions[one.session];
  model.attach(session);
  const allowed = () => (desk.fifo ? model.heads(now) : model.ready(now));
  for (let left = one.max; left > 0; ) {
    const origin = session === undefined ? undefined : { session, request: receipts.length + 1 };
    const taken = await desk.take(left, { leaseMs: LEASE_MS }, undefined, origin);
    for (const { id, attempt, receipt } of taken) {
      const messages = allowed();
      const message = messages.find((other) => other.id === id);
      if (message === undefined) throw new Error(`message ${id} may not be given`);
      expect(attempt).toBe(message.attempts + 1);
      if (!desk.fifo) expect(messages.filter((other) => isBefore(other, message))).toEqual([]);
      const { key, limit } = message.concurrency ?? { key: "", limit: 1 };
      expect(model.onLoan(key)).toBeLessThan(limit);
      model.lend(message, receipt, now + LEASE_MS, session);
      receipts.push(receipt);
    }
    left -= taken.length;
    if (taken.length > 0) continue;
    // One with a lower limit than the others of its key makes those behind it wait.
    const room = allowed().filter(({ concurrency, priority }) =>
      allowed().every(
        (other) =>
          other.concurrency?.key !== concurrency?.key ||
          (other.priority !== priority && !desk.fifo) ||
          model.onLoan(other.concurrency?.key ?? "") < (other.concurrency?.limit ?? 1),
      ),
    );
    expect(room).toEqual([]);
    break;
  }
}

/** Neither has been out or delayed, they are of one key and one priority, and this one was sent before. */
function isBefore(one: ModelMessage, other: ModelMessage): boolean {
  if (one.due !== undefined || other.due !== undefined) return false;
  if (one.concurrency?.key !== other.concurrency?.key) return false;
  return one.priority === other.priority && one.serial < other.serial;
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

async function apply(
  one: Step,
  desk: Desk,
  model: QueueModel,
  history: ModelHistory,
  receipts: string[],
): Promise<void> {
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
          ...(one.slots[n] && { concurrency: one.slots[n] }),
        });
      });
      const results = await desk.engine.send("tasks", messages);
      history.sent(messages, results);
      const due = one.delayMs > 0 ? now + one.delayMs : undefined;
      for (const [n, message] of messages.entries()) {
        const { id, idempotencyKey: key, group, concurrency } = message;
        const first = key === undefined ? id : model.claim(key, id, now);
        expect(results[n]).toEqual({ ok: true, id: first, deduplicated: first !== id });
        if (first === id) model.send(id, one.priority, due, { group, concurrency });
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
      history.settled(receipt, outcome(one), result?.ok === true);
      const expected = model.settle(receipt, one.kind, now, one.delayMs);
      if (expected !== "expired" && receipt !== "") expect(answer).toBe(expected);
      else expect(answer).not.toBe("applied");
      break;
    }
    case "extend": {
      const [result] = await desk.engine.extend("tasks", [receipt], LEASE_MS);
      expect(result?.ok).toBe(model.extend(receipt, now + LEASE_MS));
      history.extended(receipt, now + LEASE_MS, result?.ok === true);
      break;
    }
    case "advance":
      await advance(desk, model, one.byMs);
      break;
    case "purge":
      expect(await desk.engine.call("tasks", "purge", [])).toBe(model.purge());
      history.purged();
      break;
    case "redrive":
    case "discard": {
      const id = model.dead[one.which % model.dead.length]?.id ?? "none";
      const done = one.do === "redrive" ? model.redrive(id, now) : model.discard(id);
      history.operated(one.do, id, done);
      expect(await desk.engine.call("tasks", one.do, [[id]])).toEqual([
        { ok: true, applied: done },
      ]);
      break;
    }
    case "expedite": {
      // Mostly one that is delayed.
      const delayed = model.waiting.filter(({ due }) => due !== undefined && due > now);
      const some = one.which % 4 === 0 || delayed.length === 0 ? model.waiting : delayed;
      const id = some[one.which % some.length]?.id ?? "none";
      const applied = model.expedite(id, now);
      history.expedited(id, applied);
      expect(await desk.engine.call("tasks", "expedite", [id])).toEqual({ ok: true, applied });
      break;
    }
    case "endSession": {
      const session = sessions[one.session] ?? "";
      await desk.engine.endSession(session);
      model.endSession(session, now);
      history.gone([session]);
      break;
    }
    case "crash":
      // What was answered is there, whoever is next.
      if (desk.mortal) await desk.crash();
      else await desk.reopen();
      model.reopened(now);
      history.gone(sessions);
      break;
    case "reopen":
      await desk.reopen();
      model.reopened(now);
      history.gone(sessions);
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

test(
  "any course of events in memory is as the model says",
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), setting, (steps, how) =>
        run(memoryStorage(), steps, how),
      ),
      { numRuns: RUNS },
    );
  },
  LIMIT_MS,
);

test(
  "any course of events on disk is as the model says",
  async () => {
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
      { numRuns: Math.ceil(RUNS / 10) },
    );
  },
  LIMIT_MS,
);
