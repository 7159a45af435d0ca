import type { JobStatus, Outcome } from "@alienplatform/bindings";
import { expect } from "vitest";
import { fc } from "../../../test/property.ts";
import type { JobsDesk } from "./jobs-desk.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const MAX_ATTEMPTS = 2;
const error = { code: "E", message: "no" };

const outcomes = {
  ack: { kind: "ack" },
  result: { kind: "ack", result: "1" },
  retry: { kind: "retry", delayMs: 0, error },
  release: { kind: "release" },
  deadLetter: { kind: "deadLetter", error },
} as const satisfies Record<string, Outcome>;

const sends = fc.record({
  kind: fc.constant("send" as const),
  count: fc.integer({ min: 1, max: 5 }),
  delayed: fc.boolean(),
  /** As a client that repeats a send after a failover. */
  late: fc.boolean(),
  group: fc.integer({ min: 0, max: 2 }),
  keyed: fc.boolean(),
});
const takes = fc.record({
  kind: fc.constant("take" as const),
  max: fc.integer({ min: 1, max: 6 }),
});
const settles = fc.record({
  kind: fc.constantFrom("ack", "result", "retry", "release", "deadLetter"),
  which: fc.nat(),
});
const changes = fc.record({
  kind: fc.constantFrom("cancel", "requeue", "discard"),
  which: fc.nat(),
});
const others = fc.record({ kind: fc.constantFrom("reopen", "purge", "wait", "endLeases") });
/** A developer sets the queues' clock ahead, or back to the system's; the system's is set back. */
const clocks = fc.record({ kind: fc.constantFrom("ahead", "notAhead", "setBack") });

/** Anything that happens to a queue. */
export const anyStep = fc.oneof(
  { weight: 4, arbitrary: sends },
  { weight: 3, arbitrary: takes },
  { weight: 5, arbitrary: settles },
  { weight: 4, arbitrary: changes },
  { weight: 2, arbitrary: others },
  { weight: 1, arbitrary: clocks },
);
type Step = typeof anyStep extends fc.Arbitrary<infer Value> ? Value : never;

interface Loan {
  readonly receipt: string;
  readonly attempt: number;
}

/** What each job must be after what was done, as one reads it off the contract. */
export class JobsModel {
  readonly #jobs: JobsDesk;
  readonly #fifo: boolean;
  readonly #status = new Map<string, JobStatus>();
  readonly #loans = new Map<string, Loan>();
  /** Purged while on loan. */
  readonly #purged = new Set<string>();
  /** How far the queues' clock is ahead. */
  #aheadMs = 0;

  static readonly spec = { maxAttempts: MAX_ATTEMPTS } as const;

  constructor(jobs: JobsDesk, fifo: boolean) {
    this.#jobs = jobs;
    this.#fifo = fifo;
  }

  async apply(step: Step): Promise<void> {
    const { desk } = this.#jobs;
    switch (step.kind) {
      case "send":
        return this.#send(step);
      case "take":
        return this.#take(step.max);
      case "cancel":
      case "requeue":
      case "discard":
        return this.#change(step.kind, step.which);
      case "reopen":
        return desk.reopen();
      case "wait":
        return desk.clock.advance(MINUTE);
      case "endLeases":
        return this.#endLeases();
      case "ahead":
        return this.#setAhead();
      case "notAhead":
        // A lease is as much shorter as the clock is set back, which the engine sees when it looks the next time.
        await this.#endLeases();
        return this.#setClock(-this.#aheadMs);
      case "setBack":
        await this.#endLeases();
        return desk.clock.advance(-HOUR);
      case "purge":
        return this.#purge();
      default:
        return this.#settle(outcomes[step.kind], step.which);
    }
  }

  async check(): Promise<void> {
    for (const [id, status] of this.#status) {
      expect([id, await this.#jobs.status(id)]).toEqual([id, status]);
    }
  }

  async checkLists(): Promise<void> {
    const all = [...this.#status].sort(([a], [b]) => (a < b ? 1 : -1));
    const listed = await this.#jobs.list({ limit: 500 });
    expect(listed.map(({ id, status }) => [id, status])).toEqual(all);
    for (const status of new Set(this.#status.values())) {
      const ids = all.filter(([, is]) => is === status).map(([id]) => id);
      expect([status, await this.#jobs.ids({ status, limit: 500 })]).toEqual([status, ids]);
    }
  }

  async #send({ count, delayed, late, group, keyed }: Extract<Step, { kind: "send" }>) {
    const { desk } = this.#jobs;
    const messages = Array.from({ length: count }, (_, n) =>
      this.#jobs.outgoing(`${n}`, {
        ...(delayed && { delayMs: MINUTE }),
        ...(this.#fifo && { group: `g${group}` }),
        ...(keyed && { concurrency: { key: `k${n % 2}`, limit: 1 } }),
      }),
    );
    if (late) await desk.clock.advance(10_000);
    await desk.engine.send("tasks", messages);
    for (const { id } of messages) this.#status.set(id, "PENDING");
  }

  async #take(max: number): Promise<void> {
    const taken = await this.#jobs.desk.take(max, { leaseMs: 10 * MINUTE });
    for (const { id, receipt, attempt } of taken) {
      expect(this.#status.get(id)).toBe("PENDING");
      this.#status.set(id, "RUNNING");
      this.#loans.set(id, { receipt, attempt });
    }
  }

  async #settle(outcome: Outcome, which: number): Promise<void> {
    const id = pick(which, this.#loans.keys());
    const loan = this.#loans.get(id);
    if (loan === undefined) return;
    await this.#jobs.desk.engine.settle("tasks", [{ receipt: loan.receipt, outcome }]);
    if (outcome.kind === "ack") this.#back(id, "SUCCEEDED");
    else if (outcome.kind === "deadLetter") this.#back(id, "DEAD");
    else if (outcome.kind === "retry") this.#failed(id, loan);
    else this.#back(id, "PENDING");
  }

  #failed(id: string, { attempt }: Loan): void {
    const spent = attempt >= MAX_ATTEMPTS && !this.#purged.has(id);
    this.#back(id, spent ? "DEAD" : "PENDING");
  }

  #back(id: string, status: JobStatus): void {
    const cancelled = status === "PENDING" && this.#purged.has(id);
    this.#status.set(id, cancelled ? "CANCELLED" : status);
    this.#loans.delete(id);
  }

  async #change(kind: "cancel" | "requeue" | "discard", which: number): Promise<void> {
    const dead = this.#of("DEAD");
    const id = pick(which, kind === "cancel" || which % 4 === 3 ? this.#status.keys() : dead);
    const status = this.#status.get(id);
    if (status === undefined) return;
    if (kind === "discard") {
      await this.#jobs.desk.engine.call("tasks", "discard", [[id]]);
      if (status === "DEAD") this.#status.set(id, "FAILED");
      return;
    }
    const applied = status === (kind === "cancel" ? "PENDING" : "DEAD");
    const answer = kind === "cancel" ? this.#jobs.cancel(id) : this.#jobs.requeue(id);
    expect(await answer).toEqual({ ok: true, applied });
    if (!applied) return;
    this.#status.set(id, kind === "cancel" ? "CANCELLED" : "PENDING");
    this.#purged.delete(id);
  }

  async #endLeases(): Promise<void> {
    for (const [id, loan] of [...this.#loans]) this.#failed(id, loan);
    await this.#jobs.desk.clock.advance(11 * MINUTE);
    await this.#jobs.desk.quiet();
  }

  async #setAhead(): Promise<void> {
    for (const [id, loan] of [...this.#loans]) this.#failed(id, loan);
    await this.#setClock(HOUR);
    await this.#jobs.desk.quiet();
  }

  async #setClock(ms: number): Promise<void> {
    await this.#jobs.desk.engine.call("tasks", "advanceClock", [ms]);
    this.#aheadMs += ms;
  }

  async #purge(): Promise<void> {
    await this.#jobs.desk.engine.call("tasks", "purge", []);
    for (const id of this.#of("PENDING")) this.#status.set(id, "CANCELLED");
    for (const id of this.#loans.keys()) this.#purged.add(id);
  }

  #of(wanted: JobStatus): readonly string[] {
    return [...this.#status].filter(([, is]) => is === wanted).map(([id]) => id);
  }
}

/** One of them, or what is none. */
function pick(which: number, from: Iterable<string>): string {
  const ids = [...from];
  return ids[which % Math.max(1, ids.length)] ?? "";
}
