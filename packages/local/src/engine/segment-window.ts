import type { Segment } from "./segment.ts";

/** The segments of a lane that are read and not passed by the cursor yet, in order. */
export class SegmentWindow {
  #segments: Segment[] = [];
  #head = 0;

  get length(): number {
    return this.#segments.length - this.#head;
  }

  get first(): Segment | undefined {
    return this.#segments[this.#head];
  }

  push(segment: Segment): void {
    this.#segments.push(segment);
  }

  /** The cursor has passed the first. */
  shift(): void {
    this.#head++;
    if (this.#head > 64 && this.#head * 2 > this.#segments.length) {
      this.#segments = this.#segments.slice(this.#head);
      this.#head = 0;
    }
  }

  /** By its number; only where none is missing in between. */
  at(number: number): Segment | undefined {
    const { first } = this;
    if (first === undefined) return undefined;
    const segment = this.#segments[this.#head + number - first.number];
    return segment?.number === number ? segment : undefined;
  }

  items(): readonly Segment[] {
    return this.#segments.slice(this.#head);
  }

  clear(): void {
    this.#segments = [];
    this.#head = 0;
  }
}
