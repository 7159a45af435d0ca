import type { Clock } from "../clock.ts";
import type { Delivery, SettleResult } from "./driver.ts";
import type { Loan } from "./loan.ts";

type Extend = (
  deliveries: readonly Delivery[],
  leaseMs: number,
) => Promise<readonly SettleResult[]>;

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
  #cancel: () => void = () => undefined;

  constructor(options: LeaseRenewalOptions) {
    this.#given = options;
  }

  track(loan: Loan): void {
    this.loans.add(loan);
    this.leased(loan, loan.leaseEnd);
  }

  drop(loan: Loan): void {
    this.loans.delete(loan);
    if (this.loans.size === 0) this.#sleep();
  }

  /** The lease now ends then. */
  leased(loan: Loan, leaseEnd: number): void {
    loan.leaseEnd = leaseEnd;
    const { extend, leaseMs } = this.#given;
    loan.renewAt = extend === undefined ? leaseEnd : leaseEnd - leaseMs / 2;
    this.#wakeBy(this.#dueAt(loan));
  }

  #tick(): void {
    const { clock, extend, leaseMs, onLost, onTimeout } = this.#given;
    const now = clock.now();
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
      const leaseEnd = clock.now() + leaseMs;
      try {
        const deliveries = some.map(({ delivery }) => delivery);
        const results = await extend(deliveries, leaseMs);
        for (const [index, loan] of some.entries()) {
          const result = results[index];
          if (loan.ended !== undefined || result === undefined) continue;
          if (result.ok) this.leased(loan, leaseEnd);
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

  /** For a handler that has just started: its time runs. */
  started(loan: Loan): void {
    if (this.#given.timeoutMs !== undefined) this.#wakeBy(this.#dueAt(loan));
  }

  #wakeBy(at: number): void {
    if (at >= this.#wakeAt) return;
    this.#cancel();
    this.#wakeAt = at;
    const { clock } = this.#given;
    this.#cancel = clock.schedule(Math.max(0, at - clock.now()), () => {
      this.#wakeAt = Number.POSITIVE_INFINITY;
      this.#tick();
    });
  }

  #sleep(): void {
    this.#cancel();
    this.#wakeAt = Number.POSITIVE_INFINITY;
  }
}
