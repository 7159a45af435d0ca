import type { Clock } from "../src/clock.ts";

/** Wakes those who wait for a queue to change: by a ring, a time or an abort, whichever is first. */
export class Bell {
  readonly #waiting = new Set<() => void>();

  ring(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  wait(clock: Clock, until: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        cancel();
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const cancel = clock.schedule(until - clock.now(), wake);
      signal?.addEventListener("abort", wake);
      this.#waiting.add(wake);
    });
  }
}
