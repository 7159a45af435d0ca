import { dueBefore, type Loose, NO_LOOSE, parseLoose } from "./loose-row.ts";

/** Of the rows that have been written, so many bytes stay in memory. */
const KEPT_BYTES = 4 * 1024 * 1024;

/**
 * The rows of loose messages that wait for a turn which nobody can foresee: some of them in memory, of the others
 * nothing but how many there are.
 */
export class ParkedRows {
  readonly #readRow: (due: number, serial: number) => Buffer | undefined;
  /** Parked since the last commit: not on disk for certain. */
  #fresh = new Map<number, Loose>();
  #kept = new Map<number, Loose>();
  #freshBytes = 0;
  #keptBytes = 0;
  #count = 0;
  /** Parked and taken back; they are met once more when their turn comes. */
  readonly #cancelled = new Set<number>();
  #last: Loose | undefined;

  constructor(readRow: (due: number, serial: number) => Buffer | undefined) {
    this.#readRow = readRow;
  }

  get count(): number {
    return this.#count;
  }

  /** Those in memory. */
  *known(): Iterable<Loose> {
    yield* this.#fresh.values();
    yield* this.#kept.values();
  }

  /** The one that is due last. */
  get last(): Loose | undefined {
    return this.#last;
  }

  add(loose: Loose): void {
    this.#count++;
    this.#fresh.set(loose.serial, loose);
    this.#freshBytes += loose.row.length;
    if (this.#last !== undefined && !dueBefore(this.#last, loose)) return;
    // Its place only: the row need not stay in memory for it.
    this.#last = { ...NO_LOOSE, due: loose.due, serial: loose.serial };
  }

  /** Undefined where the row is gone. */
  read(due: number, serial: number): Loose | undefined {
    const known = this.#fresh.get(serial) ?? this.#kept.get(serial);
    if (known !== undefined) return known;
    const row = this.#readRow(due, serial);
    return row && parseLoose(due, serial, row);
  }

  /** It is gone before its turn. */
  cancel(serial: number): void {
    this.delete(serial);
    this.#cancelled.add(serial);
  }

  delete(serial: number): void {
    if (this.#cancelled.delete(serial)) return;
    this.#fresh.delete(serial);
    this.#kept.delete(serial);
    this.#count--;
    if (this.#count === 0) this.#last = undefined;
  }

  /** The commit being built has what was parked in it; all of before is on disk. */
  seal(): void {
    if (this.#fresh.size === 0) return;
    if (this.#keptBytes + this.#freshBytes > KEPT_BYTES) {
      this.#kept.clear();
      this.#keptBytes = 0;
    }
    for (const [serial, loose] of this.#fresh) this.#kept.set(serial, loose);
    this.#keptBytes += this.#freshBytes;
    this.#fresh.clear();
    this.#freshBytes = 0;
  }

  /** Forgets all; returns those in memory. */
  clear(): readonly Loose[] {
    const known = [...this.known()];
    this.#fresh.clear();
    this.#kept.clear();
    this.#cancelled.clear();
    this.#freshBytes = 0;
    this.#keptBytes = 0;
    this.#count = 0;
    this.#last = undefined;
    return known;
  }
}
