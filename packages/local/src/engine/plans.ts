import type { Clock } from "@alienplatform/bindings";

/** What is to happen later, by name: planning it again puts the earlier plan aside. */
export class Plans {
  readonly #clock: Clock;
  readonly #cancels = new Map<string, () => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  plan(name: string, delayMs: number, run: () => void): void {
    this.#cancels.get(name)?.();
    const cancel = this.#clock.schedule(delayMs, () => {
      this.#cancels.delete(name);
      run();
    });
    this.#cancels.set(name, cancel);
  }

  cancelAll(): void {
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
  }
}
