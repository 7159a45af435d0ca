import type { Clock } from "../clock.ts";
import type { Delivery, QueueCapabilities, Receiver } from "./driver.ts";

interface LongLoan {
  readonly delivery: Delivery;
  /** When it is to end, milliseconds since the epoch. */
  readonly until: number;
  cancel: () => void;
}

/** Keeps what was received for longer than the service lends at once, by lending it again until its end. */
export class LongLoans {
  readonly #receiver: Receiver;
  readonly #clock: Clock;
  readonly #ownMs: number;
  readonly #loans = new Map<string, LongLoan>();

  constructor(receiver: Receiver, clock: Clock, { leaseMaxMs }: QueueCapabilities) {
    this.#receiver = receiver;
    this.#clock = clock;
    this.#ownMs = leaseMaxMs;
  }

  /** Lent just now, for so long in all. */
  keep(delivery: Delivery, leaseMs: number): void {
    this.drop(delivery.receipt);
    if (leaseMs <= this.#ownMs) return;
    const loan = { delivery, until: this.#clock.now() + leaseMs, cancel: () => undefined };
    this.#loans.set(delivery.receipt, loan);
    this.#renewIn(this.#ownMs / 2, loan);
  }

  drop(receipt: string): void {
    this.#loans.get(receipt)?.cancel();
    this.#loans.delete(receipt);
  }

  close(): void {
    for (const receipt of [...this.#loans.keys()]) this.drop(receipt);
  }

  #renewIn(waitMs: number, loan: LongLoan): void {
    loan.cancel = this.#clock.schedule(waitMs, () => void this.#renew(loan));
  }

  async #renew(loan: LongLoan): Promise<void> {
    const { delivery, until } = loan;
    const leftMs = until - this.#clock.now();
    if (leftMs <= 0) return this.drop(delivery.receipt);
    const goesOn = await this.#receiver.extend([delivery], Math.min(leftMs, this.#ownMs)).then(
      ([result]) => result?.ok === true || result?.error.retryable === true,
      () => true, // nobody waits for it: it is tried again, and where that fails too the lease ends early
    );
    if (this.#loans.get(delivery.receipt) !== loan) return;
    if (goesOn) this.#renewIn(this.#ownMs / 4, loan);
    else this.drop(delivery.receipt);
  }
}
