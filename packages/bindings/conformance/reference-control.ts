import type { Clock } from "../src/clock.ts";
import type { Pause, PauseRequest, QueueControl } from "../src/queue/control.ts";

/** What operators have decided about a queue, and who is told when that changes. */
export class ReferenceControl {
  readonly #clock: Clock;
  readonly #listeners = new Set<(control: QueueControl) => void>();
  #control: QueueControl = { version: 0 };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get current(): QueueControl {
    return this.#control;
  }

  /** The newer pause replaces the one there is. */
  pause({ reason, until, whilePaused = "wait" }: PauseRequest): void {
    const since = this.#clock.now();
    const pause: Pause = { reason, ...(until !== undefined && { until }), whilePaused, since };
    this.#change({ ...this.#control, pause });
    if (until !== undefined) this.#clock.schedule(until - since, () => this.pass());
  }

  resume(): void {
    const { pause, ...rest } = this.#control;
    if (pause !== undefined) this.#change(rest);
  }

  bind(consumer: string | undefined): void {
    const { consumer: _, ...rest } = this.#control;
    this.#change(consumer === undefined ? rest : { ...rest, consumer });
  }

  /** Ends a pause whose time is over. */
  pass(): void {
    const { until } = this.#control.pause ?? {};
    if (until !== undefined && until <= this.#clock.now()) this.resume();
  }

  /** Calls it at each change; the result ends that. */
  listen(listener: (control: QueueControl) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #change(control: QueueControl): void {
    this.#control = { ...control, version: control.version + 1 };
    for (const listener of [...this.#listeners]) listener(this.#control);
  }
}
