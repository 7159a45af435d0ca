import type { Outcomes } from "./outcomes.ts";
import type { QueueParts } from "./parts.ts";
import type { Waiters } from "./waiters.ts";

/** Of one commit at most: some milliseconds of work. */
const MOST_MESSAGES = 1_024;
const MOST_BYTES = 2 * 1024 * 1024;
/** Taken at once; the last time bytes may exceed what is allowed by so many messages. */
const SOME = 16;

/** Sends what is ready to the dead letters, for a queue that is paused so: as many in each commit as it can bear. */
export class Burial {
  readonly #parts: QueueParts;
  readonly #outcomes: Outcomes;
  readonly #waiters: Waiters;
  readonly #changed: () => void;

  constructor(
    parts: QueueParts,
    options: {
      readonly outcomes: Outcomes;
      readonly waiters: Waiters;
      /** Called when there is more to do. */
      readonly changed: () => void;
    },
  ) {
    this.#parts = parts;
    this.#outcomes = options.outcomes;
    this.#waiters = options.waiters;
    this.#changed = options.changed;
  }

  /** With the commit being built. */
  step(now: number, reason: string, failed: (error: unknown) => void): void {
    const { name } = this.#parts.spec();
    const error = { code: "PAUSED", message: `queue "${name}" is paused: ${reason}` };
    const { order } = this.#parts;
    order.begin();
    let bytes = 0;
    let messages = 0;
    while (messages < MOST_MESSAGES && bytes < MOST_BYTES) {
      const lease = this.#waiters.claim(SOME, now);
      if (lease === undefined) break;
      messages += lease.places.length;
      bytes += this.#outcomes.buryUnseen(lease, error);
    }
    for (const lane of this.#parts.lanes()) lane.readAhead(SOME, this.#changed, failed);
    // The rest in a later turn, so that others have theirs.
    if (messages >= MOST_MESSAGES || bytes >= MOST_BYTES || order.cut) {
      setImmediate(this.#changed);
    }
  }
}
