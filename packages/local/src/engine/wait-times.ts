/** Four to each doubling, from nothing to 30 days and more. */
const STEPS = 4;
const BUCKETS = 32 * STEPS;

/** How long messages waited, in some slots of time: counted by the logarithm, so exact to a fifth. */
export class WaitTimes {
  readonly #slots: readonly Uint32Array[];

  constructor(slots: number) {
    this.#slots = Array.from({ length: slots }, () => new Uint32Array(BUCKETS));
  }

  add(slot: number, waitedMs: number, messages: number): void {
    const bucket = Math.floor(Math.log2(Math.max(0, waitedMs) + 1) * STEPS);
    const counts = this.#slots[slot];
    if (counts === undefined) return;
    const at = Math.min(BUCKETS - 1, bucket);
    counts[at] = (counts[at] ?? 0) + messages;
  }

  clear(slot: number): void {
    this.#slots[slot]?.fill(0);
  }

  /** Undefined where nothing was counted. */
  percentiles(): { readonly p50: number; readonly p95: number } | undefined {
    const sums = new Float64Array(BUCKETS);
    let all = 0;
    for (const counts of this.#slots) {
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        const count = counts[bucket] ?? 0;
        sums[bucket] = (sums[bucket] ?? 0) + count;
        all += count;
      }
    }
    return all === 0 ? undefined : { p50: upTo(sums, all * 0.5), p95: upTo(sums, all * 0.95) };
  }
}

/** The longest wait of the bucket in which so many are reached. */
function upTo(sums: Float64Array, messages: number): number {
  let reached = 0;
  let bucket = 0;
  for (; bucket < BUCKETS - 1; bucket++) {
    reached += sums[bucket] ?? 0;
    if (reached >= messages) break;
  }
  return Math.floor(2 ** ((bucket + 1) / STEPS) - 1);
}
