/** Lets so many run at once; the others wait, the first to come first. */
export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** `count` may be infinite. */
  constructor(count: number) {
    this.#free = count;
  }

  /**
   * Calls `start` when there is room; one that answers false did not start, and needs none any more. It is called by
   * whoever waits, never by whoever made room: a runtime may end what belongs to a request together with it.
   */
  begin(start: () => boolean): void {
    const run = () => {
      if (!start()) this.end();
    };
    if (this.#free > 0) {
      this.#free--;
      run();
    } else void new Promise<void>((resolve) => this.#waiting.push(resolve)).then(run);
  }

  /** One that was started has ended. */
  end(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }
}
