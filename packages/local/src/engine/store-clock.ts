import type { Clock } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import { damaged } from "../store/damage.ts";
import type { WriteBatch } from "../store/storage.ts";
import { storeRow } from "./keys.ts";

/** What a developer may set it ahead by in all; message times keep room behind it. */
const FURTHEST_MS = 10 * 366 * 24 * 3_600_000;

/** The time of a store, milliseconds since the epoch, and how far that is ahead of the system's. */
export interface StoreTime {
  readonly now: number;
  readonly aheadMs: number;
}

interface Timer {
  readonly at: number;
  readonly run: () => void;
  /** When it rings, by the system's clock. */
  rings: number;
  cancel: () => void;
}

/** The clock of a store: the system's, until a developer sets it ahead, which is kept with the messages. */
export class StoreClock implements Clock {
  readonly #base: Clock;
  #aheadMs: number;
  readonly #timers = new Set<Timer>();

  /** `row` is what the store has kept of it. */
  constructor(base: Clock, row: Buffer | undefined) {
    this.#base = base;
    this.#aheadMs = row === undefined ? 0 : row.readDoubleBE(0);
    if (!isAhead(this.#aheadMs)) throw damaged("how far its clock is ahead cannot be read");
  }

  now(): number {
    return this.#base.now() + this.#aheadMs;
  }

  read(): StoreTime {
    return { now: this.now(), aheadMs: this.#aheadMs };
  }

  /** A time that somebody has given who goes by the system's clock: senders and operators do. */
  ofSystem(at: number): number {
    return at + this.#aheadMs;
  }

  schedule(delayMs: number, run: () => void): () => void {
    const fire = () => {
      this.#timers.delete(timer);
      run();
    };
    const rings = this.#base.now() + Math.max(0, delayMs);
    const at = rings + this.#aheadMs;
    const timer: Timer = { at, run: fire, rings, cancel: this.#base.schedule(delayMs, fire) };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
      timer.cancel();
    };
  }

  /** Sets it ahead, or as much back as it is ahead, with the commit being built; fire() does the rest. */
  advance(ms: number, batch: WriteBatch): StoreTime {
    const aheadMs = this.#aheadMs + ms;
    if (!isAhead(aheadMs)) throw notAhead(ms, this.#aheadMs);
    const row = Buffer.allocUnsafe(8);
    row.writeDoubleBE(aheadMs);
    if (aheadMs === 0) batch.del(storeRow.ahead);
    else batch.put(storeRow.ahead, row);
    this.#aheadMs = aheadMs;
    return this.read();
  }

  /**
   * Runs the timers whose time has come with it, in the order of their time; `settle` resolves when what one did is done.
   * Where it was set back the others ring when they were to, as they do where the system's clock is: a lease is no longer
   * for that, and who waits looks at the clock again.
   */
  async fire(settle: () => Promise<void>): Promise<void> {
    const timers = [...this.#timers].sort((a, b) => a.at - b.at);
    const now = this.now();
    for (const timer of timers) {
      // One before may have cancelled it.
      if (!this.#timers.has(timer)) continue;
      const rings = timer.at - this.#aheadMs;
      if (timer.at > now && rings >= timer.rings) continue;
      timer.cancel();
      if (timer.at > now) {
        timer.rings = rings;
        timer.cancel = this.#base.schedule(timer.at - now, timer.run);
        continue;
      }
      timer.run();
      await settle();
    }
  }
}

function isAhead(ms: number): boolean {
  return Number.isSafeInteger(ms) && ms >= 0 && ms <= FURTHEST_MS;
}

function notAhead(ms: number, aheadMs: number): AlienError {
  return new AlienError(
    "OPTION_INVALID",
    `a clock that is ${aheadMs} ms ahead cannot be set ahead by ${ms} ms`,
    {
      fix: `Give whole milliseconds; it can be at most ${FURTHEST_MS} ms ahead, and is never behind the system's.`,
      details: { aheadMs, ms },
    },
  );
}
