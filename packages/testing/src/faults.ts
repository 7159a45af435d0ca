import type { Delivery, Receiver, SettleResult } from "@alienplatform/bindings";

/** A message on loan through the kit. */
export interface KnownLoan {
  readonly delivery: Delivery;
  readonly receiver: Receiver;
  readonly onLost: ((delivery: Delivery) => void) | undefined;
}

/** What is to go wrong with one queue's deliveries, and what is on loan of it. */
export class Faults {
  /** What the next deliveries' handlers seem to throw. */
  readonly failures: unknown[] = [];
  lostAcks = 0;
  duplicates = 0;
  /** By receipt. */
  readonly loans = new Map<string, KnownLoan>();
  /** Ids that are delivered once more; their next acknowledgement counts. */
  readonly #again = new Set<string>();
  /** Receipts whose message was put back instead: a repeated acknowledgement succeeds. */
  readonly #answered = new Set<string>();

  /** What becomes of this acknowledgement. */
  acknowledge(receipt: string): "keep" | "lose" | "putBack" | "repeat" {
    if (this.#answered.has(receipt)) return "repeat";
    const id = this.loans.get(receipt)?.delivery.id;
    if (id === undefined) return "keep";
    if (this.lostAcks > 0) {
      this.lostAcks--;
      return "lose";
    }
    if (this.#again.delete(id) || this.duplicates === 0) return "keep";
    this.duplicates--;
    this.#again.add(id);
    this.#answered.add(receipt);
    return "putBack";
  }

  /** Ends the loan of the message now; undefined where it is not on loan. */
  async expire(id: string): Promise<SettleResult | undefined> {
    const loan = [...this.loans.values()].findLast(({ delivery }) => delivery.id === id);
    if (loan === undefined) return undefined;
    const { delivery, receiver, onLost } = loan;
    this.loans.delete(delivery.receipt);
    const [result] = await receiver.extend([delivery], 0);
    if (result?.ok) onLost?.(delivery);
    return result;
  }
}
