/** The one source of chance of a simulated world: the same seed gives the same numbers. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
    // Neighbouring seeds begin alike.
    for (let warm = 0; warm < 4; warm++) this.next();
  }

  /** 0 to below 1. */
  next = (): number => this.#word() / 2 ** 32;

  #word(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  }

  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** True once in `1 / probability` times. */
  is(probability: number): boolean {
    return this.next() < probability;
  }

  pick<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.int(0, items.length - 1)] ?? items[0];
  }

  /** One of several, or undefined of none. */
  any<Item>(items: readonly Item[]): Item | undefined {
    return items[this.int(0, items.length - 1)];
  }

  bytes = (count: number): Uint8Array => {
    const words = new Uint32Array(Math.ceil(count / 4));
    for (let index = 0; index < words.length; index++) words[index] = this.#word();
    return new Uint8Array(words.buffer, 0, count);
  };

  hex(digits: number): string {
    return Buffer.from(this.bytes(Math.ceil(digits / 2)))
      .toString("hex")
      .slice(0, digits);
  }
}
