import type { Clock } from "@alienplatform/bindings";

/** Between one session and the next that Service Bus hands out, at least. */
const NEXT_MS = 20;

export interface PatienceOptions {
  readonly clock: Clock;
  readonly glanceMs: number;
  readonly pause: (ms: number) => Promise<void>;
}

/**
 * How long a take goes on asking for sessions. Service Bus hands them out one by one and never says that there are no
 * more: what is there comes within a glance, and once something has come it ends with the first pause. What was
 * waited for longer comes alone, at once.
 */
export class Patience {
  readonly #given: PatienceOptions;
  /** Not listeners of a signal: Node warns of more than ten. */
  readonly #waiting = new Set<() => void>();
  #isOver = false;
  readonly #startedAt = performance.now();
  readonly #cancel: () => void;
  /** As long as the first one took, so that it fits any distance to the service. */
  #nextMs: number | undefined;
  #glanced = false;
  #rounds = 0;

  constructor(options: PatienceOptions, waitMs: number) {
    this.#given = options;
    this.#cancel = waitMs > 0 ? options.clock.schedule(waitMs, this.end) : () => undefined;
    void options.pause(options.glanceMs).then(() => {
      this.#glanced = true;
      if (waitMs === 0 && this.#rounds === 0) this.end();
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Calls `run` at its end, unless what it answers is called before. */
  whenOver(run: () => void): () => void {
    this.#waiting.add(run);
    return () => this.#waiting.delete(run);
  }

  /** Something has come. */
  rewarded(): void {
    if (this.#glanced && this.#rounds === 0) this.end();
    const round = ++this.#rounds;
    this.#nextMs ??= Math.max(NEXT_MS, performance.now() - this.#startedAt);
    void this.#given.pause(this.#nextMs).then(() => {
      if (round === this.#rounds) this.end();
    });
  }

  readonly end = (): void => {
    this.#cancel();
    this.#isOver = true;
    for (const run of this.#waiting) run();
    this.#waiting.clear();
  };
}
