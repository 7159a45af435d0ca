import type {
  Delivery,
  Outcome,
  Outgoing,
  QueueStats,
  SettleResult,
} from "@alienplatform/bindings";
import type { LocalQueues } from "../../packages/local/src/engine/port.ts";
import { SharedQueues } from "../../packages/local/src/share/shared-queues.ts";
import type { Chance } from "./chance.ts";
import type { Member } from "./member.ts";
import type { Setting } from "./setting.ts";
import type { World } from "./world.ts";

const QUEUE = "tasks";
const WHY = { code: "Error", message: "by chance" };
const ABSENT: readonly SettleResult[] = [];

interface Held {
  readonly id: string;
  readonly receipt: string;
}

/** Somebody who sends, receives and operates at random, and writes down what is asked and answered. */
export class Actor {
  readonly #world: World;
  readonly #member: Member;
  readonly #queues: LocalQueues;
  readonly #chance: Chance;
  readonly #setting: Setting;
  #held: Held[] = [];
  /** Receipts that have an outcome, for asking again. */
  readonly #spent: Held[] = [];

  constructor(world: World, member: Member) {
    this.#world = world;
    this.#member = member;
    this.#chance = world.chance;
    this.#setting = world.setting;
    this.#queues = new SharedQueues(member, () => Promise.resolve());
  }

  async run(): Promise<void> {
    await this.declare();
    while (this.#world.takeTurn()) {
      await this.#step();
      const pauses = this.#setting.pauses;
      await this.#member.process.pause(this.#chance.pick(pauses), "think");
      if (this.#setting.long && this.#chance.is(0.03)) {
        await this.#world.sleep(this.#member.process, this.#chance.int(10, 20) * 3_600_000);
      }
    }
  }

  async declare(): Promise<void> {
    await this.#asked(() => this.#queues.declare([this.#setting.spec]));
  }

  stats(): Promise<QueueStats> {
    return this.#queues.call(QUEUE, "stats", []);
  }

  /** The whole process. */
  kill(): void {
    this.#member.process.kill();
  }

  async #step(): Promise<void> {
    const dice = this.#chance.next();
    if (this.#setting.operating && dice < 0.08) await this.operate();
    else if (dice < 0.35) await this.send(this.#chance.pick([1, 1, 1, 2, 5]));
    else if (dice < 0.65 || this.#held.length === 0) await this.take();
    else if (dice < 0.72) await this.#extend();
    else await this.#settle();
  }

  /** What fails for a passing reason is in doubt. */
  async #asked<Answer>(ask: () => Promise<Answer>): Promise<Answer | undefined> {
    try {
      return await ask();
    } catch (error) {
      this.#world.refused(error);
      return undefined;
    }
  }

  async send(count: number): Promise<void> {
    const chance = this.#chance;
    const { process } = this.#member;
    const { groups, keys, limits, delays, spec } = this.#setting;
    const messages = Array.from({ length: count }, () => {
      const key = this.#world.newKey();
      const delayMs = chance.is(0.25) ? chance.pick(delays) : 0;
      const group = spec.fifo ? `g${chance.int(1, groups)}` : undefined;
      const idempotencyKey = keys > 0 && chance.is(0.4) ? `k${chance.int(1, keys)}` : undefined;
      const maxAttempts = chance.is(0.1) ? chance.int(1, spec.maxAttempts) : undefined;
      const optional = {
        ...(delayMs > 0 && { delayMs }),
        ...(group !== undefined && { group }),
        ...(idempotencyKey !== undefined && { idempotencyKey }),
        ...(limits > 0 &&
          chance.is(0.4) && {
            concurrency: { key: `c${chance.int(1, 2)}`, limit: chance.int(1, limits) },
          }),
      };
      const budget = maxAttempts === undefined ? {} : { maxAttempts };
      this.#world.record(process, { kind: "send-start", key, ...optional, ...budget });
      const message: Outgoing = {
        id: this.#world.newId(key),
        body: chance.is(0.5) ? "the same" : key,
        headers: { kind: "text", ...budget },
        sentAt: process.now(),
        ...optional,
        ...(chance.is(0.2) && { priority: chance.int(1, 9) }),
      };
      return { key, message };
    });
    const results = await this.#asked(() =>
      this.#queues.send(
        QUEUE,
        messages.map(({ message }) => message),
      ),
    );
    for (const [index, { key }] of messages.entries()) {
      const result = results?.[index];
      if (result?.ok !== true) continue;
      const { id, deduplicated } = result;
      this.#world.record(process, { kind: "send-ok", key, id, deduplicated });
    }
  }

  async take(waitMs = this.#chance.pick([0, 0, 100, 2_000, 20_000])): Promise<number> {
    const max = this.#chance.pick([1, 1, 2, 5, 20]);
    const leaseMs = this.#chance.pick(this.#setting.leases);
    const abort = this.#chance.is(0.1) ? new AbortController() : undefined;
    if (abort !== undefined) {
      this.#member.process.after(this.#chance.int(0, 300), "abort", () => abort.abort());
    }
    const deliveries = await this.receive({ max, leaseMs, waitMs }, abort?.signal);
    this.#held.push(...deliveries);
    return deliveries.length;
  }

  /** Takes, and writes down what came. */
  async receive(
    options: { readonly max: number; readonly leaseMs: number; readonly waitMs: number },
    signal?: AbortSignal,
  ): Promise<readonly Delivery[]> {
    const { process } = this.#member;
    const { timeline, machine } = this.#world;
    const takenAt = timeline.now;
    const take = this.#world.newTake();
    const { attachments } = this.#member;
    this.#world.record(process, { kind: "take-start", take });
    const deliveries = await this.#asked(() => this.#queues.take(QUEUE, options, signal));
    for (const { id, attempt, receipt, leaseUntil = 0 } of deliveries ?? []) {
      const grantedAt = machine.wall.worldTime(leaseUntil - options.leaseMs, takenAt);
      const leaseEnds = grantedAt + options.leaseMs;
      const { leaseMs } = options;
      const key = this.#world.keyOf(id);
      const lease = { takenAt, leaseEnds, grantedAt, leaseMs };
      this.#world.record(process, { kind: "deliver", key, id, attempt, receipt, ...lease });
    }
    // Over a new connection it may be the second answer to one take.
    const certain = deliveries !== undefined && signal?.aborted !== true;
    if (certain && attachments === this.#member.attachments) {
      this.#world.record(process, { kind: "take-ok", take });
    }
    return deliveries ?? [];
  }

  async #settle(): Promise<void> {
    const again = this.#spent.length > 0 && this.#chance.is(0.1);
    const from = again ? this.#spent : this.#held;
    const count = Math.min(from.length, this.#chance.pick([1, 1, 2, 5]));
    const some = Array.from({ length: count }, () => {
      const index = this.#chance.int(0, from.length - 1);
      return from.splice(index, 1);
    }).flat();
    await this.settle(some.map((held) => ({ ...held, outcome: this.#outcome() })));
    for (const held of some) this.#spent.push(held);
  }

  #outcome(): Outcome {
    const dice = this.#chance.next();
    if (dice < 0.5) return { kind: "ack" };
    if (dice < 0.65) return { kind: "release" };
    if (dice < 0.92)
      return { kind: "retry", delayMs: this.#chance.pick(this.#setting.delays), error: WHY };
    return { kind: "deadLetter", error: WHY };
  }

  async settle(all: readonly (Held & { readonly outcome: Outcome })[]): Promise<void> {
    const { process } = this.#member;
    for (const { id, receipt, outcome } of all) {
      const delay = outcome.kind === "retry" ? { delayMs: outcome.delayMs } : {};
      const settling = { id, receipt, outcome: nameOf(outcome), ...delay };
      this.#world.record(process, { kind: "settle-start", ...settling });
    }
    const settlements = all.map(({ receipt, outcome }) => ({ receipt, outcome }));
    const { attachments } = this.#member;
    const results = await this.#asked(() => this.#queues.settle(QUEUE, settlements));
    for (const [index, { id, receipt, outcome }] of all.entries()) {
      const result = (results ?? ABSENT)[index];
      if (result === undefined) continue;
      if (result.ok) {
        const settled = { id, receipt, outcome: nameOf(outcome) };
        this.#world.record(process, { kind: "settle-ok", ...settled });
      } else if (attachments === this.#member.attachments) {
        // Asked again of another owner, what was applied may be refused.
        const refused = { id, receipt, outcome: nameOf(outcome), code: result.error.code };
        this.#world.record(process, { kind: "settle-refused", ...refused });
      }
    }
  }

  async #extend(): Promise<void> {
    const { process } = this.#member;
    const held = this.#chance.any(this.#held);
    if (held === undefined) return;
    const { id, receipt } = held;
    const leaseMs = this.#chance.pick(this.#setting.leases);
    const leaseEnds = this.#world.timeline.now + leaseMs;
    this.#world.record(process, { kind: "extend-start", id, receipt });
    const results = await this.#asked(() => this.#queues.extend(QUEUE, [receipt], leaseMs));
    if (results?.[0]?.ok === true) {
      this.#world.record(process, { kind: "extend-ok", id, receipt, leaseEnds });
    }
  }

  /** Writes down all dead letters. */
  async listDead(): Promise<void> {
    let after: string | undefined;
    do {
      const page = after === undefined ? {} : { after };
      const letters = await this.#queues.call(QUEUE, "deadLetters", [{ limit: 7, ...page }]);
      for (const { id, attempts } of letters) {
        const key = this.#world.keyOf(id);
        this.#world.record(this.#member.process, { kind: "dead", key, id, attempts });
      }
      after = letters.at(-1)?.id;
    } while (after !== undefined);
  }

  /** Purges, or does something with some dead letters. */
  async operate(): Promise<void> {
    const { process } = this.#member;
    if (this.#chance.is(0.3)) {
      const purge = this.#world.newTake();
      this.#world.record(process, { kind: "purge-start", purge });
      const purged = await this.#asked(() => this.#queues.call(QUEUE, "purge", []));
      if (purged !== undefined) this.#world.record(process, { kind: "purge-ok", purge });
      return;
    }
    const letters = await this.#asked(() =>
      this.#queues.call(QUEUE, "deadLetters", [{ limit: 3 }]),
    );
    const ids = [...new Set((letters ?? []).map(({ id }) => id))];
    if (ids.length === 0) return;
    const verb = this.#chance.is(0.75) ? "redrive" : "discard";
    this.#world.record(process, { kind: `${verb}-start`, ids });
    const { attachments } = this.#member;
    const results = await this.#asked(() => this.#queues.call(QUEUE, verb, [ids]));
    // A repeated one is told that all of it was done.
    if (results === undefined || attachments !== this.#member.attachments) return;
    const done = ids.filter((_, index) => {
      const result = results[index];
      return result?.ok === true && result.applied === true;
    });
    this.#world.record(process, { kind: `${verb}-ok`, ids: done });
  }
}

function nameOf({ kind }: Outcome): "ack" | "nack" | "release" | "deadLetter" {
  return kind === "retry" ? "nack" : kind;
}
