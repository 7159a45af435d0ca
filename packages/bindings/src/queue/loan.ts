import { AlienError } from "@alienplatform/core";
import type { Sink } from "./batcher.ts";
import type { Delivery, Failure, Outcome, SettleResult } from "./driver.ts";
import type { Ended } from "./group-order.ts";
import type { HandlerLease } from "./handle.ts";
import type { Batch } from "./intake.ts";
import type { ProcessWatch } from "./telemetry.ts";

/** Who keeps a loan: told of its end, once. */
export interface LoanKeeper {
  extend(loan: Loan, leaseMs: number): Promise<void>;
  settled(loan: Loan, result: SettleResult): void;
}

/** One delivery in the hands of a consumer, from take to settlement. */
export class Loan implements HandlerLease, Sink<SettleResult> {
  readonly delivery: Delivery;
  /** What it was taken with. */
  readonly batch: Batch;
  leaseEnd: number;
  /** When to ask for a longer lease. */
  renewAt = Number.POSITIVE_INFINITY;
  /** Set when the handler starts. */
  startedAt: number | undefined;
  /** What was decided; later answers of the handler are dropped. */
  ended: Outcome | "lost" | undefined;
  /** Of its handler, where somebody listens. */
  watch: ProcessWatch | undefined;
  /** For the next of its FIFO group. */
  onEnd: ((ended: Ended) => void) | undefined;
  readonly #keeper: LoanKeeper;
  #controller: AbortController | undefined;
  #aborted: Failure | undefined;

  constructor(delivery: Delivery, batch: Batch, leaseEnd: number, keeper: LoanKeeper) {
    this.delivery = delivery;
    this.batch = batch;
    this.leaseEnd = leaseEnd;
    this.#keeper = keeper;
  }

  /** Made only for handlers that look at it. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted);
    }
    return this.#controller.signal;
  }

  abort(reason: Failure): void {
    this.#aborted = reason;
    this.#controller?.abort(reason);
  }

  /** A handler that was given up must not hold on to what is settled by now. */
  async extend(leaseMs: number): Promise<void> {
    if (this.ended !== undefined) throw loanOver(this.delivery);
    return this.#keeper.extend(this, leaseMs);
  }

  settle(_position: number, result: SettleResult): void {
    this.#keeper.settled(this, result);
  }
}

function loanOver({ id }: Delivery): AlienError {
  return new AlienError("RECEIPT_EXPIRED", `the loan of message ${id} is over`, {
    fix: "Stop when the handler's signal aborts: what it does after that does not count.",
    details: { id },
  });
}
