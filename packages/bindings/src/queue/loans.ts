import type { Clock } from "../clock.ts";
import { Batcher } from "./batcher.ts";
import type { Delivery, QueueCapabilities, Receiver, Settlement, SettleResult } from "./driver.ts";
import { retryItems } from "./retry.ts";

export interface LoansOptions {
  readonly receiver: Receiver;
  readonly capabilities: QueueCapabilities;
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
  readonly #remembers: boolean;
  readonly #leaseMs: number;
  readonly #clock: Clock;
  #young = new Map<string, Delivery>();
  #old = new Map<string, Delivery>();
  #turnsAt: number;

  constructor({ receiver, capabilities, leaseMs, clock, random }: LoansOptions) {
    this.receiver = receiver;
    this.#remembers = capabilities.receipts === "process";
    this.#leaseMs = leaseMs;
    this.#clock = clock;
    this.#turnsAt = clock.now() + leaseMs;
    const call: Receiver["settle"] = (batch) => receiver.settle(batch);
    const retry = { clock, random };
    this.settlements = new Batcher({
      maxItems: capabilities.max.batch,
      maxBytes: capabilities.max.batchBytes,
      run: async (batch) => {
        const results = await retryItems(batch, call, retry);
        if (!this.#remembers) return results;
        // Only acks, which are the many: repeating another outcome must find the same attempt again.
        for (let index = 0; index < batch.length; index++) {
          const settlement = batch[index];
          if (settlement?.outcome.kind !== "ack" || !results[index]?.ok) continue;
          this.#forget(settlement.delivery.receipt);
        }
        return results;
      },
    });
  }

  /** Lends one more; call `turn` before a batch of them. */
  add(delivery: Delivery): void {
    if (this.#remembers) this.#young.set(delivery.receipt, delivery);
  }

  turn(): void {
    const now = this.#clock.now();
    if (now < this.#turnsAt) return;
    this.#old = now < this.#turnsAt + this.#leaseMs ? this.#young : new Map();
    this.#young = new Map();
    this.#turnsAt = now + this.#leaseMs;
  }

  find(receipt: string): Delivery | undefined {
    return this.#young.get(receipt) ?? this.#old.get(receipt);
  }

  #forget(receipt: string): void {
    if (!this.#young.delete(receipt)) this.#old.delete(receipt);
  }
}
