import type { Clock } from "../clock.ts";
import type { Delivery, SettleResult } from "./driver.ts";
import type { Loan } from "./loan.ts";

type Extend = (
  deliveries: readonly Delivery[],
  leaseMs: number,
) => Promise<readonly SettleResult[]>;

/** A clock that is set back by less is let be. */
const SET_BACK_MS = 1_000;

export interface LeaseRenewalOptions {
  readonly clock: Clock;
  readonly leaseMs: number;
  /** How long a handler may take; undefined is for ever. */
  readonly timeoutMs: number | undefined;
  /** Undefined where the platform cannot extend. */
  readonly extend: Extend | undefined;
  /** Deliveries of one call of extend. */
  readonly most: number;
  /** A renewal that failed; it is tried again before the lease ends. */
  readonly onError: (error: unknown) => void;
  readonly onLost: (loan: Loan) => void;
  readonly onTimeout: (loan: Loan) => void;
}

/**
 * Keeps the leases of running handlers, from half their length on. One timer for all of them, set to the
 * earliest need, so that a short handler costs no timer.
 */
export class LeaseRenewal {
  readonly loans = new Set<Loan>();
  readonly #given: LeaseRenewalOptions;
  #wakeAt = Number.POSITIVE_INFINITY;
  /** The time of day when it was last looked at. */
  #seen = 0;
  #cancel: () => void = () => undefined;

  constructor(options: LeaseRenewalOptions) {
    this.#given = options;
  }

  track(loan: Loan): void {
    this.loans.add(loan);
    this.#leased(loan, loan.leaseEnd);
  }

  drop(loan: Loan): void {
    this.loans.delete(loan);
    if (this.loans.size === 0) this.#sleep();
  }

  /** The loan's lease is this long from `now` on. */
  extended(loan: Loan, now: number, leaseMs: number): void {
    this.follow(now);
    this.#leased(loan, now + leaseMs);
  }

  #leased(loan: Loan, leaseEnd: number): void {
    loan.leaseEnd = leaseEnd;
    const { extend, leaseMs } = this.#given;
    loan.renewAt = extend === undefined ? leaseEnd : leaseEnd - leaseMs / 2;
    this.#wakeBy(this.#dueAt(loan));
  }

  #tick(): void {
    const { clock, extend, leaseMs, onLost, onTimeout } = this.#given;
    const now = clock.now();
    this.follow(now);
    const due: Loan[] = [];
    for (const loan of [...this.loans]) {
      if (this.#deadline(loan) <= now) onTimeout(loan);
      else if (loan.leaseEnd <= now) onLost(loan);
      else if (loan.renewAt <= now) due.push(loan);
    }
    // Until the answer is there: where it does not come, ask again soon, and notice the end in time.
    for (const loan of due) loan.renewAt = Math.min(now + leaseMs / 8, loan.leaseEnd);
    if (due.length > 0 && extend !== undefined) void this.#renew(due, extend);
    for (const loan of this.loans) this.#wakeBy(this.#dueAt(loan));
  }

  async #renew(loans: readonly Loan[], extend: Extend): Promise<void> {
    const { clock, leaseMs, most, onLost, onError } = this.#given;
    for (let start = 0; start < loans.length; start += most) {
      const some = loans.slice(start, start + most);
      const askedAt = clock.now();
      this.follow(askedAt);
      try {
        const deliveries = some.map(({ delivery }) => delivery);
        const results = await extend(deliveries, leaseMs);
        for (const [index, loan] of some.entries()) {
          const result = results[index];
          if (loan.ended !== undefined || result === undefined) continue;
          if (result.ok) this.extended(loan, askedAt, leaseMs);
          else if (!result.error.retryable) onLost(loan);
        }
      } catch (error) {
        onError(error);
      }
    }
  }

  #deadline({ startedAt }: Loan): number {
    const { timeoutMs } = this.#given;
    return startedAt === undefined || timeoutMs === undefined
      ? Number.POSITIVE_INFINITY
      : startedAt + timeoutMs;
  }

  #dueAt(loan: Loan): number {
    return Math.min(loan.renewAt, this.#deadline(loan));
  }

  /** A handler starts: its time runs. */
  started(loan: Loan): void {
    loan.startedAt = this.#given.clock.now();
    if (this.#given.timeoutMs === undefined) return;
    this.follow(loan.startedAt);
    this.#wakeBy(this.#dueAt(loan));
  }

  /**
   * To be told the time with each take. A clock that was set back must neither put off a renewal nor prolong a
   * timeout: all times move with it, and all leases are renewed at once, since nobody knows what went by since the
   * clock was last looked at.
   */
  follow(now: number): void {
    const back = this.#seen - now;
    if (back > 0 && back < SET_BACK_MS) return;
    this.#seen = now;
    if (back <= 0) return;
    for (const loan of this.loans) {
      loan.leaseEnd -= back;
      loan.renewAt = now;
      if (loan.startedAt !== undefined) loan.startedAt -= back;
    }
    this.#sleep();
    if (this.loans.size > 0) this.#wakeBy(now);
  }

  #wakeBy(at: number): void {
    if (at >= this.#wakeAt) return;
    this.#cancel();
    this.#wakeAt = at;
    const { clock } = this.#given;
    this.#cancel = clock.schedule(Math.max(0, at - clock.now()), () => {
      // That time has come, whatever the clock says.
      this.#seen = Math.max(this.#seen, at);
      this.#wakeAt = Number.POSITIVE_INFINITY;
      this.#tick();
    });
  }

  #sleep(): void {
    this.#cancel();
    this.#wakeAt = Number.POSITIVE_INFINITY;
  }
}
