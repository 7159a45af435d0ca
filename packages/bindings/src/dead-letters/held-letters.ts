import type { Clock } from "../clock.ts";
import type { Delivery, QueueDriver, Receiver } from "../queue/driver.ts";
import { retryItems } from "../queue/retry.ts";
import type { LetterChanges } from "./letter-changes.ts";

export interface HeldLettersOptions {
  readonly dead: QueueDriver;
  readonly changes: LetterChanges;
  readonly clock: Clock;
  readonly leaseMs: number;
}

/** Letters that a look keeps on loan, so as not to meet them again; their leases are renewed where it takes long. */
export class HeldLetters {
  readonly #receiver: Receiver;
  readonly #given: HeldLettersOptions;
  readonly #held: Delivery[] = [];
  readonly #ids = new Set<string>();
  #renewedAt: number;

  constructor(receiver: Receiver, given: HeldLettersOptions) {
    this.#receiver = receiver;
    this.#given = given;
    this.#renewedAt = given.clock.now();
  }

  /** However often each has been taken. */
  get size(): number {
    return this.#ids.size;
  }

  add(delivery: Delivery): void {
    this.#held.push(delivery);
    this.#ids.add(delivery.id);
  }

  /** All of them, and others, where half of a lease has passed; what cannot be renewed comes back, and is known. */
  async renew(others: readonly Delivery[] = []): Promise<void> {
    const { dead, clock, leaseMs } = this.#given;
    const { extend, max } = dead.capabilities;
    if (!extend || clock.now() - this.#renewedAt < leaseMs / 2) return;
    this.#renewedAt = clock.now();
    const all = [...this.#held, ...others];
    for (let from = 0; from < all.length; from += max.batch) {
      const some = all.slice(from, from + max.batch);
      const call = (items: readonly Delivery[]) => this.#receiver.extend(items, leaseMs);
      await retryItems(some, call, { clock, random: Math.random });
    }
  }

  /** In the reverse order, so that a service that puts them in front has them as they were. */
  async giveBack(others: readonly Delivery[]): Promise<void> {
    const all = [...this.#held, ...others];
    await this.#given.changes.settle(this.#receiver, all.reverse(), "release");
  }
}
