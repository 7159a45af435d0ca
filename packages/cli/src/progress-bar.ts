import { printDuration } from "./print/duration.ts";
import type { Terminal } from "./terminal.ts";

const FRAME_MS = 100;
const CELLS = 24;
/** A guess from less is none. */
const GUESS_AFTER_MS = 2_000;

/** How far long work has come: on stderr, on a terminal alone, and gone at its end. */
export class ProgressBar {
  readonly #terminal: Terminal;
  readonly #what: string;
  readonly #total: number | undefined;
  readonly #since = performance.now();
  #drawnAt = Number.NEGATIVE_INFINITY;
  #drawn = false;

  /** `total`: of how many, where that is known; more may come. */
  constructor(terminal: Terminal, what: string, total?: number) {
    this.#terminal = terminal;
    this.#what = what;
    this.#total = total;
  }

  /** For `onProgress`. */
  readonly at = (done: number): void => {
    const now = performance.now();
    if (this.#terminal.live === undefined || now - this.#drawnAt < FRAME_MS) return;
    this.#drawnAt = now;
    this.#drawn = true;
    this.#terminal.live([this.#line(done, now - this.#since)]);
  };

  /** Takes it away. */
  end(): void {
    if (this.#drawn) this.#terminal.live?.([]);
  }

  #line(done: number, elapsedMs: number): string {
    const { noteColors } = this.#terminal;
    const total = this.#total;
    if (total === undefined || total === 0 || done > total) return `${this.#what}  ${done}`;
    const full = Math.floor((done / total) * CELLS);
    const bar = `${"█".repeat(full)}${noteColors.dim("░".repeat(CELLS - full))}`;
    const left = done === 0 ? 0 : (elapsedMs / done) * (total - done);
    const guess =
      elapsedMs < GUESS_AFTER_MS || done === total
        ? ""
        : `  ${printDuration(Math.ceil(left / 1_000) * 1_000)} left`;
    return `${this.#what}  ${bar}  ${done} of ${total}${noteColors.dim(guess)}`;
  }
}
