import { AlienError } from "@alienplatform/core";
import type { RunningLoan } from "./running-loan.ts";

interface Run {
  readonly queue: string;
  readonly id: string;
  readonly attempt: number;
  readonly loan: RunningLoan;
}

/** Gives up on handlers that do not finish: the test's clock stands still, so nothing else would end the wait. */
export class Patience {
  readonly #ms: number;
  readonly #runs = new Map<Run, number>();
  #timer: NodeJS.Timeout | undefined;
  #giveUp: (error: AlienError) => void = () => undefined;

  constructor(ms: number) {
    this.#ms = ms;
  }

  begin(run: Run): void {
    this.#runs.set(run, performance.now());
  }

  done(run: Run): void {
    this.#runs.delete(run);
  }

  /** The same promise, or a rejection where one of the handlers takes too long. */
  async wait<T>(until: Promise<T>): Promise<T> {
    // One timer for all handlers: most of them are done long before it.
    this.#timer ??= setTimeout(() => this.#look(), this.#ms);
    const gaveUp = new Promise<never>((_, reject) => {
      this.#giveUp = reject;
    });
    return Promise.race([until, gaveUp]);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    this.#timer = undefined;
    const now = performance.now();
    const [oldest] = this.#runs;
    if (oldest === undefined) return;
    const [run, since] = oldest;
    const left = since + this.#ms - now;
    if (left > 0) {
      this.#timer = setTimeout(() => this.#look(), left);
      return;
    }
    run.loan.abort("ABORTED", "drain() gave up waiting for the handler");
    this.#giveUp(unfinished(run, this.#ms));
  }
}

function unfinished({ queue, id, attempt }: Run, ms: number): AlienError {
  const text = `the handler of queue "${queue}" has not finished with message ${id}, attempt ${attempt}, within ${ms} ms of real time`;
  return new AlienError("DRAIN_UNFINISHED", text, {
    fix: "Let it finish, or pass a longer patience. Where it waits for the test's clock: const drained = queues.drain(); await queues.clock.advance(...); await drained.",
    details: { queue, id, attempt },
  });
}
