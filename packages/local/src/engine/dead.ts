import type { Attempt, DeadLetter, Failure } from "@alienplatform/bindings";
import type { Storage, WriteBatch } from "../store/storage.ts";
import { addChecksum, CHECKSUM_BYTES, verified } from "./checksum.ts";
import { bounded } from "./history.ts";
import { deadIdKey, deadKey, lastU48, queueRange, readU48, table, writeU48 } from "./keys.ts";
import { decodeRecord, recordId, recordMeta } from "./record.ts";

/** u8 format, u16 attempts, u48 dead at, u32 length + JSON {source, error, history}, the record, u32 checksum. */
const HEAD = 13;
/** Of so many pages it is known where they ended, also when their last dead letter is gone. */
const MOST_ENDS = 1024;
/** So much is read at a time, and answered at most: an answer has to go through the socket. */
const PAGE = { rows: 512, bytes: 1024 * 1024 };
const ANSWER_BYTES = 4 * 1024 * 1024;

/** What a dead letter is beside its record. */
export interface DeadParts {
  readonly attempts: number;
  readonly deadAt: number;
  readonly source: string;
  readonly error: Failure;
  readonly history: readonly Attempt[];
}

/** A dead letter as found: its number and where its record is. */
export interface DeadRow {
  readonly number: number;
  readonly letter: DeadLetter;
  readonly row: Buffer;
  readonly at: number;
  readonly end: number;
}

function encode(parts: DeadParts, source: Buffer, start: number, end: number): Buffer {
  const { error, history } = parts;
  const json = Buffer.from(JSON.stringify({ source: parts.source, error, history }));
  const at = HEAD + json.length;
  const row = Buffer.allocUnsafe(at + end - start + CHECKSUM_BYTES);
  row[0] = 1;
  row.writeUInt16BE(parts.attempts, 1);
  writeU48(row, parts.deadAt, 3);
  row.writeUInt32BE(json.length, 9);
  json.copy(row, HEAD);
  source.copy(row, at, start, end);
  return addChecksum(row);
}

function decode(row: Buffer): DeadLetter {
  verified(row, "a dead letter");
  const at = HEAD + row.readUInt32BE(9);
  // Its checksum says that this is what encode() wrote; rows of before have no history.
  const {
    source,
    error,
    history = [],
  } = JSON.parse(row.toString("utf8", HEAD, at)) as Pick<DeadLetter, "source" | "error"> & {
    readonly history?: readonly Attempt[];
  };
  const { earlier = [], key, limit } = recordMeta(row, at);
  return {
    ...decodeRecord(row, at),
    attempts: row.readUInt16BE(1),
    history: earlier.length === 0 ? history : bounded([...earlier, ...history]),
    deadAt: readU48(row, 3),
    source,
    error,
    ...(key !== undefined && limit !== undefined && { concurrency: { key, limit } }),
  };
}

/** The dead letters of a queue: rows only, nothing in memory but how many. */
export class DeadBook {
  readonly #queue: number;
  readonly #storage: Storage;
  readonly #ends = new Map<string, number>();
  #next: number;
  #count: number;

  constructor(queue: number, storage: Storage, next: number, count: number) {
    this.#queue = queue;
    this.#storage = storage;
    this.#next = next;
    this.#count = count;
  }

  get next(): number {
    return this.#next;
  }

  get count(): number {
    return this.#count;
  }

  put(batch: WriteBatch, parts: DeadParts, source: Buffer, start: number, end: number): void {
    const number = this.#next++;
    batch.put(deadKey(this.#queue, number), encode(parts, source, start, end));
    batch.put(deadIdKey(this.#queue, recordId(source, start), number), Buffer.alloc(0));
    this.#count++;
  }

  /** Another record for a dead letter, which keeps its place. */
  replace(batch: WriteBatch, { number, row, at }: DeadRow, record: Buffer): void {
    // Everything before the record is as it was.
    const changed = Buffer.concat([row.subarray(0, at), record, Buffer.alloc(CHECKSUM_BYTES)]);
    batch.put(deadKey(this.#queue, number), addChecksum(changed));
  }

  del(batch: WriteBatch, { number, letter }: DeadRow): void {
    batch.del(deadKey(this.#queue, number));
    batch.del(deadIdKey(this.#queue, letter.id, number));
    this.#count--;
  }

  /**
   * In the order of their death, those that `wanted` takes; after the end of a page also where that dead letter is no
   * longer there. Fewer than `limit` where they are large.
   */
  async list(
    limit: number,
    after: string | undefined,
    wanted: (letter: DeadLetter) => boolean,
  ): Promise<readonly DeadLetter[]> {
    const from =
      after === undefined
        ? undefined
        : (this.#ends.get(after) ?? (await this.#numbers(after)).at(-1));
    const { gte, lt } = queueRange(table.dead, this.#queue);
    let range: { gte?: Buffer; gt?: Buffer; lt: Buffer } =
      from === undefined ? { gte, lt } : { gt: deadKey(this.#queue, from), lt };
    const letters: DeadLetter[] = [];
    let bytes = 0;
    let number = 0;
    // At first as many as would do where all of them are wanted.
    for (let most = limit; ; most = PAGE.rows) {
      const { rows, more } = await this.#storage.page(range, { ...PAGE, rows: most });
      for (const [key, row] of rows) {
        const letter = decode(row);
        if (!wanted(letter)) continue;
        letters.push(letter);
        bytes += row.length;
        number = lastU48(key);
        if (letters.length >= limit || bytes >= ANSWER_BYTES) break;
      }
      const end = rows.at(-1)?.[0];
      const full = letters.length >= limit || bytes >= ANSWER_BYTES;
      if (full || end === undefined || !more) break;
      range = { gt: end, lt };
    }
    const last = letters.at(-1);
    if (last !== undefined) this.#remember(last.id, number);
    return letters;
  }

  #remember(id: string, number: number): void {
    // Where it is known of an earlier page, it stands at the end now.
    this.#ends.delete(id);
    this.#ends.set(id, number);
    if (this.#ends.size <= MOST_ENDS) return;
    for (const oldest of this.#ends.keys()) {
      this.#ends.delete(oldest);
      return;
    }
  }

  /** All with this id. */
  async find(id: string): Promise<readonly DeadRow[]> {
    const numbers = await this.#numbers(id);
    const rows = await this.#storage.getMany(numbers.map((number) => deadKey(this.#queue, number)));
    return numbers.flatMap((number, index) => {
      const row = rows[index];
      if (row === undefined) return [];
      const letter = decode(row);
      const at = HEAD + row.readUInt32BE(9);
      return [{ number, letter, row, at, end: row.length - CHECKSUM_BYTES }];
    });
  }

  async #numbers(id: string): Promise<readonly number[]> {
    const lowest = deadIdKey(this.#queue, id, 0);
    const highest = deadIdKey(this.#queue, id, 2 ** 48 - 1);
    const rows = await this.#storage.rows({ gte: lowest, lt: highest }, 1000);
    return rows.map(([key]) => lastU48(key));
  }
}
