import { damaged } from "../store/damage.ts";
import type { Segment } from "./segment.ts";
import { SegmentWindow } from "./segment-window.ts";

/** The first message of a lane that was never received, and the segments from there on that are in memory. */
export class Cursor {
  readonly window = new SegmentWindow();
  #segment: number;
  #index: number;
  #claimable = 0;

  constructor(segment: number, index: number) {
    this.#segment = segment;
    this.#index = index;
  }

  get segment(): number {
    return this.#segment;
  }

  get index(): number {
    return this.#index;
  }

  /** Messages in memory, those included that are done with already. */
  get claimable(): number {
    return this.#claimable;
  }

  /** The next segment is in memory. Throws where the store says that more of it was received than there is. */
  add(segment: Segment): void {
    const left = segment.count - (segment.number === this.#segment ? this.#index : 0);
    if (left < 0) throw damaged(`the cursor is behind the end of segment ${segment.number}`);
    this.window.push(segment);
    this.#claimable += left;
  }

  /** After an opening segments can be missing before the first in memory: all of those is done with. */
  skipTo(segment: Segment): void {
    this.#segment = segment.number;
  }

  /** Goes over so many messages of the first segment. */
  advance(messages: number): void {
    this.#index += messages;
    this.#claimable -= messages;
  }

  /** Goes on to the next segment; all of the first has been gone over. */
  pass(segment: Segment): void {
    this.#segment = segment.number + 1;
    this.#index = 0;
    this.window.shift();
  }

  /** Nothing from there on is in memory. */
  moveTo(segment: number): void {
    this.window.clear();
    this.#claimable = 0;
    this.#segment = segment;
    this.#index = 0;
  }

  /** Whether it has gone over a message. */
  isPast(number: number, index: number): boolean {
    return number < this.#segment || (number === this.#segment && index < this.#index);
  }
}
