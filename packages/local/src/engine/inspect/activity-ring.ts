import type { ActivityEvent } from "@alienplatform/bindings/operate";

/** So many of the last events are kept. */
const KEPT = 1_024;
/** And so many at most of a time in which nobody is answered: more than that nobody reads. */
const IN_A_TIME = 256;

/** The last events of a queue under numbers that count all of them, also those that were not kept. */
export class ActivityRing {
  readonly #numbers: number[] = [];
  readonly #events: ActivityEvent[] = [];
  #left = IN_A_TIME;
  /** The number of the next event. */
  next = 0;

  /** Another time begins, in which some more are kept. */
  begin(): void {
    this.#left = IN_A_TIME;
    const old = this.#events.length - KEPT;
    if (old <= 0) return;
    this.#events.splice(0, old);
    this.#numbers.splice(0, old);
  }

  /** Counts an event; answers whether it is to be kept, by keep(). */
  count(): boolean {
    this.next++;
    return this.#left > 0;
  }

  /** The event that was counted last. */
  keep(event: ActivityEvent): void {
    this.#left--;
    this.#numbers.push(this.next - 1);
    this.#events.push(event);
  }

  /** Those that are kept, from one number to before another. */
  between(from: number, to: number): readonly ActivityEvent[] {
    return this.#events.filter((_, at) => {
      const number = this.#numbers[at] ?? 0;
      return number >= from && number < to;
    });
  }
}
