import { VirtualClock } from "@alienplatform/bindings";
import type { WorldClock } from "@alienplatform/bindings/conformance";
import type { Fauxqs } from "./fauxqs.ts";
import type { Traffic } from "./traffic.ts";

/** SQS counts in seconds; while polls wait they are looked at this often, */
const STEP_MS = 1_000;
/** and in a long time less often, but at its end. */
const LONGEST_STEP_MS = 20_000;

/** The time of a driver and of its fauxqs, wound together. */
export class WoundClock implements WorldClock {
  readonly precisionMs = 1_000;
  readonly patienceMs = 5_000;
  readonly #fauxqs: Fauxqs;
  readonly #traffic: Traffic;
  readonly #virtual: VirtualClock;
  #advancing = Promise.resolve();

  constructor(fauxqs: Fauxqs, traffic: Traffic, startMs: number) {
    this.#fauxqs = fauxqs;
    this.#traffic = traffic;
    this.#virtual = new VirtualClock(startMs);
  }

  now(): number {
    return this.#virtual.now();
  }

  schedule(delayMs: number, run: () => void): () => void {
    return this.#virtual.schedule(delayMs, run);
  }

  advance(byMs: number): Promise<void> {
    const advanced = this.#advancing.then(() => this.#advance(byMs));
    this.#advancing = advanced;
    return advanced;
  }

  async #advance(byMs: number): Promise<void> {
    const end = this.now() + Math.max(0, byMs);
    let polls = await this.#quiet();
    while (this.now() < end) {
      const next = polls > 0 ? this.now() + stepOf(end - this.now()) : end;
      const time = Math.min(end, next, Math.max(this.#virtual.next ?? end, this.now() + 1));
      // First both sides know the time, then either acts on it.
      await this.#fauxqs.setTime(time);
      await this.#virtual.advance(time - this.now());
      polls = await this.#quiet();
    }
  }

  /** Resolves when the only requests under way are long polls; answers how many. */
  async #quiet(): Promise<number> {
    for (;;) {
      for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
      const { moves } = this.#traffic;
      const polls = await this.#fauxqs.runDue();
      if (this.#traffic.underWay === polls && this.#traffic.moves === moves) return polls;
    }
  }
}

function stepOf(leftMs: number): number {
  return Math.max(STEP_MS, Math.min(LONGEST_STEP_MS, Math.floor(leftMs / 100)));
}
