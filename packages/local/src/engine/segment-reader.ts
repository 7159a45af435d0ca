import type { Storage } from "../store/storage.ts";
import { doneKey, readSegmentKey, segmentKey } from "./keys.ts";
import { madeAtOf, parseSegment, type Segment, type Visit } from "./segment.ts";

const KEYS = 4096;

/**
 * Reads the segments from a lane's cursor on. In some of them messages may be done with already, because they were
 * cancelled: those have holes. Mostly there are none, and nothing is read or looked at for them.
 */
export class SegmentReader {
  readonly #queue: number;
  readonly #lane: number;
  readonly #storage: Storage;
  /** Those with holes; undefined where only its row says which. */
  readonly #holed = new Map<number, Segment | undefined>();

  constructor(queue: number, lane: number, storage: Storage) {
    this.#queue = queue;
    this.#lane = lane;
    this.#storage = storage;
  }

  hasHoles(segment: number): boolean {
    return this.#holed.size > 0 && this.#holed.has(segment);
  }

  /** The last one with holes; 0 where there are none. */
  get lastWithHoles(): number {
    let last = 0;
    for (const number of this.#holed.keys()) if (number > last) last = number;
    return last;
  }

  /** One with holes, as far as it is in memory. */
  holed(segment: number): Segment | undefined {
    return this.#holed.get(segment);
  }

  /** All with holes that are in memory. */
  *holes(): Iterable<Segment> {
    for (const segment of this.#holed.values()) if (segment !== undefined) yield segment;
  }

  /** A message of it was cancelled. */
  keepHoles(segment: Segment): void {
    this.#holed.set(segment.number, segment);
  }

  /** The cursor has passed it. */
  passed(segment: number): void {
    if (this.#holed.size > 0) this.#holed.delete(segment);
  }

  forgetHoles(): void {
    this.#holed.clear();
  }

  /** When the last segment before another was made that is still there; 0 where there is none. */
  async lastMadeAt(end: number): Promise<number> {
    const gte = segmentKey(this.#queue, this.#lane, 0);
    const lt = segmentKey(this.#queue, this.#lane, end);
    const [last] = await this.#storage.rows({ gte, lt, reverse: true }, 1);
    return last === undefined ? 0 : madeAtOf(last[1]);
  }

  /** Finds the holes of before the store was opened, from one segment to before another. */
  async findHoles(from: number, end: number): Promise<void> {
    const lt = this.#doneKey(end);
    let range: { gte?: Buffer; gt?: Buffer; lt: Buffer } = { gte: this.#doneKey(from), lt };
    for (;;) {
      const keys = await this.#storage.keys(range, KEYS);
      for (const key of keys) this.#holed.set(readSegmentKey(key).segment, undefined);
      const last = keys.at(-1);
      if (last === undefined || keys.length < KEYS) return;
      range = { gt: last, lt };
    }
  }

  /**
   * The segments from one to before another, all of which must be there; none where they are not `wanted` any more when
   * they have been read, since a purge clears them.
   */
  async read(from: number, until: number, wanted: () => boolean): Promise<readonly Segment[]> {
    const numbers = Array.from({ length: until - from }, (_, position) => from + position);
    const rows = await this.#storage.getMany(numbers.map(this.#segmentKey));
    const done = await this.#doneRows(numbers);
    if (!wanted()) return [];
    return numbers.map((number, position) => this.#parse(number, rows[position], done.get(number)));
  }

  /** Shows messages in order, from one on and until `visit` answers false; `known` has some of the segments. */
  async scan(
    span: { readonly from: number; readonly index: number; readonly end: () => number },
    known: (number: number) => Segment | undefined,
    visit: Visit,
  ): Promise<void> {
    let { index } = span;
    for (let number = span.from; number < span.end(); number++) {
      const there = known(number);
      const segment = there?.bytes === undefined ? await this.#look(number) : there;
      for (; segment?.bytes !== undefined && index < segment.count; index++) {
        if (this.hasHoles(number) && segment.isDone(index)) continue;
        if (!visit(segment.bytes, segment.offset(index), number, index)) return;
      }
      index = 0;
    }
  }

  /** One for looking at, undefined where it has been handled meanwhile. */
  async #look(number: number): Promise<Segment | undefined> {
    const bytes = await this.#storage.get(this.#segmentKey(number));
    if (bytes === undefined) return undefined;
    const done = await this.#doneRows([number]);
    return this.#parse(number, bytes, done.get(number));
  }

  /** One that is needed in the middle of a step. */
  readNow(number: number): Segment {
    const bytes = this.#storage.getSync(this.#segmentKey(number));
    return this.#parse(number, bytes, this.#storage.getSync(this.#doneKey(number)));
  }

  /** One in which messages were cancelled since the opening knows more than its row. */
  #parse(number: number, bytes: Buffer | undefined, done: Buffer | undefined): Segment {
    const known = this.#holed.get(number);
    if (known !== undefined) {
      known.bytes = bytes;
      return known;
    }
    const segment = parseSegment(this.#lane, number, bytes);
    if (done !== undefined) segment.restore(done);
    if (this.hasHoles(number)) this.#holed.set(number, segment);
    return segment;
  }

  /** The rows that say what is done with, of those with holes that are not in memory. */
  async #doneRows(numbers: readonly number[]): Promise<ReadonlyMap<number, Buffer>> {
    const rows = new Map<number, Buffer>();
    if (this.#holed.size === 0) return rows;
    const wanted = numbers.filter(
      (number) => this.#holed.has(number) && this.#holed.get(number) === undefined,
    );
    const read = await this.#storage.getMany(wanted.map((number) => this.#doneKey(number)));
    for (const [position, number] of wanted.entries()) {
      const row = read[position];
      if (row !== undefined) rows.set(number, row);
    }
    return rows;
  }

  #segmentKey = (number: number): Buffer => segmentKey(this.#queue, this.#lane, number);

  #doneKey(number: number): Buffer {
    return doneKey(this.#queue, this.#lane, number);
  }
}
