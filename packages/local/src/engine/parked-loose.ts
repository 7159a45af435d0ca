import { NodeLists, widened } from "./node-lists.ts";

/** Where a loose message has its row. */
export interface LoosePlace {
  readonly due: number;
  readonly serial: number;
}

/** Loose messages that wait for their turn, in lists like those of Parked: 20 bytes each. */
export class ParkedLoose {
  #dues = new Float64Array();
  #serials = new Float64Array();
  readonly #lists = new NodeLists((capacity) => {
    this.#dues = widened(this.#dues, new Float64Array(capacity));
    this.#serials = widened(this.#serials, new Float64Array(capacity));
  });

  /** How many wait in all lists. */
  get size(): number {
    return this.#lists.size;
  }

  /** Adds a message at the end of a list; returns the list. */
  append(list: number, { due, serial }: LoosePlace): number {
    const node = this.#lists.append(list);
    this.#dues[node] = due;
    this.#serials[node] = serial;
    return node;
  }

  /** The first message of a list that is not empty. */
  first(list: number): LoosePlace {
    const node = this.#lists.first(list);
    return { due: this.#dues[node] ?? 0, serial: this.#serials[node] ?? 0 };
  }

  /** Takes the first message away; returns the list. */
  shift(list: number): number {
    return this.#lists.shift(list);
  }
}
