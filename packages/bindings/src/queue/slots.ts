import type { Clock } from "../clock.ts";
import type { Loan } from "./loan.ts";

/** A message that waits here for longer is for somebody else. */
const PATIENCE_MS = 250;
/** Room that started ones take up in the list before it is made shorter. */
const STARTED_MAX = 1_024;

export interface SlotsOptions {
  /** Handlers at once. */
  readonly count: number;
  readonly clock: Clock;
  readonly start: (loan: Loan) => void;
  /** These have waited for too long. */
  readonly giveBack: (loans: readonly Loan[]) => void;
}

/** Starts loans in order, so many at once. */
export class Slots {
  readonly #given: SlotsOptions;
  #waiting: Loan[] = [];
  /** The first of the waiting ones. */
  #head = 0;
  #running = 0;
  #starting = false;
  #watching = false;
  #held = false;

  constructor(options: SlotsOptions) {
    this.#given = options;
  }

  /** Starts it when its turn comes; see fill(). */
  add(loan: Loan): void {
    this.#waiting.push(loan);
  }

  /** Starts nothing any more, until release(): what waits for too long meanwhile is given back. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.fill();
  }

  /** Starts what there is room for. A handler that is done at once makes room within the loop. */
  fill(): void {
    if (this.#starting) return;
    this.#starting = true;
    while (!this.#held && this.#running < this.#given.count) {
      const loan = this.#waiting[this.#head];
      if (loan === undefined) break;
      this.#head++;
      if (loan.ended !== undefined) continue;
      this.#running++;
      this.#given.start(loan);
    }
    this.#starting = false;
    const empty = this.#head === this.#waiting.length;
    if (this.#head > (empty ? 0 : STARTED_MAX)) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
    if (!empty) this.#watch(PATIENCE_MS);
  }

  /** One that was started is decided. */
  free(): void {
    this.#running--;
    this.fill();
  }

  /** One timer at a time, and none where nothing waits for long. */
  #watch(delayMs: number): void {
    if (this.#watching) return;
    this.#watching = true;
    this.#given.clock.schedule(delayMs, () => {
      this.#watching = false;
      const first = this.#waiting[this.#head];
      if (first === undefined) return;
      const waited = this.#given.clock.now() - first.batch.takenAt;
      // Less than nothing: the clock was set back, and nobody knows.
      if (waited >= 0 && waited < PATIENCE_MS) this.#watch(PATIENCE_MS - waited);
      else this.#given.giveBack(this.#waiting.splice(this.#head));
    });
  }
}
