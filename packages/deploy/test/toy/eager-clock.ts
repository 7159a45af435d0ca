import type { Clock } from "@alienplatform/core";

// As it is before a test replaces the global timers.
const soon = setImmediate;

/** Time passes when nothing else happens: the next timer is due as soon as the event loop has come around. */
export class EagerClock implements Clock {
  #now = Date.UTC(2030, 0, 1);
  #timers: { readonly at: number; readonly run: () => void }[] = [];
  #isTurning = false;

  now(): number {
    return this.#now;
  }

  schedule(delayMs: number, run: () => void): () => void {
    const timer = { at: this.#now + delayMs, run };
    this.#timers.push(timer);
    this.#turn();
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  /** Moves on without firing what falls due on the way. */
  jump(byMs: number): void {
    this.#now += byMs;
  }

  /** Fires nothing any more: its process is dead. */
  stop(): void {
    this.#timers = [];
  }

  #turn(): void {
    if (this.#isTurning) return;
    this.#isTurning = true;
    soon(() => {
      this.#isTurning = false;
      const [next] = [...this.#timers].sort((one, other) => one.at - other.at);
      if (next === undefined) return;
      this.#timers = this.#timers.filter((each) => each !== next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
      if (this.#timers.length > 0) this.#turn();
    });
  }
}
