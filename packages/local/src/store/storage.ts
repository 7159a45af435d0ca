import type { AlienError } from "@alienplatform/core";

/** A range of keys: from `gte` (or after `gt`) to before `lt`. */
export interface Range {
  readonly gte?: Buffer;
  readonly gt?: Buffer;
  readonly lt: Buffer;
  /** From the end to the beginning. */
  readonly reverse?: boolean;
}

export interface PageLimits {
  readonly rows: number;
  readonly bytes: number;
}

/** Rows of a range from its beginning, and whether there may be more of them. */
export interface Page {
  readonly rows: readonly (readonly [Buffer, Buffer])[];
  readonly more: boolean;
}

/** Operations that reach the disk together or not at all. */
export interface WriteBatch {
  readonly length: number;
  /** Neither buffer may be changed afterwards. */
  put(key: Buffer, value: Buffer): unknown;
  del(key: Buffer): unknown;
  write(options: { readonly sync: boolean }): Promise<void>;
}

/** The ordered store that the engine stands on; keys compare as bytes. */
export interface Storage {
  /** Throws STORAGE_DAMAGED where what is on disk is not what was written. */
  open(): Promise<void>;
  get(key: Buffer): Promise<Buffer | undefined>;
  /** For the rare row that is needed in the middle of a step; blocks. */
  getSync(key: Buffer): Buffer | undefined;
  getMany(keys: readonly Buffer[]): Promise<readonly (Buffer | undefined)[]>;
  /** At most `limit` rows in key order. */
  rows(range: Range, limit: number): Promise<readonly (readonly [Buffer, Buffer])[]>;
  /** The first rows, until they are `limits.rows` or hold `limits.bytes`; `more` where that ended it. */
  page(range: Range, limits: PageLimits): Promise<Page>;
  /** At most `limit` keys in order, without reading what is under them. */
  keys(range: Range, limit: number): Promise<readonly Buffer[]>;
  batch(): WriteBatch;
  clear(range: Range): Promise<void>;
  close(): Promise<void>;
  /**
   * How many commits are known to have been flushed to the disk: what a later open must find at least.
   * Kept outside the store itself, so that a store cut short is noticed.
   */
  watermark(): Promise<number>;
  mark(commits: number): void;
  /** The error for a store that has fewer commits than the watermark says; later opens answer it too. */
  shortened(commits: number): Promise<AlienError>;
  /** Keeps some of the disk for the day it is full; throws where there is no space for that. */
  keepReserve(): Promise<void>;
  /** Gives the disk what was kept, while the storage is closed. */
  spendReserve(): Promise<void>;
}
