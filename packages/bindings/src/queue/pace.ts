/**
 * How many calls may be under way at once: as many as allowed, until the service refuses one as one too many. Then
 * none for a while, half as many after that, and one more again for each call that it takes.
 */
export class Pace {
  readonly #most: number;
  #limit: number;
  #rests = 0;

  constructor(most: number) {
    this.#most = most;
    this.#limit = most;
  }

  /** Whether one more may begin beside so many. */
  allows(underWay: number): boolean {
    return this.#rests === 0 && underWay < this.#limit;
  }

  taken(): void {
    this.#limit = Math.min(this.#most, this.#limit + 1);
  }

  /** No call begins until rested() is called as often. Several that were refused together count once. */
  refused(): void {
    if (this.#rests === 0) this.#limit = Math.max(1, Math.floor(this.#limit / 2));
    this.#rests++;
  }

  rested(): void {
    this.#rests--;
  }
}
