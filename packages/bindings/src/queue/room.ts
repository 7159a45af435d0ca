import type { Clock } from "../clock.ts";

/** How long room for a few waits to become room for more: a quarter of what a message takes, within these. */
const LONGEST_MS = 250;
const SHARE = 1 / 4;
/** How much of the mean is the newest. */
const NEWEST = 1 / 8;

export interface RoomOptions {
  readonly clock: Clock;
  /** The shortest wait: about a round trip. */
  readonly lingerMs: number;
  /** There was room for long enough. */
  readonly onDue: () => void;
}

/**
 * Room for new messages, where each take is paid for: handlers that finish one by one must not cost a take each, and
 * a handler that takes long must not keep the others idle.
 */
export class Room {
  readonly #given: RoomOptions;
  #meanMs: number | undefined;
  #due = false;
  #waiting = false;
  #cancel: () => void = () => undefined;

  constructor(options: RoomOptions) {
    this.#given = options;
  }

  /** One message took so long. */
  took(ms: number): void {
    const mean = this.#meanMs ?? ms;
    // Less than nothing: the clock was set back.
    this.#meanMs = Math.max(0, mean + (ms - mean) * NEWEST);
  }

  /** Whether room for less than a full take is to be filled now. */
  isDue(): boolean {
    if (this.#due || this.#waiting) return this.#due;
    const { clock, lingerMs, onDue } = this.#given;
    const delayMs = Math.max(lingerMs, Math.min(LONGEST_MS, (this.#meanMs ?? 0) * SHARE));
    this.#waiting = true;
    this.#cancel = clock.schedule(delayMs, () => {
      this.#waiting = false;
      this.#due = true;
      onDue();
    });
    return false;
  }

  /** It is being filled, or nobody will. */
  filled(): void {
    this.#cancel();
    this.#waiting = false;
    this.#due = false;
  }
}
