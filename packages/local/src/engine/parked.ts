import { NodeLists, widened } from "./node-lists.ts";

/** Where a message is in the segments of a lane. */
export interface ParkedPlace {
  readonly segment: number;
  readonly index: number;
}

const MOST_IN_RUN = 0xffff;

/** Messages that wait for their turn, in lists: 16 bytes for each run of neighbours, however many lists there are. */
export class Parked {
  #segments = new Float64Array();
  #indexes = new Uint16Array();
  #counts = new Uint16Array();
  readonly #runs = new NodeLists((capacity) => {
    this.#segments = widened(this.#segments, new Float64Array(capacity));
    this.#indexes = widened(this.#indexes, new Uint16Array(capacity));
    this.#counts = widened(this.#counts, new Uint16Array(capacity));
  });

  /** Runs in all lists. */
  get size(): number {
    return this.#runs.size;
  }

  /** Adds a message at the end of a list; returns the list. */
  append(list: number, segment: number, index: number): number {
    const count = this.#counts[list] ?? 0;
    if (
      list !== 0 &&
      this.#segments[list] === segment &&
      (this.#indexes[list] ?? 0) + count === index &&
      count < MOST_IN_RUN
    ) {
      this.#counts[list] = count + 1;
      return list;
    }
    const run = this.#runs.append(list);
    this.#segments[run] = segment;
    this.#indexes[run] = index;
    this.#counts[run] = 1;
    return run;
  }

  /** The first message of a list that is not empty. */
  first(list: number): ParkedPlace {
    const run = this.#runs.first(list);
    return { segment: this.#segments[run] ?? 0, index: this.#indexes[run] ?? 0 };
  }

  /** Takes the first message away; returns the list. */
  shift(list: number): number {
    const run = this.#runs.first(list);
    const count = this.#counts[run] ?? 0;
    if (count <= 1) return this.#runs.shift(list);
    this.#counts[run] = count - 1;
    this.#indexes[run] = (this.#indexes[run] ?? 0) + 1;
    return list;
  }
}
