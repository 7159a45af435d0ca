import type { AlienError } from "@alienplatform/core";
import type { Clock } from "../clock.ts";
import { pause } from "../pause.ts";
import { Batcher } from "./batcher.ts";
import { type DeliveryEvent, deliveryEvent } from "./delivery-event.ts";
import type {
  Delivery,
  Outcome,
  QueueDriver,
  Receiver,
  Settlement,
  SettleResult,
} from "./driver.ts";
import { type Ended, runInGroupOrder } from "./group-order.ts";
import { failed, type Handling, handleDelivery } from "./handle.ts";
import { type Batch, Intake } from "./intake.ts";
import { LeaseRenewal } from "./lease-renewal.ts";
import { Loan, type LoanKeeper } from "./loan.ts";
import { outcomeSize } from "./outcome-size.ts";
import { retryItems } from "./retry.ts";
import { Slots } from "./slots.ts";

const CONCURRENCY = 10;

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
  readonly #settlements: Batcher<Settlement, SettleResult>;
  #draining: Promise<void> | undefined;
  #onDecided: () => void = () => undefined;

  constructor(driver: QueueDriver, options: ConsumerOptions) {
    const { handling, clock, timeoutMs } = options;
    const { capabilities } = driver;
    const { concurrency: limit, fifo } = handling.options;
    this.#given = options;
    const count = Math.min(options.concurrency ?? CONCURRENCY, limit ?? Number.POSITIVE_INFINITY);
    this.#intake = new Intake({
      open: () => this.#open(driver, count),
      concurrency: count,
      // What waits here counts against the queue's limit, holds up its group, and must be given back uncounted.
      ahead: limit === undefined && fifo === undefined && capabilities.release,
      most: capabilities.max.receive,
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
      leaseMs: handling.options.leaseMs,
      timeoutMs,
      extend: capabilities.extend
        ? async (loans, leaseMs) => (await this.#intake.receiver?.extend(loans, leaseMs)) ?? []
        : undefined,
      most: capabilities.max.batch,
      onError: (error) => options.onError?.(error),
      onLost: (loan) => this.#lose(loan),
      onTimeout: (loan) => this.#timeOut(loan),
    });
    this.#settlements = new Batcher({
      maxItems: capabilities.max.batch,
      maxBytes: capabilities.max.batchBytes,
      run: (batch) => this.#settle(batch),
    });
  }

  start(): void {
    this.#intake.pump();
  }

  /** Stops receiving, lets handlers finish until the deadline, gives the rest back, then closes. */
  drain(deadlineMs: number): Promise<void> {
    this.#draining ??= this.#drain(deadlineMs);
    return this.#draining;
  }

  async extend(loan: Loan, leaseMs: number): Promise<void> {
    const leaseEnd = this.#given.clock.now() + leaseMs;
    const [result] = (await this.#intake.receiver?.extend([loan.delivery], leaseMs)) ?? [];
    if (result?.ok) this.#renewal.leased(loan, leaseEnd);
    else if (result !== undefined) throw result.error;
  }

  settled(loan: Loan, result: SettleResult): void {
    this.#intake.settled();
    if (result.ok) this.#report(loan, loan.ended ?? "lost");
    else {
      if (result.error.code !== "RECEIPT_EXPIRED") this.#given.onError?.(result.error);
      this.#report(loan, "lost", result.error);
    }
  }

  #open(driver: QueueDriver, handlers: number): Promise<Receiver> {
    return driver.open({
      credit: handlers,
      handlers,
      leaseMs: this.#given.handling.options.leaseMs,
      onLost: (delivery) => {
        for (const loan of this.#renewal.loans) {
          if (loan.delivery.receipt === delivery.receipt) this.#lose(loan);
        }
      },
    });
  }

  #begin(deliveries: readonly Delivery[], batch: Batch): void {
    const leaseEnd = batch.takenAt + this.#given.handling.options.leaseMs;
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
    loan.startedAt = this.#given.clock.now();
    this.#renewal.started(loan);
    const outcome = handleDelivery(loan.delivery, this.#given.handling, loan);
    if (outcome instanceof Promise) void outcome.then((later) => this.#end(loan, later));
    else this.#end(loan, outcome);
  }

  /** The first decision counts. */
  #end(loan: Loan, ended: Outcome | "lost"): void {
    if (loan.ended !== undefined) return;
    loan.ended = ended;
    this.#renewal.drop(loan);
    this.#intake.decided(loan.batch);
    if (ended === "lost") {
      this.#intake.lost();
      this.#report(loan, ended);
    } else {
      const settlement = { delivery: loan.delivery, outcome: ended };
      this.#settlements.add(settlement, outcomeSize(ended), loan, 0);
    }
    loan.onEnd?.(kindOf(ended));
    if (loan.startedAt !== undefined) this.#slots.free();
    this.#onDecided();
  }

  async #settle(batch: readonly Settlement[]): Promise<readonly SettleResult[]> {
    this.#intake.settling(batch.length);
    const { clock, handling } = this.#given;
    const receiver = this.#intake.receiver as Receiver; // what is settled was taken from it
    return retryItems(batch, (items) => receiver.settle(items), { clock, random: handling.random });
  }

  #lose(loan: Loan): void {
    loan.abort({ code: "LEASE_EXPIRED", message: "the lease was lost; the message comes back" });
    this.#end(loan, "lost");
  }

  #timeOut(loan: Loan): void {
    const message = `the handler took longer than ${this.#given.timeoutMs} ms`;
    const error = { code: "TimeoutError", message };
    loan.abort(error);
    this.#end(loan, failed(loan.delivery, this.#given.handling, error));
  }

  async #drain(deadlineMs: number): Promise<void> {
    const { clock } = this.#given;
    const stopped = this.#intake.stop();
    for (const loan of [...this.#renewal.loans]) {
      if (loan.startedAt === undefined) this.#end(loan, RELEASE);
    }
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

  #report(loan: Loan, ended: Outcome | "lost", lostTo?: AlienError): void {
    const { onEvent, onError, clock, handling } = this.#given;
    try {
      onEvent?.(deliveryEvent(handling.queue, loan, ended, clock.now(), lostTo));
    } catch (error) {
      // Whoever listens must not end the consumer.
      onError?.(error);
    }
  }
}

const RELEASE: Outcome = { kind: "release" };

function kindOf(ended: Outcome | "lost"): Ended {
  return ended === "lost" ? ended : ended.kind;
}
