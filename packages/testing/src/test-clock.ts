import { type Clock, VirtualClock } from "@alienplatform/bindings";
import { type Duration, parseDuration } from "@alienplatform/core";

/** The time of a test: stands still until it is advanced. */
export class TestClock implements Clock {
  readonly #virtual: VirtualClock;

  /** Starts on 1 January 2030 unless told otherwise. */
  constructor(start?: Date) {
    this.#virtual = start === undefined ? new VirtualClock() : new VirtualClock(start.getTime());
  }

  now(): number {
    return this.#virtual.now();
  }

  schedule(delayMs: number, run: () => void): () => void {
    return this.#virtual.schedule(delayMs, run);
  }

  /** Lets time pass ("2h"): delays end, leases run out, retries fall due, in order of time. */
  advance(by: Duration): Promise<void> {
    return this.#virtual.advance(parseDuration(by));
  }
}
