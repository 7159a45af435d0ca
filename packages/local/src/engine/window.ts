import type { Segment } from "./segment.ts";

/** How many bytes of segments the whole store keeps in memory; segments that are all on loan go first. */
export class WindowBudget {
  readonly #limit: number;
  #used = 0;
  /** Oldest first. */
  readonly #passed = new Set<Segment>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether a segment far from the cursor may stay in memory. */
  get roomy(): boolean {
    return this.#used < this.#limit;
  }

  add(segment: Segment): void {
    this.#used += segment.bytes?.length ?? 0;
    for (const oldest of this.#passed) {
      if (this.#used <= this.#limit) break;
      this.free(oldest);
    }
  }

  /** Nothing is left to claim in it: its bytes are wanted only where a message fails. */
  pass(segment: Segment): void {
    if (segment.bytes !== undefined) this.#passed.add(segment);
  }

  free(segment: Segment): void {
    this.#used -= segment.bytes?.length ?? 0;
    segment.bytes = undefined;
    this.#passed.delete(segment);
  }
}
