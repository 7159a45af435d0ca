/** Where a message is in the segments of a lane. */
export interface ParkedPlace {
  readonly segment: number;
  readonly index: number;
}

const MOST_IN_RUN = 0xffff;

/**
 * Messages that wait for their turn, in lists: 16 bytes for each run of neighbours, however many lists there are.
 * A list is known by its last node, which points to its first; 0 is the empty list.
 */
export class Parked {
  #segments = new Float64Array(64);
  #indexes = new Uint16Array(64);
  #counts = new Uint16Array(64);
  #nexts = new Uint32Array(64);
  /** Nodes ever used, and those of them that are free again. */
  #used = 1;
  #free = 0;

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
    const node = this.#node();
    this.#segments[node] = segment;
    this.#indexes[node] = index;
    this.#counts[node] = 1;
    this.#nexts[node] = list === 0 ? node : (this.#nexts[list] ?? 0);
    if (list !== 0) this.#nexts[list] = node;
    return node;
  }

  /** The first message of a list that is not empty. */
  first(list: number): ParkedPlace {
    const node = this.#nexts[list] ?? 0;
    return { segment: this.#segments[node] ?? 0, index: this.#indexes[node] ?? 0 };
  }

  /** Takes the first message away; returns the list. */
  shift(list: number): number {
    const node = this.#nexts[list] ?? 0;
    const count = this.#counts[node] ?? 0;
    if (count > 1) {
      this.#counts[node] = count - 1;
      this.#indexes[node] = (this.#indexes[node] ?? 0) + 1;
      return list;
    }
    const next = this.#nexts[node] ?? 0;
    this.#nexts[node] = this.#free;
    this.#free = node;
    if (node === list) return 0;
    this.#nexts[list] = next;
    return list;
  }

  #node(): number {
    const node = this.#free;
    if (node !== 0) {
      this.#free = this.#nexts[node] ?? 0;
      return node;
    }
    if (this.#used === this.#nexts.length) this.#grow();
    return this.#used++;
  }

  #grow(): void {
    const size = this.#used * 2;
    const segments = new Float64Array(size);
    segments.set(this.#segments);
    this.#segments = segments;
    const indexes = new Uint16Array(size);
    indexes.set(this.#indexes);
    this.#indexes = indexes;
    const counts = new Uint16Array(size);
    counts.set(this.#counts);
    this.#counts = counts;
    const nexts = new Uint32Array(size);
    nexts.set(this.#nexts);
    this.#nexts = nexts;
  }
}
