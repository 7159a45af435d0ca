/** How many messages of each concurrency key are on loan, in all lanes of a queue, whoever has them. */
export class KeysOnLoan {
  readonly #counts = new Map<number, number>();
  readonly #waiting: () => Iterable<{ wake(key: number): void }>;

  /** `waiting`: who is told of a key that has room again. */
  constructor(waiting: () => Iterable<{ wake(key: number): void }>) {
    this.#waiting = waiting;
  }

  /** Whether one more may be given out. Without a key, 0, always. */
  allows(key: number, limit: number): boolean {
    return key === 0 || (this.#counts.get(key) ?? 0) < limit;
  }

  hold(key: number): void {
    if (key !== 0) this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  /** A message of the key is on loan no more, whatever became of it. */
  free(key: number): void {
    if (key === 0) return;
    const left = (this.#counts.get(key) ?? 0) - 1;
    if (left > 0) this.#counts.set(key, left);
    else this.#counts.delete(key);
    for (const waiting of this.#waiting()) waiting.wake(key);
  }
}
