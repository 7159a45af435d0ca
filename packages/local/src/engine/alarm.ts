import type { Clock } from "@alienplatform/bindings";

/** A sleeping laptop's timers stand still: look at the clock at least this often. */
const LONGEST_SLEEP_MS = 60_000;

/** Rings at the earliest of the times it was set to, or before. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #at = Number.POSITIVE_INFINITY;
  #cancel: (() => void) | undefined;
  #closed = false;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  set(at: number, now: number): void {
    if (at === Number.POSITIVE_INFINITY || this.#closed) return;
    // Where the clock was set forward, the timer's time is over by the clock and not by the timer.
    if (at >= this.#at && this.#at > now) return;
    this.#cancel?.();
    this.#at = at;
    const sleepMs = Math.min(LONGEST_SLEEP_MS, Math.max(0, at - now));
    this.#cancel = this.#clock.schedule(sleepMs, () => {
      this.#at = Number.POSITIVE_INFINITY;
      this.#ring();
    });
  }

  /** It never rings again. */
  close(): void {
    this.#closed = true;
    this.#cancel?.();
  }
}
