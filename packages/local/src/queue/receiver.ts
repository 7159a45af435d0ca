import type { Delivery, Receiver, Settlement, SettleResult } from "@alienplatform/bindings";
import type { LocalQueues } from "../engine/port.ts";

/** Takes from one queue with one lease length. It holds nothing between takes, so there is nothing to give back. */
export class LocalReceiver implements Receiver {
  readonly #queues: LocalQueues;
  readonly #queue: string;
  readonly #leaseMs: number;

  constructor(queues: LocalQueues, queue: string, leaseMs: number) {
    this.#queues = queues;
    this.#queue = queue;
    this.#leaseMs = leaseMs;
  }

  take(max: number, waitMs: number, signal?: AbortSignal): Promise<readonly Delivery[]> {
    return this.#queues.take(this.#queue, { max, leaseMs: this.#leaseMs, waitMs }, signal);
  }

  settle(batch: readonly Settlement[]): Promise<readonly SettleResult[]> {
    const settlements = batch.map(({ delivery, outcome }) => ({
      receipt: delivery.receipt,
      outcome,
    }));
    return this.#queues.settle(this.#queue, settlements);
  }

  extend(deliveries: readonly Delivery[], leaseMs: number): Promise<readonly SettleResult[]> {
    const receipts = deliveries.map(({ receipt }) => receipt);
    return this.#queues.extend(this.#queue, receipts, leaseMs);
  }

  async close(): Promise<void> {
    // Nothing was prefetched.
  }
}
