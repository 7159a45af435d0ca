import type { Clock } from "../clock.ts";
import { pause } from "../pause.ts";
import type { Batcher } from "./batcher.ts";
import { settlementOf } from "./budget.ts";
import type { DeliveryEvent } from "./delivery-event.ts";
import type {
  Delivery,
  Outcome,
  QueueDriver,
  Receiver,
  Settlement,
  SettleResult,
} from "./driver.ts";
import { gatheringOf } from "./gathering.ts";
import { runInGroupOrder } from "./group-order.ts";
import { failed, type Handling } from "./handle.ts";
import { handleLoan } from "./handle-loan.ts";
import { type Batch, Intake } from "./intake.ts";
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
import { makeBatcher } from "./make-batcher.ts";
import { outcomeSize } from "./outcome-size.ts";
import { Slots } from "./slots.ts";

const CONCURRENCY = 10;
/** How long the acknowledgement of a finished message may wait for others: a crash repeats what waits. */
const ACK_LINGER_MS = 200;

export interface ConsumerOptions {
  readonly handling: Handling;
  readonly clock: Clock;
  /** Handlers at once; default 10. The queue's own limit holds too. */
  readonly concurrency?: number | undefined;
  /** After this long a handler's signal aborts and the delivery counts as failed. */
  readonly timeoutMs?: number | undefined;
  readonly onEvent?: ((event: DeliveryEvent) => void) | undefined;
  /** A take or a settlement that failed. The consumer goes on. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** Pulls, handles and settles until it is drained. Nothing but drain() ends it. */
export class Consumer implements LoanKeeper {
  readonly #given: ConsumerOptions;
  readonly #intake: Intake;
  readonly #slots: Slots;
  readonly #renewal: LeaseRenewal;
  /** The service's single loan. */
  readonly #leaseMs: number;
  /** The longest that it can be extended by; renewal goes on from there. */
  readonly #longestMs: number;
  readonly #settlements: Batcher<Settlement, SettleResult>;
  /** Whether settlements may wait for company: where no other message waits for them. */
  readonly #patient: boolean;
  #draining: Promise<void> | undefined;
  #onDecided: () => void = () => undefined;

  constructor(driver: QueueDriver, options: ConsumerOptions) {
    const { capabilities } = driver;
    const handling = { capabilities, ...options.handling };
    const { clock, timeoutMs } = options;
    const { concurrency: limit, fifo } = handling.options;
    this.#given = { ...options, handling };
    // A longer one is kept by renewal, for as long as the handler runs.
    this.#leaseMs = Math.min(handling.options.leaseMs, capabilities.leaseMaxMs);
    this.#longestMs = capabilities.leases === "chosen" ? capabilities.leaseMaxMs : this.#leaseMs;
    const count = Math.min(options.concurrency ?? CONCURRENCY, limit ?? Number.POSITIVE_INFINITY);
    this.#intake = new Intake({
      open: () => this.#open(driver, count),
      concurrency: count,
      // What waits here counts against the queue's limit, holds up its group, and must be given back uncounted.
      ahead: limit === undefined && fifo === undefined && capabilities.release,
      most: capabilities.max.receive,
      gathering: gatheringOf(capabilities, "takes"),
      clock,
      random: handling.random,
      onTaken: (deliveries, batch) => this.#begin(deliveries, batch),
      onError: (error) => options.onError?.(error),
    });
    this.#slots = new Slots({
      count,
      clock,
      start: (loan) => this.#start(loan),
      giveBack: (loans) => {
        this.#intake.slowDown();
        for (const loan of loans) this.#end(loan, RELEASE);
      },
    });
    this.#renewal = new LeaseRenewal({
      clock,
      leaseMs: this.#leaseMs,
      timeoutMs,
      extend: capabilities.extend
        ? async (loans, leaseMs) => (await this.#intake.receiver?.extend(loans, leaseMs)) ?? []
        : undefined,
      most: capabilities.max.batch,
      onError: (error) => options.onError?.(error),
      onLost: (loan) => this.#lose(loan),
      onTimeout: (loan) => this.#timeOut(loan),
    });
    this.#settlements = makeBatcher({
      capabilities,
      calls: "settlements",
      clock,
      random: handling.random,
      onBegun: (begun) => this.#intake.settling(begun),
      // What is settled was taken from it.
      call: (batch) => (this.#intake.receiver as Receiver).settle(batch),
    });
    const awaited = fifo !== undefined || limit !== undefined;
    this.#patient = gatheringOf(capabilities, "settlements") !== undefined && !awaited;
  }

  start(): void {
    this.#intake.pump();
  }

  /** Stops receiving, lets handlers finish until the deadline, gives the rest back, then closes. */
  drain(deadlineMs: number): Promise<void> {
    this.#draining ??= this.#drain(deadlineMs);
    return this.#draining;
  }

  async extend(loan: Loan, wantedMs: number): Promise<void> {
    const leaseMs = Math.min(wantedMs, this.#longestMs);
    const askedAt = this.#given.clock.now();
    const [result] = (await this.#intake.receiver?.extend([loan.delivery], leaseMs)) ?? [];
    if (result?.ok) this.#renewal.extended(loan, askedAt, leaseMs);
    else if (result !== undefined) throw result.error;
  }

  settled(loan: Loan, result: SettleResult): void {
    this.#intake.settled();
    if (result.ok) reportEnd(this.#given, loan, loan.ended ?? "lost");
    else {
      if (result.error.code !== "RECEIPT_EXPIRED") this.#given.onError?.(result.error);
      reportEnd(this.#given, loan, "lost", result.error);
    }
  }

  #open(driver: QueueDriver, handlers: number): Promise<Receiver> {
    return driver.open({
      credit: handlers,
      handlers,
      leaseMs: this.#leaseMs,
      onLost: (delivery) => {
        for (const loan of this.#renewal.loans) {
          if (loan.delivery.receipt === delivery.receipt) this.#lose(loan);
        }
      },
      onPause: (paused) => this.#onPause(paused),
    });
  }

  /** What runs goes on to its end; what was taken ahead of it is given back. */
  #onPause(paused: boolean): void {
    if (!paused) {
      this.#slots.release();
      return;
    }
    this.#slots.hold();
    this.#releaseUnstarted();
  }

  #releaseUnstarted(): void {
    for (const loan of [...this.#renewal.loans]) {
      if (loan.startedAt === undefined) this.#end(loan, RELEASE);
    }
  }

  #begin(deliveries: readonly Delivery[], batch: Batch): void {
    this.#renewal.follow(batch.takenAt);
    const leaseEnd = batch.takenAt + this.#leaseMs;
    const grouped: Loan[] = [];
    for (const delivery of deliveries) {
      const until = Math.min(delivery.leaseUntil ?? leaseEnd, leaseEnd);
      const loan = new Loan(delivery, batch, until, this);
      this.#renewal.track(loan);
      if (this.#intake.stopped) this.#end(loan, RELEASE);
      else if (delivery.group === undefined) this.#slots.add(loan);
      else grouped.push(loan);
    }
    if (grouped.length > 0) this.#beginGroups(grouped);
    this.#slots.fill();
  }

  #beginGroups(loans: readonly Loan[]): void {
    void runInGroupOrder(
      loans,
      ({ delivery }) => delivery.group,
      (loan) =>
        new Promise((resolve) => {
          if (this.#intake.stopped) this.#end(loan, RELEASE);
          if (loan.ended !== undefined) resolve(kindOf(loan.ended));
          else {
            loan.onEnd = resolve;
            this.#slots.add(loan);
            this.#slots.fill();
          }
        }),
      (loan) => this.#end(loan, RELEASE),
    );
  }

  #start(loan: Loan): void {
    this.#renewal.started(loan);
    const outcome = handleLoan(loan, this.#given.handling);
    if (outcome instanceof Promise) void outcome.then((later) => this.#end(loan, later));
    else this.#end(loan, outcome);
  }

  /** The first decision counts. */
  #end(loan: Loan, ended: LoanEnd): void {
    if (loan.ended !== undefined) return;
    loan.ended = ended;
    loan.watch?.decided();
    this.#renewal.drop(loan);
    this.#intake.decided(loan.batch);
    if (ended === "lost") {
      this.#intake.lost();
      reportEnd(this.#given, loan, ended);
    } else {
      const settlement = settlementOf(loan.delivery, ended, this.#given.handling.options);
      const patienceMs = this.#patient ? this.#patience(loan, ended) : 0;
      this.#settlements.add(settlement, outcomeSize(ended), loan, 0, patienceMs);
    }
    loan.onEnd?.(kindOf(ended));
    if (loan.startedAt !== undefined) this.#slots.free();
    this.#onDecided();
  }

  /** Work that is done can wait for more of it, as long as there may be more and its lease is far from its end. */
  #patience({ leaseEnd }: Loan, { kind }: Outcome): number {
    if (kind !== "ack" || this.#renewal.loans.size === 0) return 0;
    const left = leaseEnd - this.#given.clock.now();
    return Math.max(0, Math.floor(Math.min(ACK_LINGER_MS, left / 10)));
  }

  #lose(loan: Loan): void {
    loan.abort(LEASE_LOST);
    this.#end(loan, "lost");
  }

  #timeOut(loan: Loan): void {
    const error = handlerTimeout(this.#given.timeoutMs);
    loan.abort(error);
    this.#end(loan, failed(loan.delivery, this.#given.handling, error));
  }

  async #drain(deadlineMs: number): Promise<void> {
    const { clock } = this.#given;
    const stopped = this.#intake.stop();
    this.#releaseUnstarted();
    await stopped;
    await this.#handlersUntil(clock.now() + deadlineMs);
    for (const loan of [...this.#renewal.loans]) {
      loan.abort({ code: "ABORTED", message: "the process is shutting down" });
      this.#end(loan, RELEASE);
    }
    await this.#settlements.idle();
    await this.#intake.receiver?.close();
  }

  async #handlersUntil(deadline: number): Promise<void> {
    const done = new AbortController();
    this.#onDecided = () => {
      if (this.#renewal.loans.size === 0) done.abort();
    };
    this.#onDecided();
    await pause(this.#given.clock, deadline - this.#given.clock.now(), done.signal);
  }
}
