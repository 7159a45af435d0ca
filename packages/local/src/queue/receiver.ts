import type {
  Delivery,
  ReceiveOptions,
  Receiver,
  Settlement,
  SettleResult,
} from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import type { LocalQueues, Taker } from "../engine/port.ts";

/** Before it is asked again whether the queue is paused, where the store could not say. */
const RETRY_MS = 250;

/** In this process. */
let takers = 0;

/** Takes from one queue with one lease length. It holds nothing between takes, so there is nothing to give back. */
export class LocalReceiver implements Receiver {
  readonly #queues: LocalQueues;
  readonly #queue: string;
  readonly #leaseMs: number;
  readonly #taker: Taker | undefined;
  readonly #closing = new AbortController();

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

  /** Tells, until it is closed, when the queue is paused and when it is resumed. Keeps no process alive. */
  watch(onPause: (paused: boolean) => void): void {
    void this.#watch(onPause, this.#closing.signal);
  }

  async #watch(onPause: (paused: boolean) => void, signal: AbortSignal): Promise<void> {
    let known = { version: -1, paused: false };
    while (!signal.aborted) {
      try {
        const { version, pause } = await this.#queues.call(
          this.#queue,
          "controlAfter",
          [known.version],
          { signal },
        );
        const paused = pause !== undefined;
        if (paused !== known.paused && !signal.aborted) onPause(paused);
        known = { version, paused };
      } catch (error) {
        if (error instanceof AlienError && ENDS.includes(error.code)) return;
        // The takes meet the same failure and report it.
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
      }
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
  }
}

/** The queues were closed, or this receiver was. */
const ENDS: readonly string[] = ["ABORTED", "CLOSED"];
