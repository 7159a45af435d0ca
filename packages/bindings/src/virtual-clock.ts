import { type Duration, parseDuration } from "@alienplatform/core";
import type { Clock } from "./clock.ts";

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** A clock that stands still until it is advanced, so that no test sleeps. */
export class VirtualClock implements Clock {
  #now: number;
  /** By time; among equals the one scheduled first comes first. */
  readonly #timers: Timer[] = [];

  constructor(startMs = Date.UTC(2030, 0, 1)) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  /** When the next timer is due, milliseconds since the epoch; undefined where nothing waits for time to pass. */
  get next(): number | undefined {
    return this.#timers[0]?.at;
  }

  schedule(delayMs: number, run: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, delayMs), run };
    const after = this.#timers.findIndex(({ at }) => at > timer.at);
    this.#timers.splice(after === -1 ? this.#timers.length : after, 0, timer);
    return () => {
      const index = this.#timers.indexOf(timer);
      if (index !== -1) this.#timers.splice(index, 1);
    };
  }

  /** Moves on by milliseconds or "2h" and fires what falls due, in order of time; promise chains settle in between. */
  async advance(by: number | Duration): Promise<void> {
    const until = this.#now + (typeof by === "number" ? by : parseDuration(by));
    await settle();
    for (let timer = this.#due(until); timer !== undefined; timer = this.#due(until)) {
      this.#now = Math.max(this.#now, timer.at);
      timer.run();
      await settle();
    }
    this.#now = until;
  }

  #due(until: number): Timer | undefined {
    const first = this.#timers[0];
    return first !== undefined && first.at <= until ? this.#timers.shift() : undefined;
  }
}

// As it is before a test replaces the global timers by fake ones, which would not let a turn pass.
const soon = setImmediate;

/** One turn empties the microtask queue; the further ones serve code that itself yields to the event loop. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => soon(resolve));
}
