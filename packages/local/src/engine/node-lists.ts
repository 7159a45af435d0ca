/**
 * Lists of nodes that are numbered from 1 on; what a node stands for is kept beside, by its number, in arrays that
 * grow as this says. A list is known by its last node, which points to its first; 0 is the empty list.
 */
export class NodeLists {
  readonly #grown: (capacity: number) => void;
  #nexts = new Uint32Array(64);
  /** Nodes ever used, and those of them that are free again. */
  #used = 1;
  #free = 0;
  #size = 0;

  /** `grown` is called with the number of nodes that there is room for, at once and whenever it rises. */
  constructor(grown: (capacity: number) => void) {
    this.#grown = grown;
    grown(this.#nexts.length);
  }

  /** Nodes in all lists. */
  get size(): number {
    return this.#size;
  }

  /** Adds a node at the end of a list: it is the list from now on. */
  append(list: number): number {
    const node = this.#take();
    this.#size++;
    this.#nexts[node] = list === 0 ? node : (this.#nexts[list] ?? 0);
    if (list !== 0) this.#nexts[list] = node;
    return node;
  }

  /** The first node of a list that is not empty. */
  first(list: number): number {
    return this.#nexts[list] ?? 0;
  }

  /** Takes the first node away; returns the list. */
  shift(list: number): number {
    const node = this.first(list);
    const next = this.#nexts[node] ?? 0;
    this.#nexts[node] = this.#free;
    this.#free = node;
    this.#size--;
    if (node === list) return 0;
    this.#nexts[list] = next;
    return list;
  }

  #take(): number {
    const node = this.#free;
    if (node !== 0) {
      this.#free = this.#nexts[node] ?? 0;
      return node;
    }
    if (this.#used === this.#nexts.length) this.#grow();
    return this.#used++;
  }

  #grow(): void {
    const nexts = new Uint32Array(this.#used * 2);
    nexts.set(this.#nexts);
    this.#nexts = nexts;
    this.#grown(nexts.length);
  }
}

/** The same numbers with room for more. */
export function widened<Numbers extends Float64Array | Uint16Array>(
  numbers: Numbers,
  wider: Numbers,
): Numbers {
  wider.set(numbers);
  return wider;
}
