import { AlienError } from "@alienplatform/core";
import type { Clock } from "../clock.ts";
import type { Batcher, Sink } from "./batcher.ts";
import type { QueueOptions } from "./binding.ts";
import { settlementOf } from "./budget.ts";
import type {
  Delivery,
  Outcome,
  QueueCapabilities,
  Receiver,
  Settlement,
  SettleResult,
} from "./driver.ts";
import { LongLoans } from "./long-loans.ts";
import { makeBatcher } from "./make-batcher.ts";
import { outcomeSize } from "./outcome-size.ts";

export interface LoansOptions {
  readonly receiver: Receiver;
  readonly capabilities: QueueCapabilities;
  /** The queue's name and options. */
  readonly queue: string;
  readonly options: QueueOptions;
  readonly leaseMs: number;
  readonly clock: Clock;
  readonly random: () => number;
}

/**
 * What one receiver has lent out, by receipt, so that a receipt alone can be settled. Two generations
 * stand in for a timer per loan: what was never settled is forgotten between one and two leases later.
 * Where any process may settle a receipt, the platform remembers, and this keeps nothing.
 */
export class Loans {
  readonly receiver: Receiver;
  readonly settlements: Batcher<Settlement, SettleResult>;
  readonly #given: LoansOptions;
  readonly #long: LongLoans;
  readonly #remembers: boolean;
  #young = new Map<string, Delivery>();
  #old = new Map<string, Delivery>();
  /** What became of those that are remembered and not acked. */
  #spent = new Map<string, Outcome["kind"]>();
  #oldSpent = new Map<string, Outcome["kind"]>();
  #turnsAt: number;

  constructor(given: LoansOptions) {
    const { receiver, capabilities, leaseMs, clock, random } = given;
    this.#given = given;
    this.receiver = receiver;
    this.#long = new LongLoans(receiver, clock, capabilities);
    this.#remembers = capabilities.receipts === "process";
    this.#turnsAt = clock.now() + leaseMs;
    this.settlements = makeBatcher({
      capabilities,
      calls: "settlements",
      clock,
      random,
      call: this.#remembers ? (batch) => this.#settle(batch) : (batch) => receiver.settle(batch),
    });
  }

  /** Lends one more, for as long as this receiver does; call `turn` before a batch of them. */
  add(delivery: Delivery, leaseMs = this.#given.leaseMs): void {
    if (leaseMs > this.#given.capabilities.leaseMaxMs) this.#long.keep(delivery, leaseMs);
    if (this.#remembers) this.#young.set(delivery.receipt, delivery);
  }

  turn(): void {
    const { clock, leaseMs } = this.#given;
    const now = clock.now();
    if (now < this.#turnsAt) return;
    const recent = now < this.#turnsAt + leaseMs;
    this.#old = recent ? this.#young : new Map();
    this.#oldSpent = recent ? this.#spent : new Map();
    this.#young = new Map();
    this.#spent = new Map();
    this.#turnsAt = now + leaseMs;
  }

  /** Settles what the receipt stands for; an outcome is carried out once, however often it is repeated. */
  settle(
    receipt: string,
    outcomeOf: (delivery: Delivery) => Outcome,
    sink: Sink<SettleResult>,
    position: number,
  ): void {
    this.#long.drop(receipt);
    const known = this.find(receipt);
    const delivery = known ?? foreign(receipt);
    const outcome = outcomeOf(delivery);
    const spent = this.#spent.get(receipt) ?? this.#oldSpent.get(receipt);
    // To retry or to bury it may take a copy, and there is nothing to copy.
    const lost = this.#remembers && known === undefined && outcome.kind !== "ack";
    if (spent !== undefined || lost) sink.settle(position, this.#late(outcome.kind === spent));
    else {
      const settlement = settlementOf(delivery, outcome, this.#given.options);
      this.settlements.add(settlement, outcomeSize(outcome), sink, position);
    }
  }

  #late(repeated: boolean): SettleResult {
    const { queue, capabilities } = this.#given;
    if (repeated) return { ok: true, applied: false };
    if (capabilities.fencing === "none") return { ok: true, applied: "unknown" };
    const text = `a message of queue "${queue}" was settled before, or was not received here`;
    const error = new AlienError("RECEIPT_EXPIRED", text, {
      fix: "Receive the message again, and settle it once, in the process that received it.",
    });
    return { ok: false, error };
  }

  async close(): Promise<void> {
    this.#long.close();
    await this.settlements.idle();
    await this.receiver.close();
  }

  find(receipt: string): Delivery | undefined {
    return this.#young.get(receipt) ?? this.#old.get(receipt);
  }

  async #settle(batch: readonly Settlement[]): Promise<readonly SettleResult[]> {
    const results = await this.receiver.settle(batch);
    for (let index = 0; index < batch.length; index++) {
      const settlement = batch[index];
      if (settlement === undefined || !results[index]?.ok) continue;
      const { delivery, outcome } = settlement;
      // Acks are the many, and a service takes one twice.
      if (outcome.kind === "ack") this.#forget(delivery.receipt);
      else this.#spent.set(delivery.receipt, outcome.kind);
    }
    return results;
  }

  #forget(receipt: string): void {
    if (!this.#young.delete(receipt)) this.#old.delete(receipt);
  }
}

/** A receipt that this process did not receive, or has settled: the platform knows what it is worth. */
export function foreign(receipt: string): Delivery {
  return { id: "", receipt, body: "", headers: { kind: "text" }, attempt: 1, sentAt: 0 };
}
