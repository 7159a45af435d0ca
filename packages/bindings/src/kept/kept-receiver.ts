import type { Clock } from "../clock.ts";
import type { Delivery, Receiver, Settlement, SettleResult } from "../queue/driver.ts";
import { retryItems } from "../queue/retry.ts";
import { isOver, type KeptDeliveries } from "./kept-deliveries.ts";

/** Takes that brought nothing to hand over, one after the other, before whoever asked is told that there is nothing. */
const MOST_ROUNDS = 100;

export interface KeptReceiverOptions {
  readonly receiver: Receiver;
  readonly deliveries: KeptDeliveries;
  readonly leaseMs: number;
  readonly clock: Clock;
  readonly random: () => number;
}

/** A service's receiver; what is not to be handed over is settled before anybody sees it. */
export class KeptReceiver implements Receiver {
  readonly #given: KeptReceiverOptions;
  /** Taken, and not admitted since the table did not answer: the next take begins with them. */
  #left: readonly Delivery[] = [];

  constructor(given: KeptReceiverOptions) {
    this.#given = given;
  }

  async take(max: number, waitMs: number, signal?: AbortSignal): Promise<readonly Delivery[]> {
    const { receiver, clock } = this.#given;
    const deadline = clock.now() + waitMs;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const now = clock.now();
      const left = this.#left.filter(({ leaseUntil = now + 1 }) => leaseUntil > now);
      this.#left = left.slice(max);
      const again = left.slice(0, max);
      const taken =
        again.length > 0 ? again : await receiver.take(max, Math.max(0, deadline - now), signal);
      if (taken.length === 0) return [];
      const handed = await this.#admit(taken);
      if (handed.length > 0 || signal?.aborted) return handed;
    }
    return [];
  }

  async settle(
    batch: readonly Settlement[],
    signal?: AbortSignal,
  ): Promise<readonly SettleResult[]> {
    const { receiver, deliveries } = this.#given;
    const errors = await deliveries.ending(batch);
    const written = batch.filter((_, index) => errors[index] === undefined);
    const results = written.length === 0 ? [] : await receiver.settle(written, signal);
    const over = written.filter((_, index) => isOver(results[index]));
    await deliveries.ended(over.map(({ delivery }) => delivery));
    const answers = results.values();
    return errors.map((error) =>
      error === undefined ? (answers.next().value ?? UNKNOWN) : { ok: false, error },
    );
  }

  async extend(
    those: readonly Delivery[],
    leaseMs: number,
    signal?: AbortSignal,
  ): Promise<readonly SettleResult[]> {
    const { receiver, deliveries, clock } = this.#given;
    const until = clock.now() + leaseMs;
    const results = await receiver.extend(those, leaseMs, signal);
    await deliveries.extended(
      those.filter((_, index) => results[index]?.ok === true),
      until,
    );
    return results;
  }

  close(): Promise<void> {
    return this.#given.receiver.close();
  }

  async #admit(taken: readonly Delivery[]): Promise<readonly Delivery[]> {
    const { deliveries, leaseMs, clock } = this.#given;
    const leaseEnd = clock.now() + leaseMs;
    try {
      const all = await deliveries.admit(taken, ({ leaseUntil = leaseEnd }) => leaseUntil);
      await this.#carryOut(all.flatMap((one) => ("decided" in one ? [one.decided] : [])));
      return all.flatMap((one) => ("handed" in one ? [one.handed] : []));
    } catch (error) {
      this.#left = [...taken, ...this.#left];
      throw error;
    }
  }

  /** What cannot be settled comes back when its lease ends. */
  async #carryOut(decided: readonly Settlement[]): Promise<void> {
    if (decided.length === 0) return;
    const { receiver, clock, random } = this.#given;
    await retryItems(decided, (some, stop) => receiver.settle(some, stop), { clock, random });
  }
}

const UNKNOWN: SettleResult = { ok: true, applied: "unknown" };
