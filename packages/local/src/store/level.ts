import type { AlienError } from "@alienplatform/core";
import type { AbstractLevel } from "abstract-level";
import { damaged } from "./damage.ts";
import type { Range, Storage, WriteBatch } from "./storage.ts";

type Level = AbstractLevel<string | Buffer | Uint8Array, Buffer, Buffer>;

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
