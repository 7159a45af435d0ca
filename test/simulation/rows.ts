import type { Range } from "../../packages/local/src/store/storage.ts";

/** Rows in the order of their keys as bytes. */
export class Rows {
  readonly #rows: Map<string, Buffer>;
  #keys: string[];

  constructor(from?: Rows) {
    this.#rows = new Map(from?.entries());
    this.#keys = from === undefined ? [] : [...from.sorted()];
  }

  entries(): Iterable<[string, Buffer]> {
    return this.#rows;
  }

  sorted(): readonly string[] {
    return this.#keys;
  }

  get(key: Buffer): Buffer | undefined {
    return this.#rows.get(key.toString("latin1"));
  }

  put(name: string, value: Buffer): void {
    if (!this.#rows.has(name)) this.#keys.splice(this.#from(name), 0, name);
    this.#rows.set(name, value);
  }

  del(name: string): void {
    if (this.#rows.delete(name)) this.#keys.splice(this.#from(name), 1);
  }

  /** The keys of a range. */
  range({ gte, gt, lt }: Range): readonly string[] {
    let from = 0;
    if (gte !== undefined) from = this.#from(gte.toString("latin1"));
    else if (gt !== undefined) from = this.#from(`${gt.toString("latin1")}\0`);
    return this.#keys.slice(from, Math.max(from, this.#from(lt.toString("latin1"))));
  }

  rows(range: Range, limit: number): [Buffer, Buffer][] {
    const names = this.range(range);
    return (names.length > limit ? names.slice(0, limit) : names).map((name) => [
      Buffer.from(name, "latin1"),
      this.#rows.get(name) ?? Buffer.alloc(0),
    ]);
  }

  /** Where the first key is that is not before this one. */
  #from(name: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#keys[middle] ?? "") < name) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
