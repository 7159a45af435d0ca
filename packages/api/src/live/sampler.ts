import type { Clock, QueueStats } from "@alienplatform/bindings";
import type { Served } from "../served.ts";
import { countsOf, type QueueView, queueView } from "../view/queue.ts";

const KEPT_MS = 600_000;
/** How often to look, and for how long after somebody has asked and does not listen. */
export interface Pace {
  readonly everyMs: number;
  readonly idleMs: number;
}

/** On this machine a look costs nothing, so that who comes back soon finds no gap. */
export const LOCAL_PACE: Pace = { everyMs: 1_000, idleMs: 900_000 };
/** In a cloud each is requests that are paid for: those of a page that is open, or of a program that asks now and then. */
export const CLOUD_PACE: Pace = { everyMs: 10_000, idleMs: 20_000 };

/** The counts of a queue at a time. */
export interface Sample {
  readonly at: number;
  readonly stats: Omit<QueueStats, "paused">;
}

/** Looks at the counts of every queue at its pace, from the first time that it is asked, while somebody listens or has asked. */
export class Sampler {
  readonly #served: Served;
  readonly #clock: Clock;
  readonly #pace: Pace;
  readonly #samples = new Map<string, Sample[]>();
  readonly #listeners = new Set<(views: readonly QueueView[]) => void>();
  #askedAt = Number.NEGATIVE_INFINITY;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #next: (() => void) | undefined;
  #looking = false;
  #closed = false;

  constructor(served: Served, clock: Clock, pace: Pace) {
    this.#served = served;
    this.#clock = clock;
    this.#pace = pace;
  }

  /** Of the last ten minutes, oldest first; who asks for them now and then keeps it looking. */
  samples(queue: string): readonly Sample[] {
    this.#askedAt = this.#clock.now();
    this.#begin();
    return this.#samples.get(queue) ?? [];
  }

  /** Calls the listener after each look, until the answer is called. */
  listen(listener: (views: readonly QueueView[]) => void): () => void {
    this.#listeners.add(listener);
    this.#begin();
    return () => {
      this.#listeners.delete(listener);
      if (this.#wanted()) return;
      this.#next?.();
      this.#next = undefined;
    };
  }

  close(): void {
    this.#closed = true;
    this.#next?.();
  }

  #begin(): void {
    if (this.#next === undefined && !this.#looking && !this.#closed) this.#schedule();
  }

  /** At once where the last look is long past: who comes and goes makes it look no more often. */
  #schedule(): void {
    const waitMs = this.#lookedAt + this.#pace.everyMs - this.#clock.now();
    if (waitMs <= 0) void this.#look();
    else this.#next = this.#clock.schedule(waitMs, () => void this.#look());
  }

  #wanted(): boolean {
    return this.#listeners.size > 0 || this.#clock.now() - this.#askedAt <= this.#pace.idleMs;
  }

  async #look(): Promise<void> {
    this.#next = undefined;
    this.#looking = true;
    const at = this.#clock.now();
    this.#lookedAt = at;
    const stack = this.#served.queues.stack();
    const looks = this.#served
      .all()
      .map((queue) => queueView(queue, this.#served.operations(queue.id), stack));
    // One that cannot be looked at now has a gap, and keeps back no other.
    const views = (await Promise.allSettled(looks)).flatMap((look) =>
      look.status === "fulfilled" ? [look.value] : [],
    );
    this.#looking = false;
    if (this.#closed) return;
    for (const { id, stats } of views) if (stats !== undefined) this.#keep(id, { at, stats });
    for (const listener of this.#listeners) listener(views);
    if (!this.#wanted()) return;
    const waitMs = this.#pace.everyMs;
    this.#next = this.#clock.schedule(waitMs, () => void this.#look());
  }

  #keep(queue: string, sample: Sample): void {
    const kept = this.#samples.get(queue) ?? [];
    kept.push({ at: sample.at, stats: countsOf(sample.stats) });
    while ((kept[0]?.at ?? sample.at) < sample.at - KEPT_MS) kept.shift();
    this.#samples.set(queue, kept);
  }
}
