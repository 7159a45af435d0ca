import type {
  Delivery,
  ReceiveOptions,
  Receiver,
  Settlement,
  SettleResult,
} from "@alienplatform/bindings";
import type { LocalQueues, Taker } from "../engine/port.ts";

/** In this process. */
let takers = 0;

/** Takes from one queue with one lease length. It holds nothing between takes, so there is nothing to give back. */
export class LocalReceiver implements Receiver {
  readonly #queues: LocalQueues;
  readonly #queue: string;
  readonly #leaseMs: number;
  readonly #taker: Taker | undefined;

  constructor(queues: LocalQueues, queue: string, { leaseMs, handlers }: ReceiveOptions) {
    this.#queues = queues;
    this.#queue = queue;
    this.#leaseMs = leaseMs;
    this.#taker = handlers === undefined ? undefined : { number: ++takers, handlers };
  }

  take(max: number, waitMs: number, signal?: AbortSignal): Promise<readonly Delivery[]> {
    const options = { max, leaseMs: this.#leaseMs, waitMs, taker: this.#taker };
    return this.#queues.take(this.#queue, options, signal);
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
