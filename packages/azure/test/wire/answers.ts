interface Answer {
  readonly accepts: boolean;
  readonly write: () => void;
}

/**
 * Answers to deliveries in their order, those that accept together and every other one in a turn of the event loop of
 * its own: rhea writes the second of two neighbours into the range of the first, whatever it says (write_dispositions).
 */
export class Answers {
  readonly #waiting: Answer[] = [];
  #turning = false;

  give(accepts: boolean, write: () => void): void {
    this.#waiting.push({ accepts, write });
    if (!this.#turning) this.#turn();
  }

  #turn(): void {
    const first = this.#waiting.shift();
    this.#turning = first !== undefined;
    if (first === undefined) return;
    first.write();
    while (first.accepts && this.#waiting[0]?.accepts) this.#waiting.shift()?.write();
    setImmediate(() => this.#turn());
  }
}
