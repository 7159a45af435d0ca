import { AlienError } from "@alienplatform/core";
import type { Clock } from "../clock.ts";
import { settlementOf } from "./budget.ts";
import type { DeliveryEvent } from "./delivery-event.ts";
import type { Delivery, Failure, PushedLoan, Settlement, SettleResult } from "./driver.ts";
import { type Ended, runInGroupOrder } from "./group-order.ts";
import { failed, type Handling } from "./handle.ts";
import { handleLoan } from "./handle-loan.ts";
import { LeaseRenewal } from "./lease-renewal.ts";
import { Loan, type LoanKeeper } from "./loan.ts";
import {
  handlerTimeout,
  kindOf,
  LEASE_LOST,
  type LoanEnd,
  RELEASE,
  reportEnd,
} from "./loan-end.ts";
import type { Turns } from "./turns.ts";

/** What a platform's entry needs to settle and to answer, before the platform ends the function. */
const SETTLING_MS = 1_000;

const OUT_OF_TIME: Failure = {
  code: "TimeoutError",
  message: "the function's time ended before its handler was done",
};

export interface PushedBatchOptions {
  readonly handling: Handling;
  readonly clock: Clock;
  /** Whose loans these are, as a user knows it: "SQS". */
  readonly service: string;
  /** After this long a handler's signal aborts and the delivery counts as failed. */
  readonly timeoutMs?: number | undefined;
  /** The handlers of this queue in this process, over all its batches. */
  readonly turns: Turns;
  readonly onEvent: (event: DeliveryEvent) => void;
  /** A renewal that failed, or a listener of events. */
  readonly onError: (error: unknown) => void;
}

/**
 * Runs the handler over a batch that a platform has pushed: one settlement per delivery, in order. Leases
 * are kept as long as their handlers run, and all ends in time for the answer. Never rejects.
 */
export async function deliverPushed(
  batch: readonly Delivery[],
  pushed: PushedLoan,
  options: PushedBatchOptions,
): Promise<readonly Settlement[]> {
  return new PushedBatch(pushed, options).run(batch);
}

class PushedBatch implements LoanKeeper {
  readonly #pushed: PushedLoan;
  readonly #given: PushedBatchOptions;
  readonly #renewal: LeaseRenewal;
  readonly #leaseMs: number;
  #over = false;

  constructor(pushed: PushedLoan, options: PushedBatchOptions) {
    const { handling, clock, timeoutMs, onError } = options;
    const { extend } = pushed;
    this.#pushed = pushed;
    this.#given = options;
    const { leaseMaxMs = Number.POSITIVE_INFINITY } = handling.capabilities ?? {};
    this.#leaseMs = Math.min(handling.options.leaseMs, leaseMaxMs);
    this.#renewal = new LeaseRenewal({
      clock,
      leaseMs: this.#leaseMs,
      timeoutMs,
      extend: extend && ((deliveries, leaseMs) => extendEach(deliveries, leaseMs, extend)),
      // Each is a call of its own.
      most: Number.POSITIVE_INFINITY,
      onError,
      onLost: (loan) => this.#lose(loan),
      onTimeout: (loan) => this.#fail(loan, handlerTimeout(timeoutMs)),
    });
  }

  async run(batch: readonly Delivery[]): Promise<readonly Settlement[]> {
    const now = this.#given.clock.now();
    this.#renewal.follow(now);
    const taken = { takenAt: now, full: false, size: batch.length, left: batch.length };
    const loans = batch.map(
      (delivery) => new Loan(delivery, taken, this.#leaseEnd(delivery, now), this),
    );
    for (const loan of loans) this.#renewal.track(loan);
    const cancel = this.#atDeadline(now);
    await runInGroupOrder(
      loans,
      ({ delivery }) => delivery.group,
      (loan) => this.#run(loan),
      (loan) => this.#end(loan, RELEASE),
    );
    cancel();
    const { options } = this.#given.handling;
    return loans.map(({ delivery, ended = RELEASE }) =>
      settlementOf(delivery, ended === "lost" ? RELEASE : ended, options),
    );
  }

  async extend(loan: Loan, leaseMs: number): Promise<void> {
    const { extend } = this.#pushed;
    if (extend === undefined) throw cannotExtend(this.#given.service);
    const askedAt = this.#given.clock.now();
    await extend(loan.delivery, leaseMs);
    this.#renewal.extended(loan, askedAt, leaseMs);
  }

  /** The platform's entry settles; see Loan. */
  settled(_loan: Loan, _result: SettleResult): void {
    throw new TypeError("a pushed loan is settled by its entry");
  }

  /**
   * Where the platform says neither: as the queue's own lease, if it can be kept. The platforms' own loans
   * outlast the function, so there is nothing to keep before its deadline.
   */
  #leaseEnd({ leaseUntil }: Delivery, now: number): number {
    const { deadline, extend } = this.#pushed;
    const told = leaseUntil ?? deadline;
    if (told === undefined) {
      return extend === undefined ? Number.POSITIVE_INFINITY : now + this.#leaseMs;
    }
    return deadline !== undefined && told >= deadline ? Number.POSITIVE_INFINITY : told;
  }

  /** Late enough for handlers, early enough for the answer; the result cancels it. */
  #atDeadline(now: number): () => void {
    const { deadline } = this.#pushed;
    if (deadline === undefined) return () => undefined;
    const leftMs = Math.max(0, deadline - now);
    return this.#given.clock.schedule(leftMs - Math.min(SETTLING_MS, leftMs / 2), () => {
      this.#over = true;
      for (const loan of [...this.#renewal.loans]) {
        if (loan.startedAt === undefined) this.#end(loan, RELEASE);
        else this.#fail(loan, OUT_OF_TIME);
      }
    });
  }

  #run(loan: Loan): Promise<Ended> {
    return new Promise((resolve) => {
      if (loan.ended !== undefined) resolve(kindOf(loan.ended));
      else {
        loan.onEnd = resolve;
        this.#given.turns.begin(() => {
          // The turn of one that is being given up must not be another's.
          if (this.#over) this.#end(loan, RELEASE);
          // It may have ended while it waited.
          if (loan.ended === undefined) this.#start(loan);
          return loan.startedAt !== undefined;
        });
      }
    });
  }

  #start(loan: Loan): void {
    this.#renewal.started(loan);
    const outcome = handleLoan(loan, this.#given.handling);
    if (outcome instanceof Promise) void outcome.then((later) => this.#end(loan, later));
    else this.#end(loan, outcome);
  }

  #lose(loan: Loan): void {
    loan.abort(LEASE_LOST);
    this.#end(loan, "lost");
  }

  #fail(loan: Loan, error: Failure): void {
    loan.abort(error);
    this.#end(loan, failed(loan.delivery, this.#given.handling, error));
  }

  /** The first decision counts. */
  #end(loan: Loan, ended: LoanEnd): void {
    if (loan.ended !== undefined) return;
    loan.ended = ended;
    loan.watch?.decided();
    this.#renewal.drop(loan);
    reportEnd(this.#given, loan, ended);
    loan.onEnd?.(kindOf(ended));
    if (loan.startedAt !== undefined) this.#given.turns.end();
  }
}

function extendEach(
  deliveries: readonly Delivery[],
  leaseMs: number,
  extend: NonNullable<PushedLoan["extend"]>,
): Promise<readonly SettleResult[]> {
  return Promise.all(
    deliveries.map((delivery) =>
      extend(delivery, leaseMs).then(
        (): SettleResult => ({ ok: true, applied: "unknown" }),
        (error: unknown): SettleResult => {
          if (error instanceof AlienError) return { ok: false, error };
          throw error;
        },
      ),
    ),
  );
}

function cannotExtend(service: string): AlienError {
  const text = `${service} cannot extend the loan of a message that it pushes`;
  return new AlienError("UNSUPPORTED", text, {
    fix: "Declare a longer .lease() for the queue, and a longer .timeout() for the function.",
  });
}
