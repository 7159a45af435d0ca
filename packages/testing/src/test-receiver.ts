import type {
  Clock,
  Delivery,
  DeliveryEvent,
  Handling,
  Receiver,
  Settlement,
  SettleResult,
} from "@alienplatform/bindings";
import { failedDelivery, toEvent } from "./failed-delivery.ts";
import type { Faults } from "./faults.ts";

export interface TestReceiverOptions {
  readonly faults: Faults;
  readonly handling: Omit<Handling, "handler" | "schema">;
  readonly clock: Clock;
  readonly onLost: ((delivery: Delivery) => void) | undefined;
  /** Told of the deliveries that failNext() failed. A take then answers at once, even if it has nothing. */
  readonly onFailed: ((event: DeliveryEvent) => void) | undefined;
}

/** A receiver to which the faults happen that the test has asked for. */
export class TestReceiver implements Receiver {
  readonly #inner: Receiver;
  readonly #given: TestReceiverOptions;

  constructor(inner: Receiver, options: TestReceiverOptions) {
    this.#inner = inner;
    this.#given = options;
  }

  async take(max: number, waitMs: number, signal?: AbortSignal): Promise<readonly Delivery[]> {
    const { faults, clock, onLost, onFailed } = this.#given;
    const until = clock.now() + waitMs;
    for (;;) {
      const taken = await this.#inner.take(max, Math.max(0, until - clock.now()), signal);
      const kept = faults.failures.length === 0 ? taken : await this.#failSome(taken);
      for (const delivery of kept) {
        faults.loans.set(delivery.receipt, { delivery, receiver: this.#inner, onLost });
      }
      if (kept.length > 0 || taken.length === 0 || onFailed !== undefined) return kept;
    }
  }

  async settle(
    batch: readonly Settlement[],
    signal?: AbortSignal,
  ): Promise<readonly SettleResult[]> {
    const { faults } = this.#given;
    const passed: Settlement[] = [];
    const fates = batch.map((settlement) => {
      const { receipt } = settlement.delivery;
      const fate = settlement.outcome.kind === "ack" ? faults.acknowledge(receipt) : "keep";
      if (fate === "lose" || fate === "repeat") return fate;
      faults.loans.delete(receipt);
      passed.push(fate === "keep" ? settlement : { ...settlement, outcome: { kind: "release" } });
      return fate;
    });
    const results = passed.length === 0 ? [] : [...(await this.#inner.settle(passed, signal))];
    // Who sent an acknowledgement that got lost does not know it.
    return fates.map(
      (fate) =>
        fate === "lose" || fate === "repeat"
          ? { ok: true, applied: false }
          : (results.shift() as SettleResult), // one per settlement that was passed on
    );
  }

  extend(deliveries: readonly Delivery[], leaseMs: number, signal?: AbortSignal) {
    return this.#inner.extend(deliveries, leaseMs, signal);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  /** Settles the first ones as if their handler had thrown; answers the others. */
  async #failSome(taken: readonly Delivery[]): Promise<readonly Delivery[]> {
    const { faults, handling, onFailed } = this.#given;
    const thrown = faults.failures.splice(0, taken.length);
    for (const [index, error] of thrown.entries()) {
      const delivery = taken[index];
      if (delivery === undefined) break;
      const settlement = await failedDelivery(delivery, handling, error);
      const [settled] = await this.#inner.settle([settlement]);
      onFailed?.(toEvent(handling.queue, settlement, settled?.ok === true, 0));
    }
    return taken.slice(thrown.length);
  }
}
