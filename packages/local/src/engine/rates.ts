import type { QueueRates } from "@alienplatform/bindings";
import { WaitTimes } from "./wait-times.ts";

const SLOT_MS = 5_000;
const SLOTS = 12;
const KINDS = ["sent", "acked", "failed"] as const;

/** What went on in a queue in the last minute, as far as this process has owned it: counted in memory, in slots of five seconds. */
export class Rates {
  /** Since the last call of fold(). */
  sent = 0;
  acked = 0;
  failed = 0;
  readonly #since: number;
  /** The number of the slot that is being filled. */
  #slot: number;
  readonly #counts: readonly Float64Array[] = KINDS.map(() => new Float64Array(SLOTS));
  readonly #waits = new WaitTimes(SLOTS);

  constructor(now: number) {
    this.#since = now;
    this.#slot = Math.floor(now / SLOT_MS);
  }

  /** So many messages were taken that had been ready for so long, in the slot that is being filled. */
  waited(waitedMs: number, messages: number): void {
    this.#waits.add(this.#slot % SLOTS, waitedMs, messages);
  }

  /** Puts what was counted into the slot of now. A clock that is set back goes on filling the last one. */
  fold(now: number): void {
    const slot = Math.floor(now / SLOT_MS);
    for (let next = Math.max(this.#slot, slot - SLOTS) + 1; next <= slot; next++) {
      for (const counts of this.#counts) counts[next % SLOTS] = 0;
      this.#waits.clear(next % SLOTS);
    }
    this.#slot = Math.max(this.#slot, slot);
    for (const [index, kind] of KINDS.entries()) {
      const counts = this.#counts[index];
      if (counts !== undefined && this[kind] > 0) {
        counts[this.#slot % SLOTS] = (counts[this.#slot % SLOTS] ?? 0) + this[kind];
      }
      this[kind] = 0;
    }
  }

  /** Per second; a queue that was opened a moment ago counts as open for one slot. */
  perSecond(now: number): QueueRates {
    this.fold(now);
    // The slot that is being filled counts for as much of it as has passed.
    const slotsMs = (SLOTS - 1) * SLOT_MS + (now % SLOT_MS);
    const seconds = Math.max(SLOT_MS, Math.min(slotsMs, now - this.#since)) / 1_000;
    const [sent = 0, acked = 0, failed = 0] = this.#counts.map(
      (counts) => counts.reduce((sum, count) => sum + count, 0) / seconds,
    );
    const waitedMs = this.#waits.percentiles();
    return { sent, acked, failed, ...(waitedMs !== undefined && { waitedMs }) };
  }
}
