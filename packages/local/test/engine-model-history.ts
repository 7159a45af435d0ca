import type { Delivery, Outcome, Outgoing, SendResult } from "@alienplatform/bindings";
import { check } from "../../../test/faults/checker.ts";
import type { FaultEvent, Recorded, SettledAs } from "../../../test/faults/history.ts";
import type { Desk } from "./engine-desk.ts";

const NOBODY = "nobody";

/** Writes down a course of events for the checker of all campaigns. */
export class ModelHistory {
  readonly #desk: Desk;
  readonly #events: Recorded[] = [];
  readonly #ids = new Map<string, string>();

  constructor(desk: Desk) {
    this.#desk = desk;
    desk.onTaken = (deliveries, leaseMs, session) => this.#taken(deliveries, leaseMs, session);
  }

  #write(event: FaultEvent, actor = NOBODY): void {
    this.#events.push({ ...event, at: this.#desk.clock.now(), actor });
  }

  /** Everything is answered at once here, so what begins also ends. */
  sent(messages: readonly Outgoing[], results: readonly SendResult[]): void {
    for (const { id, delayMs, group, idempotencyKey, concurrency } of messages) {
      const optional = {
        ...(delayMs !== undefined && { delayMs }),
        ...(group !== undefined && { group }),
        ...(idempotencyKey !== undefined && { idempotencyKey }),
        ...(concurrency !== undefined && { concurrency }),
      };
      this.#write({ kind: "send-start", key: id, ...optional });
    }
    for (const [index, { id: key }] of messages.entries()) {
      const result = results[index];
      if (result?.ok !== true) continue;
      const { id, deduplicated } = result;
      this.#write({ kind: "send-ok", key, id, deduplicated });
    }
  }

  #taken(deliveries: readonly Delivery[], leaseMs: number, session?: string): void {
    const takenAt = this.#desk.clock.now();
    const lease = { takenAt, grantedAt: takenAt, leaseEnds: takenAt + leaseMs, leaseMs };
    for (const { id, attempt, receipt } of deliveries) {
      this.#ids.set(receipt, id);
      this.#write({ kind: "deliver", key: id, id, attempt, receipt, ...lease }, session);
    }
  }

  settled(receipt: string, outcome: Outcome, ok: boolean): void {
    const id = this.#ids.get(receipt);
    if (id === undefined) return;
    const settled = { id, receipt, outcome: nameOf(outcome) };
    const delay = outcome.kind === "retry" ? { delayMs: outcome.delayMs } : {};
    this.#write({ kind: "settle-start", ...settled, ...delay });
    if (ok) this.#write({ kind: "settle-ok", ...settled });
    else this.#write({ kind: "settle-refused", code: "RECEIPT_EXPIRED", ...settled });
  }

  extended(receipt: string, leaseEnds: number, ok: boolean): void {
    const id = this.#ids.get(receipt);
    if (id === undefined || !ok) return;
    this.#write({ kind: "extend-start", id, receipt });
    this.#write({ kind: "extend-ok", id, receipt, leaseEnds });
  }

  purged(): void {
    this.#write({ kind: "purge-start", purge: this.#events.length });
    this.#write({ kind: "purge-ok", purge: this.#events.length - 1 });
  }

  operated(verb: "redrive" | "discard", id: string, done: boolean): void {
    this.#write({ kind: `${verb}-start`, ids: [id] });
    this.#write({ kind: `${verb}-ok`, ids: done ? [id] : [] });
  }

  /** As if it had been delayed until now only. */
  expedited(id: string, applied: boolean): void {
    if (!applied) return;
    const now = this.#desk.clock.now();
    for (const [index, event] of this.#events.entries()) {
      const isOfIt =
        (event.kind === "send-start" && event.key === id) ||
        (event.kind === "settle-start" && event.id === id);
      if (!isOfIt || event.delayMs === undefined) continue;
      this.#events[index] = { ...event, delayMs: Math.min(event.delayMs, now - event.at) };
    }
  }

  /** What these have on loan may come back. */
  gone(sessions: readonly string[]): void {
    for (const victim of sessions) this.#write({ kind: "gone", victim });
  }

  /** Takes and acks all that is left, lists the dead letters, and answers what was broken. */
  async finish(maxAttempts: number): Promise<readonly string[]> {
    const desk = this.#desk;
    const leaseMs = 30_000;
    for (;;) {
      const deliveries = await desk.take(100, { leaseMs });
      for (const delivery of deliveries) {
        await desk.ack(delivery);
        this.settled(delivery.receipt, { kind: "ack" }, true);
      }
      if (deliveries.length > 0) continue;
      const { ready, delayed = 0, inFlight = 0 } = await desk.stats();
      if (ready + delayed + inFlight === 0) break;
      await desk.clock.advance(10_000);
      await desk.send();
    }
    for (const { id, attempts } of await desk.dead({ limit: 500 })) {
      this.#write({ kind: "dead", key: id, id, attempts });
    }
    return check(this.#events, { maxAttempts }).violations;
  }
}

function nameOf({ kind }: Outcome): SettledAs {
  return kind === "retry" ? "nack" : kind;
}
