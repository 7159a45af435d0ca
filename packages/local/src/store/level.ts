import type { AlienError } from "@alienplatform/core";
import type { AbstractLevel } from "abstract-level";
import { damaged } from "./damage.ts";
import type { Page, PageLimits, Range, Storage, WriteBatch } from "./storage.ts";

type Level = AbstractLevel<string | Buffer | Uint8Array, Buffer, Buffer>;

/** Rows that page() asks for at once. */
const PIECE_ROWS = 512;

/** Storage over any abstract-level store with binary keys and values. */
export class LevelStorage implements Storage {
  readonly #make: () => Level;
  #opened: Level | undefined;
  #marked = 0;

  /** A level opens by itself soon after it is made; so it is made when it is to be opened. */
  constructor(make: () => Level) {
    this.#make = make;
  }

  get level(): Level {
    if (this.#opened === undefined) throw new TypeError("open() the storage before using it");
    return this.#opened;
  }

  open(): Promise<void> {
    this.#opened = this.#make();
    return this.#opened.open();
  }

  get(key: Buffer): Promise<Buffer | undefined> {
    return this.level.get(key);
  }

  getSync(key: Buffer): Buffer | undefined {
    return this.level.getSync(key);
  }

  getMany(keys: readonly Buffer[]): Promise<readonly (Buffer | undefined)[]> {
    return this.level.getMany([...keys]);
  }

  rows(range: Range, limit: number): Promise<readonly (readonly [Buffer, Buffer])[]> {
    return this.level.iterator({ ...range, limit }).all();
  }

  async page(range: Range, limits: PageLimits): Promise<Page> {
    // Of classic-level; others read nothing that they would have to keep.
    const options = { ...range, limit: limits.rows, highWaterMarkBytes: limits.bytes };
    const iterator = this.level.iterator(options);
    const rows: [Buffer, Buffer][] = [];
    let bytes = 0;
    try {
      while (rows.length < limits.rows && bytes < limits.bytes) {
        const some = await iterator.nextv(PIECE_ROWS);
        if (some.length === 0) return { rows, more: false };
        for (const row of some) {
          rows.push(row);
          bytes += row[1].length;
        }
      }
      return { rows, more: true };
    } finally {
      await iterator.close();
    }
  }

  keys(range: Range, limit: number): Promise<readonly Buffer[]> {
    return this.level.keys({ ...range, limit }).all();
  }

  batch(): WriteBatch {
    return this.level.batch();
  }

  clear(range: Range): Promise<void> {
    return this.level.clear(range);
  }

  close(): Promise<void> {
    return this.#opened?.close() ?? Promise.resolve();
  }

  async watermark(): Promise<number> {
    return this.#marked;
  }

  mark(commits: number): void {
    this.#marked = commits;
  }

  async shortened(commits: number): Promise<AlienError> {
    return damaged(`${this.#marked - commits} commits are missing at the end`);
  }

  /** Only a disk can be full. */
  keepReserve(): Promise<void> {
    return Promise.resolve();
  }

  spendReserve(): Promise<void> {
    return Promise.resolve();
  }
}
