import { type Clock, pause } from "@alienplatform/bindings";

const FIRST_MS = 100;
/** Each poll of an empty queue is an operation that is paid for: at one a second about 2.6 million a month. */
const LONGEST_MS = 1_000;

/** The pauses of one wait: short at first, for what is about to come, then a second. */
export class PollPause {
  readonly #clock: Clock;
  #nextMs = FIRST_MS;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** No longer than `leftMs`; ends early with the signal. */
  wait(leftMs: number, signal: AbortSignal | undefined): Promise<void> {
    const pauseMs = Math.min(leftMs, this.#nextMs);
    this.#nextMs = Math.min(LONGEST_MS, this.#nextMs * 2);
    return pause(this.#clock, pauseMs, signal);
  }
}
