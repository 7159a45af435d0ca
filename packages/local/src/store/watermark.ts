import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";

/** f64 number of commits, u32 checksum. */
const BYTES = 12;

/** How many commits are known to be on the disk, in a file beside the store. */
export class Watermark {
  readonly #path: string;
  #file: number | undefined;
  #written = 0;
  readonly #row = Buffer.alloc(BYTES);

  constructor(path: string) {
    this.#path = path;
  }

  /** 0 where there is no file, or one that a power cut left unreadable. */
  open(): number {
    this.#file = openSync(this.#path, "a+", 0o600);
    closeSync(this.#file);
    this.#file = openSync(this.#path, "r+");
    const row = Buffer.alloc(BYTES);
    const read = readSync(this.#file, row, 0, BYTES, 0);
    const valid = read === BYTES && crc32(row.subarray(0, 8)) === row.readUInt32BE(8);
    this.#written = valid ? row.readDoubleBE(0) : 0;
    return this.#written;
  }

  /**
   * Twelve bytes into the page cache, some microseconds beside a commit's fdatasync. At every commit, since
   * what lies between two writes is what a shortened store could hide.
   */
  raise(commits: number): void {
    if (this.#file === undefined || commits === this.#written) return;
    const row = this.#row;
    row.writeDoubleBE(commits, 0);
    row.writeUInt32BE(crc32(row.subarray(0, 8)), 8);
    writeSync(this.#file, row, 0, BYTES, 0);
    this.#written = commits;
  }

  close(): void {
    if (this.#file === undefined) return;
    closeSync(this.#file);
    this.#file = undefined;
  }
}
