import type { Clock } from "@alienplatform/bindings";

const KEPT = 1_000;
/** At most four times a second, so that a page that is told of everything has time to show it. */
const FLUSH_MS = 250;

/** The kinds of events. */
export type FeedName = "stats" | "activity" | "bindings" | "operation";

/** Something that happened, with its place in the order of all. */
export interface FeedEvent {
  readonly number: number;
  readonly name: FeedName;
  /** Undefined of what concerns no one queue. */
  readonly queue: string | undefined;
  readonly data: unknown;
}

/**
 * Collects what happens and tells it in portions, four a second at most: of what has the same key, the last; the latest
 * thousand are kept for who was away.
 */
export class Feed {
  readonly #clock: Clock;
  readonly #kept: FeedEvent[] = [];
  readonly #waiting = new Map<string, Omit<FeedEvent, "number">>();
  readonly #listeners = new Set<(events: readonly FeedEvent[]) => void>();
  #number = 0;
  #flush: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The number of the latest event; 0 before the first. */
  get latest(): number {
    return this.#number;
  }

  /** Adds an event; one of the same key that waits is merged into it, or, without `merge`, replaced. */
  add(
    key: string,
    event: Omit<FeedEvent, "number">,
    merge: (before: unknown, now: unknown) => unknown = (_, now) => now,
  ): void {
    const before = this.#waiting.get(key);
    const data = before === undefined ? event.data : merge(before.data, event.data);
    this.#waiting.set(key, { ...event, data });
    this.#flush ??= this.#clock.schedule(FLUSH_MS, () => this.#tell());
  }

  /** What came after that number; undefined where more has happened since than is kept. */
  since(number: number): readonly FeedEvent[] | undefined {
    const first = this.#kept[0]?.number ?? this.#number + 1;
    if (number > this.#number || number < first - 1) return undefined;
    return this.#kept.filter((event) => event.number > number);
  }

  /** Calls the listener with each portion, until the answer is called. */
  listen(listener: (events: readonly FeedEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#flush?.();
    this.#listeners.clear();
  }

  #tell(): void {
    this.#flush = undefined;
    const events = [...this.#waiting.values()].map((event) => ({
      ...event,
      number: ++this.#number,
    }));
    this.#waiting.clear();
    this.#kept.push(...events);
    this.#kept.splice(0, Math.max(0, this.#kept.length - KEPT));
    for (const listener of this.#listeners) listener(events);
  }
}
