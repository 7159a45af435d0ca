import type { Delivery, Outcome, Settlement, SettleResult } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import { isAlreadySettled, translate } from "../errors.ts";
import { isOnOpenLink } from "./amqp-delivery.ts";
import type { Received } from "./message.ts";
import { type Settlers, type SettlingReceiver, settle } from "./settler.ts";
import { AnswerLostError } from "./settling.ts";

/** How many ended loans are remembered, so that repeating an outcome succeeds. */
const MOST_ENDED = 10_000;

/** How much later than here a lock may end at Service Bus. */
const LATE_MS = 1_000;

/** What holds a message's lock, and settles it. */
export interface Lock {
  readonly receiver: SettlingReceiver;
  /** Makes the lock end its whole length from now. */
  renew(): Promise<unknown>;
}

interface Loan {
  readonly received: Received;
  readonly lock: Lock;
  /** Milliseconds since the epoch, by this machine's clock. */
  lockUntil: number;
  leaseUntil: number;
  /** Of the timer that keeps the lease, where the lock alone does not. */
  cancel: () => void;
  ending: { readonly kind: Outcome["kind"]; readonly result: Promise<SettleResult> } | undefined;
  /** The outcome that was asked for and not confirmed: it may have been carried out. */
  tried: Outcome["kind"] | undefined;
}

export interface LendingOptions extends Settlers {
  /** How long Service Bus locks: the queue's lockDuration. */
  readonly lockMs: number;
  /** A lock that could not be kept until the end of its lease. */
  readonly onLost: (delivery: Delivery) => void;
  /** A loan is over, however it ended. */
  readonly onEnd: (delivery: Delivery, outcome: Outcome | undefined) => void;
}

/**
 * What one receiver has lent out. Service Bus locks for one length only, the queue's: a longer lease is kept by
 * renewing, a shorter one is ended by abandoning, each by a timer of its own; a lease of the same length needs none.
 */
export class Lending {
  readonly #given: LendingOptions;
  readonly #loans = new Map<string, Loan>();
  readonly #ended = new Map<string, Outcome["kind"]>();
  #sweepAt = 0;

  constructor(options: LendingOptions) {
    this.#given = options;
  }

  /** Hands out what is locked; both times are this machine's, in milliseconds since the epoch. */
  lend(received: Received, lock: Lock, lockUntil: number, leaseUntil: number): Delivery {
    this.#sweep();
    const delivery = { ...received.delivery, leaseUntil };
    const loan: Loan = {
      received: { ...received, delivery },
      lock,
      lockUntil,
      leaseUntil,
      cancel: () => undefined,
      ending: undefined,
      tried: undefined,
    };
    this.#loans.set(delivery.receipt, loan);
    this.#watch(loan);
    return delivery;
  }

  settle(batch: readonly Settlement[]): Promise<readonly SettleResult[]> {
    return Promise.all(batch.map((settlement) => this.#settle(settlement)));
  }

  extend(deliveries: readonly Delivery[], leaseMs: number): Promise<readonly SettleResult[]> {
    return Promise.all(deliveries.map((delivery) => this.#extend(delivery, leaseMs)));
  }

  /** It is on loan no more, and nobody has it. */
  forget({ receipt }: Delivery): void {
    const loan = this.#loans.get(receipt);
    if (loan !== undefined) this.#forget(loan);
  }

  /** Keeps no lease any longer. */
  stop(): void {
    for (const loan of this.#loans.values()) loan.cancel();
  }

  /** Ends every loan here and now, each counted as a delivery. */
  async abandonAll(): Promise<void> {
    await Promise.all([...this.#loans.values()].map((loan) => this.#endLease(loan)));
  }

  async #settle({ delivery: { receipt }, outcome }: Settlement): Promise<SettleResult> {
    const loan = this.#loans.get(receipt);
    if (loan === undefined) {
      return this.#ended.get(receipt) === outcome.kind ? REPEATED : this.#expired();
    }
    if (loan.ending !== undefined) {
      const first = await loan.ending.result;
      return first.ok && loan.ending.kind !== outcome.kind ? this.#expired() : first;
    }
    const result = this.#carryOut(loan, outcome);
    loan.ending = { kind: outcome.kind, result };
    return result;
  }

  async #carryOut(loan: Loan, outcome: Outcome): Promise<SettleResult> {
    const { queue } = this.#given;
    loan.cancel();
    try {
      await settle(loan.received, outcome, loan.lock.receiver, this.#given);
    } catch (thrown) {
      if (this.#wasCarriedOut(loan, outcome, thrown)) return this.#end(loan, outcome, "unknown");
      loan.ending = undefined;
      if (isOver(thrown)) {
        this.#forget(loan);
        return this.#expired(thrown);
      }
      loan.tried = outcome.kind;
      this.#watch(loan);
      return { ok: false, error: translate(thrown, queue) };
    }
    return this.#end(loan, outcome, true);
  }

  /**
   * Whether an earlier try is why there is nothing left to settle: its answer came when nobody listened any more, or
   * said otherwise; the lock would still hold, were it not for that.
   */
  #wasCarriedOut({ received, tried, lockUntil }: Loan, outcome: Outcome, thrown: unknown): boolean {
    const again = tried === outcome.kind || thrown instanceof AnswerLostError;
    if (!again || !isOver(thrown)) return false;
    const { message } = received;
    const holds = message.sessionId === undefined || isOnOpenLink(message);
    return isAlreadySettled(thrown) || (holds && this.#given.clock.now() < lockUntil);
  }

  #end(loan: Loan, outcome: Outcome, applied: true | "unknown"): SettleResult {
    this.#remember(loan.received.delivery.receipt, outcome.kind);
    this.#forget(loan, outcome);
    return { ok: true, applied };
  }

  async #extend({ receipt }: Delivery, leaseMs: number): Promise<SettleResult> {
    const loan = this.#loans.get(receipt);
    if (loan === undefined || loan.ending !== undefined) return this.#expired();
    const { clock, queue, lockMs } = this.#given;
    const askedAt = clock.now();
    try {
      await loan.lock.renew();
    } catch (thrown) {
      const error = translate(thrown, queue);
      if (error.code === "RECEIPT_EXPIRED") this.#forget(loan);
      return { ok: false, error };
    }
    loan.lockUntil = askedAt + lockMs;
    loan.leaseUntil = askedAt + leaseMs;
    this.#watch(loan);
    return { ok: true, applied: true };
  }

  #watch(loan: Loan): void {
    const { clock } = this.#given;
    const { lockUntil, leaseUntil } = loan;
    loan.cancel();
    if (leaseUntil === lockUntil || loan.ending !== undefined) return;
    const now = clock.now();
    loan.cancel =
      leaseUntil < lockUntil
        ? clock.schedule(leaseUntil - now, () => void this.#endLease(loan))
        : clock.schedule((lockUntil - now) / 2, () => void this.#renew(loan));
  }

  /** The lease is shorter than the lock: ended from here, it counts as one that has lapsed. */
  async #endLease(loan: Loan): Promise<void> {
    const { delivery, message } = loan.received;
    if (loan.ending !== undefined) return;
    loan.cancel();
    this.#loans.delete(delivery.receipt);
    const over = () => this.#given.onEnd(delivery, undefined);
    try {
      await loan.lock.receiver.abandonMessage(message);
      over();
    } catch {
      // Its lock ends, later, which counts: giving its session back before would not.
      const { clock } = this.#given;
      clock.schedule(loan.lockUntil + LATE_MS - clock.now(), over);
    }
  }

  async #renew(loan: Loan): Promise<void> {
    const { clock, queue, lockMs, onLost } = this.#given;
    const askedAt = clock.now();
    try {
      await loan.lock.renew();
      loan.lockUntil = askedAt + lockMs;
    } catch (thrown) {
      if (!this.#holds(loan)) return;
      if (!translate(thrown, queue).retryable || loan.lockUntil <= clock.now()) {
        this.#forget(loan);
        onLost(loan.received.delivery);
        return;
      }
    }
    if (this.#holds(loan)) this.#watch(loan);
  }

  #holds(loan: Loan): boolean {
    return this.#loans.get(loan.received.delivery.receipt) === loan;
  }

  #forget(loan: Loan, outcome?: Outcome): void {
    loan.cancel();
    if (!this.#holds(loan)) return;
    this.#loans.delete(loan.received.delivery.receipt);
    this.#given.onEnd(loan.received.delivery, outcome);
  }

  #remember(receipt: string, kind: Outcome["kind"]): void {
    this.#ended.set(receipt, kind);
    if (this.#ended.size <= MOST_ENDED) return;
    for (const oldest of this.#ended.keys()) {
      this.#ended.delete(oldest);
      return;
    }
  }

  /** What was never settled, and whose lock has long ended. */
  #sweep(): void {
    const { clock, lockMs } = this.#given;
    const now = clock.now();
    if (now < this.#sweepAt) return;
    this.#sweepAt = now + lockMs;
    for (const loan of [...this.#loans.values()]) {
      if (Math.max(loan.lockUntil, loan.leaseUntil) + lockMs < now) this.#forget(loan);
    }
  }

  #expired(cause?: unknown): SettleResult {
    const text = `queue "${this.#given.queue}": no loan of this process has this receipt any more`;
    const error = new AlienError("RECEIPT_EXPIRED", text, {
      fix: "Receive the message again; declare a longer .lease(), or extend it.",
      cause,
    });
    return { ok: false, error };
  }
}

/** Whether there is nothing left to settle. */
function isOver(thrown: unknown): boolean {
  if (isAlreadySettled(thrown) || thrown instanceof AnswerLostError) return true;
  return translate(thrown, "").code === "RECEIPT_EXPIRED";
}

const REPEATED: SettleResult = { ok: true, applied: false };
