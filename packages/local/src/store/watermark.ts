import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";

/** f64 number of commits, u32 checksum. */
const BYTES = 12;
/** How often the file is written at most; what lies between is what a shortened store could hide. */
const EVERY_MS = 100;

/** How many commits are known to be on the disk, in a file beside the store. */
export class Watermark {
  readonly #path: string;
  #file: number | undefined;
  #written = 0;
  #latest = 0;
  #writtenAt = 0;

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
    this.#latest = valid ? row.readDoubleBE(0) : 0;
    this.#written = this.#latest;
    return this.#latest;
  }

  raise(commits: number): void {
    this.#latest = commits;
    const now = performance.now();
    if (now - this.#writtenAt < EVERY_MS) return;
    this.#writtenAt = now;
    this.flush();
  }

  /** Twelve bytes into the page cache: cheaper now than later. */
  flush(): void {
    if (this.#file === undefined || this.#latest === this.#written) return;
    const row = Buffer.alloc(BYTES);
    row.writeDoubleBE(this.#latest, 0);
    row.writeUInt32BE(crc32(row.subarray(0, 8)), 8);
    writeSync(this.#file, row, 0, BYTES, 0);
    this.#written = this.#latest;
  }

  close(): void {
    if (this.#file === undefined) return;
    this.flush();
    closeSync(this.#file);
    this.#file = undefined;
  }
}
