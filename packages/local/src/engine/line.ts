import { Parked, type ParkedPlace } from "./parked.ts";
import { type LoosePlace, ParkedLoose } from "./parked-loose.ts";

/** The messages of one lane that wait for one concurrency key, or, without a key, for their turn among the keys. */
export interface Line {
  readonly key: number;
  /** Those that were out before or delayed; they go first. 0 where there are none. */
  loose: number;
  /** Those never received. 0 where there are none. */
  parked: number;
  /** How many in all. */
  count: number;
  /** It has its turn with the others; else its key has no room for its first message. */
  inRing: boolean;
}

/** The line of the messages without a key. */
export const UNKEYED = 0;

/** All lines of a lane, in typed lists that they share. */
export class Lines {
  readonly #lines = new Map<number, Line>([[UNKEYED, emptyLine(UNKEYED)]]);
  #parked = new Parked();
  #loose = new ParkedLoose();

  /** Messages never received that wait, runs of neighbours counted once. */
  get runs(): number {
    return this.#parked.size;
  }

  /** Loose messages that wait. */
  get loose(): number {
    return this.#loose.size;
  }

  /** Undefined where nothing waits for the key. */
  get(key: number): Line | undefined {
    return this.#lines.get(key);
  }

  /** A new one where nothing waits for the key. */
  of(key: number): Line {
    const known = this.#lines.get(key);
    if (known !== undefined) return known;
    const line = emptyLine(key);
    this.#lines.set(key, line);
    return line;
  }

  append(line: Line, segment: number, index: number): void {
    line.parked = this.#parked.append(line.parked, segment, index);
    line.count++;
  }

  appendLoose(line: Line, place: LoosePlace): void {
    line.loose = this.#loose.append(line.loose, place);
    line.count++;
  }

  /** Of a line that has any. */
  firstLoose(line: Line): LoosePlace {
    return this.#loose.first(line.loose);
  }

  /** Of a line that has any. */
  first(line: Line): ParkedPlace {
    return this.#parked.first(line.parked);
  }

  /** Takes the first message away, a loose one where there is one. */
  shift(line: Line): void {
    if (line.loose !== 0) line.loose = this.#loose.shift(line.loose);
    else line.parked = this.#parked.shift(line.parked);
    line.count--;
    if (line.count === 0 && line.key !== UNKEYED) this.#lines.delete(line.key);
  }

  clear(): void {
    this.#lines.clear();
    this.#lines.set(UNKEYED, emptyLine(UNKEYED));
    this.#parked = new Parked();
    this.#loose = new ParkedLoose();
  }
}

function emptyLine(key: number): Line {
  return { key, loose: 0, parked: 0, count: 0, inRing: false };
}
