import { SEGMENT_MAX_BYTES, type Segment } from "./segment.ts";

/** Segments are read ahead until so many bytes or rows are asked for at once. */
const READ_BYTES = 1024 * 1024;
const READ_ROWS = 512;

/** How much of a lane is read at once: by the size of its segments, as far as it is known. */
export class ReadAhead {
  #busy = false;
  /** Of the segments read last. */
  #averageBytes = SEGMENT_MAX_BYTES;

  /** Whether something is being read. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Whether so many segments are little. */
  isLittle(segments: number): boolean {
    return segments < 2 || segments * this.#averageBytes < READ_BYTES / 4;
  }

  /** `read` gets the number of rows to ask for. */
  async run(read: (rows: number) => Promise<readonly Segment[]>): Promise<void> {
    this.#busy = true;
    const rows = Math.max(1, Math.min(READ_ROWS, Math.floor(READ_BYTES / this.#averageBytes)));
    const segments = await read(rows);
    if (segments.length > 0) {
      const bytes = segments.reduce((sum, segment) => sum + (segment.bytes?.length ?? 0), 0);
      this.#averageBytes = Math.max(1, bytes / segments.length);
    }
    this.#busy = false;
  }
}
