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
import { LeaseRenewal } from "./lease-renewal.ts";
import { Loan, type LoanKeeper } from "./loan.ts";
import { outcomeSize } from "./outcome-size.ts";
import { retryItems } from "./retry.ts";

const POLL_MS = 20_000;
const CONCURRENCY = 10;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;

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
  readonly #driver: QueueDriver;
  readonly #given: ConsumerOptions;
  readonly #concurrency: number;
  readonly #stop = new AbortController();
  readonly #renewal: LeaseRenewal;
  readonly #settlements: Batcher<Settlement, SettleResult>;
  #receiver: Receiver | undefined;
  #looping: Promise<void> | undefined;
  #draining: Promise<void> | undefined;
  /** Taken and not yet decided. */
  #taken = 0;
  /** Decided and not yet known to be settled. */
  #settling = 0;
  #onRoom: () => void = () => undefined;

  constructor(driver: QueueDriver, options: ConsumerOptions) {
    const { handling, clock, timeoutMs } = options;
    const { capabilities } = driver;
    this.#driver = driver;
    this.#given = options;
    const limit = handling.options.concurrency ?? Number.POSITIVE_INFINITY;
    this.#concurrency = Math.min(options.concurrency ?? CONCURRENCY, limit);
    this.#renewal = new LeaseRenewal({
      clock,
      leaseMs: handling.options.leaseMs,
      timeoutMs,
      renew: capabilities.extend ? (loans) => this.#renew(loans) : undefined,
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
    this.#looping ??= this.#loop();
  }

  /** Stops receiving, lets handlers finish until the deadline, gives the rest back, then closes. */
  drain(deadlineMs: number): Promise<void> {
    this.#draining ??= this.#drain(deadlineMs);
    return this.#draining;
  }

  async extend(loan: Loan, leaseMs: number): Promise<void> {
    const leaseEnd = this.#given.clock.now() + leaseMs;
    const [result] = (await this.#receiver?.extend([loan.delivery], leaseMs)) ?? [];
    if (result?.ok) this.#renewal.leased(loan, leaseEnd);
    else if (result !== undefined) throw result.error;
  }

  settled(loan: Loan, result: SettleResult): void {
    this.#settling--;
    this.#onRoom();
    if (result.ok) this.#report(loan, loan.ended ?? "lost");
    else {
      if (result.error.code !== "RECEIPT_EXPIRED") this.#given.onError?.(result.error);
      this.#report(loan, "lost", result.error);
    }
  }

  async #loop(): Promise<void> {
    const { clock, handling } = this.#given;
    for (let failures = 0; !this.#stop.signal.aborted; ) {
      const room = this.#room();
      if (room === 0) {
        await new Promise<void>((resolve) => {
          this.#onRoom = resolve;
        });
        continue;
      }
      try {
        this.#receiver ??= await this.#open();
        const most = Math.min(room, this.#driver.capabilities.max.receive);
        this.#begin(await this.#receiver.take(most, POLL_MS, this.#stop.signal));
        failures = 0;
      } catch (error) {
        this.#given.onError?.(error);
        const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures++);
        await pause(clock, (longest * (1 + handling.random())) / 2, this.#stop.signal);
      }
    }
  }

  /** Decided ones make room at once, so that settling and taking overlap; but they cannot pile up. */
  #room(): number {
    const limit = this.#concurrency;
    return Math.max(0, Math.min(limit - this.#taken, 2 * limit - this.#taken - this.#settling));
  }

  #open(): Promise<Receiver> {
    return this.#driver.open({
      credit: this.#concurrency,
      leaseMs: this.#given.handling.options.leaseMs,
      onLost: (delivery) => {
        for (const loan of this.#renewal.loans) {
          if (loan.delivery.receipt === delivery.receipt) this.#lose(loan);
        }
      },
    });
  }

  #begin(deliveries: readonly Delivery[]): void {
    const now = this.#given.clock.now();
    const leaseEnd = now + this.#given.handling.options.leaseMs;
    this.#taken += deliveries.length;
    const loans = deliveries.map((delivery) => {
      const loan = new Loan(delivery, Math.min(delivery.leaseUntil ?? leaseEnd, leaseEnd), this);
      this.#renewal.track(loan);
      return loan;
    });
    void runInGroupOrder(
      loans,
      ({ delivery }) => delivery.group,
      (loan) => this.#run(loan),
      (loan) => this.#end(loan, RELEASE),
    );
  }

  /** Resolves when the delivery is decided, which may be before its handler returns. */
  #run(loan: Loan): Promise<Ended> {
    if (this.#stop.signal.aborted) this.#end(loan, RELEASE);
    if (loan.ended !== undefined) return Promise.resolve(kindOf(loan.ended));
    loan.startedAt = this.#given.clock.now();
    this.#renewal.started(loan);
    return new Promise((resolve) => {
      loan.onEnd = resolve;
      void handleDelivery(loan.delivery, this.#given.handling, loan).then((outcome) =>
        this.#end(loan, outcome),
      );
    });
  }

  /** The first decision counts. */
  #end(loan: Loan, ended: Outcome | "lost"): void {
    if (loan.ended !== undefined) return;
    loan.ended = ended;
    this.#renewal.drop(loan);
    if (ended === "lost") {
      this.#taken--;
      this.#onRoom();
      this.#report(loan, ended);
    } else {
      const settlement = { delivery: loan.delivery, outcome: ended };
      this.#settlements.add(settlement, outcomeSize(ended), loan, 0);
    }
    loan.onEnd?.(kindOf(ended));
  }

  async #settle(batch: readonly Settlement[]): Promise<readonly SettleResult[]> {
    this.#taken -= batch.length;
    this.#settling += batch.length;
    this.#onRoom();
    const { clock, handling } = this.#given;
    const receiver = this.#receiver as Receiver; // what is settled was taken from it
    return retryItems(batch, (items) => receiver.settle(items), { clock, random: handling.random });
  }

  async #renew(loans: readonly Loan[]): Promise<void> {
    const { clock, handling } = this.#given;
    const { leaseMs } = handling.options;
    const most = this.#driver.capabilities.max.batch;
    for (let start = 0; start < loans.length; start += most) {
      const some = loans.slice(start, start + most);
      const leaseEnd = clock.now() + leaseMs;
      try {
        const deliveries = some.map(({ delivery }) => delivery);
        const results = (await this.#receiver?.extend(deliveries, leaseMs)) ?? [];
        for (const [index, loan] of some.entries()) {
          const result = results[index];
          if (loan.ended !== undefined || result === undefined) continue;
          if (result.ok) this.#renewal.leased(loan, leaseEnd);
          else if (!result.error.retryable) this.#lose(loan);
        }
      } catch (error) {
        // Asked again before the lease ends.
        this.#given.onError?.(error);
      }
    }
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
    this.#stop.abort();
    this.#onRoom();
    await this.#looping;
    for (const loan of [...this.#renewal.loans]) {
      if (loan.startedAt === undefined) this.#end(loan, RELEASE);
    }
    await this.#handlersUntil(clock.now() + deadlineMs);
    for (const loan of [...this.#renewal.loans]) {
      loan.abort({ code: "ABORTED", message: "the process is shutting down" });
      this.#end(loan, RELEASE);
    }
    await this.#settlements.idle();
    await this.#receiver?.close();
  }

  async #handlersUntil(deadline: number): Promise<void> {
    const done = new AbortController();
    this.#onRoom = () => {
      if (this.#renewal.loans.size === 0) done.abort();
    };
    this.#onRoom();
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
