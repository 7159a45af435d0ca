import type { Clock } from "@alienplatform/bindings";
import type { Activity, ActivityEvent } from "@alienplatform/bindings/operate";
import { AlienError } from "@alienplatform/core";
import { ActivityRing } from "./activity-ring.ts";

/** Between two answers, so that a busy queue costs little. */
const ANSWER_MS = 100;
/** After the last answer events are kept so long for whoever asks on. */
const KEEP_MS = 10_000;

interface Watcher {
  readonly from: number;
  readonly resolve: (activity: Activity) => void;
  readonly reject: (error: AlienError) => void;
}

/** What happens in a queue, kept only while somebody asks. */
export class ActivityBook {
  #watched = false;
  readonly #clock: Clock;
  readonly #term: number;
  readonly #watchers = new Set<Watcher>();
  /** Of this term: events of another one are not kept any more. */
  #watch = 0;
  #ring = new ActivityRing();
  /** Events with lower numbers are sealed, and durable. */
  #sealed = 0;
  #durable = 0;
  #answeredAt = Number.NEGATIVE_INFINITY;
  #cancelAnswer: (() => void) | undefined;
  #cancelEnd: (() => void) | undefined;

  constructor(clock: Clock, term: number) {
    this.#clock = clock;
    this.#term = term;
  }

  /** Whether somebody asks. */
  get watched(): boolean {
    return this.#watched;
  }

  /**
   * Something happened, with the commit being built. Answers whether anybody is to be told what, by add(): mostly nobody
   * asks, and of a busy queue some events are enough.
   */
  happens(): boolean {
    return this.#watched && this.#ring.count();
  }

  /** What happened. */
  add(event: ActivityEvent): void {
    this.#ring.keep(event);
  }

  seal(): void {
    this.#sealed = this.#ring.next;
  }

  /** What was sealed is durable: tells those who wait. */
  committed(): void {
    if (this.#durable === this.#sealed) return;
    this.#durable = this.#sealed;
    if (this.#watchers.size > 0) this.#answerSoon();
  }

  /** Waits for what happens after a place, or after now; fails with ABORTED. */
  after(cursor: string | undefined, signal: AbortSignal | undefined): Promise<Activity> {
    if (signal?.aborted === true) return Promise.reject(aborted());
    this.#cancelEnd?.();
    if (!this.#watched) this.#begin();
    const from = cursor === undefined ? this.#durable : this.#placeOf(cursor);
    if (from === undefined) {
      this.#endLater();
      return Promise.resolve({ cursor: this.#cursor, events: [], skipped: 1 });
    }
    return new Promise((resolve, reject) => {
      const end = () => {
        this.#watchers.delete(watcher);
        signal?.removeEventListener("abort", abort);
        if (this.#watchers.size === 0) this.#endLater();
      };
      const abort = () => watcher.reject(aborted());
      const watcher: Watcher = {
        from,
        resolve: (activity) => {
          end();
          resolve(activity);
        },
        reject: (error) => {
          end();
          reject(error);
        },
      };
      this.#watchers.add(watcher);
      signal?.addEventListener("abort", abort);
      if (from < this.#durable) this.#answerSoon();
    });
  }

  get #cursor(): string {
    return `${this.#term}.${this.#watch}.${this.#durable}`;
  }

  /** Undefined where what came after it is not known: it is of another owner, or nobody had asked for too long. */
  #placeOf(cursor: string): number | undefined {
    const [term, watch, number] = cursor.split(".").map(Number);
    if (term !== this.#term || watch !== this.#watch || number === undefined) return undefined;
    return number <= this.#durable ? number : undefined;
  }

  #begin(): void {
    this.#watched = true;
    this.#watch++;
    this.#ring = new ActivityRing();
    this.#sealed = 0;
    this.#durable = 0;
  }

  #endLater(): void {
    this.#cancelEnd?.();
    this.#cancelEnd = this.#clock.schedule(KEEP_MS, () => {
      this.#watched = false;
      this.#ring = new ActivityRing();
    });
  }

  #answerSoon(): void {
    if (this.#cancelAnswer !== undefined) return;
    const since = this.#clock.now() - this.#answeredAt;
    // A clock that was set back lets nobody wait for longer.
    if (since < 0 || since >= ANSWER_MS) this.#answer();
    else this.#cancelAnswer = this.#clock.schedule(ANSWER_MS - since, () => this.#answer());
  }

  #answer(): void {
    this.#cancelAnswer = undefined;
    this.#answeredAt = this.#clock.now();
    this.#ring.begin();
    const cursor = this.#cursor;
    for (const { from, resolve } of [...this.#watchers]) {
      if (from === this.#durable) continue;
      const events = this.#ring.between(from, this.#durable);
      resolve({ cursor, events, skipped: this.#durable - from - events.length });
    }
  }

  /** Nobody is told any more. */
  close(error: AlienError): void {
    this.#watched = false;
    this.#cancelAnswer?.();
    for (const { reject } of [...this.#watchers]) reject(error);
    this.#cancelEnd?.();
  }
}

function aborted(): AlienError {
  return new AlienError("ABORTED", "nothing happened in the queue while the call waited", {
    fix: "Nothing: its signal said so.",
  });
}
