import type { Clock, Delivery, Settlement, SettleResult, Settler } from "@alienplatform/bindings";
import { DEADLINE_SECONDS } from "../capabilities.ts";
import { Copies, needsCopy } from "./copies.ts";
import { Loans } from "./loans.ts";
import type { PubSubQueue } from "./pubsub-queue.ts";
import { readReceipt } from "./receipt.ts";

/** Settles what was pulled from one queue: a copy first, where the outcome is one, then the loan. */
export class PubSubSettler implements Settler {
  readonly #queue: PubSubQueue;
  readonly #copies: Copies;
  readonly #loans: Loans;

  constructor(queue: PubSubQueue, clock: Clock) {
    this.#queue = queue;
    this.#copies = new Copies(queue, clock);
    this.#loans = new Loans(queue);
  }

  async settle(
    batch: readonly Settlement[],
    signal?: AbortSignal,
  ): Promise<readonly SettleResult[]> {
    if (batch.every(({ outcome }) => outcome.kind === "ack")) {
      const ackIds = batch.map(({ delivery }) => readReceipt(delivery.receipt).ackId);
      return this.#loans.end(ackIds, signal);
    }
    const results = new Map<Settlement, SettleResult>();
    // Copied first: a crash in between leaves two of a message, and never none.
    const copied = new Set(batch.filter((one) => needsCopy(one, this.#queue)));
    for (const [settlement, error] of await this.#copies.publish([...copied], signal)) {
      results.set(settlement, { ok: false, error });
    }
    const byLoan = new Map<"ends" | number, Settlement[]>();
    for (const settlement of batch) {
      if (results.has(settlement)) continue;
      const loan = copied.has(settlement) ? "ends" : loanOf(settlement);
      const same = byLoan.get(loan);
      if (same === undefined) byLoan.set(loan, [settlement]);
      else same.push(settlement);
    }
    const settling = [...byLoan].map(async ([loan, settlements]) => {
      const ackIds = settlements.map(({ delivery }) => readReceipt(delivery.receipt).ackId);
      const settled =
        loan === "ends"
          ? await this.#loans.end(ackIds, signal)
          : await this.#loans.lend(ackIds, loan, signal);
      for (const [index, settlement] of settlements.entries()) {
        results.set(settlement, settled[index] ?? UNKNOWN);
      }
    });
    await Promise.all(settling);
    return batch.map((settlement) => results.get(settlement) ?? UNKNOWN);
  }

  async extend(
    deliveries: readonly Delivery[],
    leaseMs: number,
    signal?: AbortSignal,
  ): Promise<readonly SettleResult[]> {
    const ackIds = deliveries.map(({ receipt }) => readReceipt(receipt).ackId);
    return this.#loans.lend(ackIds, toSeconds(leaseMs), signal);
  }
}

const UNKNOWN: SettleResult = { ok: true, applied: "unknown" };

/** Pub/Sub has no nack with a delay: a loan that is left to end is one. In seconds from now. */
function loanOf({ outcome }: Settlement): "ends" | number {
  if (outcome.kind === "ack") return "ends";
  return outcome.kind === "retry" ? toSeconds(outcome.delayMs) : 0;
}

/** Whole seconds, never less than asked for; Pub/Sub takes no more than 600. */
export function toSeconds(ms: number): number {
  return Math.min(DEADLINE_SECONDS, Math.max(0, Math.ceil(ms / 1_000)));
}
