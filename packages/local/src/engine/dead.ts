import type { DeadLetter, Failure } from "@alienplatform/bindings";
import type { Storage, WriteBatch } from "../store/storage.ts";
import { addChecksum, CHECKSUM_BYTES, verified } from "./checksum.ts";
import { deadIdKey, deadKey, lastU48, queueRange, readU48, table, writeU48 } from "./keys.ts";
import { decodeRecord, recordId } from "./record.ts";

/** u8 format, u16 attempts, u48 dead at, u32 length + JSON {source, error}, the record, u32 checksum. */
const HEAD = 13;
/** Of so many pages it is known where they ended, also when their last dead letter is gone. */
const MOST_ENDS = 1024;

interface DeadParts {
  readonly attempts: number;
  readonly deadAt: number;
  readonly source: string;
  readonly error: Failure;
}

/** A dead letter as found: its number and where its record is. */
export interface DeadRow {
  readonly number: number;
  readonly id: string;
  readonly row: Buffer;
  readonly at: number;
  readonly end: number;
}

function encode(parts: DeadParts, source: Buffer, start: number, end: number): Buffer {
  const json = Buffer.from(JSON.stringify({ source: parts.source, error: parts.error }));
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
  // Its checksum says that this is what encode() wrote.
  const { source, error } = JSON.parse(row.toString("utf8", HEAD, at)) as {
    source: string;
    error: Failure;
  };
  const { id, body, headers, sentAt, group } = decodeRecord(row, at);
  return {
    id,
    body,
    headers,
    attempts: row.readUInt16BE(1),
    sentAt,
    deadAt: readU48(row, 3),
    source,
    error,
    ...(group !== undefined && { group }),
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

  del(batch: WriteBatch, { number, id }: DeadRow): void {
    batch.del(deadKey(this.#queue, number));
    batch.del(deadIdKey(this.#queue, id, number));
    this.#count--;
  }

  /** Oldest first; after the end of a page also where that dead letter is no longer there. */
  async list(limit: number, after?: string): Promise<readonly DeadLetter[]> {
    const last =
      after === undefined
        ? undefined
        : (this.#ends.get(after) ?? (await this.#numbers(after)).at(-1));
    const { gte, lt } = queueRange(table.dead, this.#queue);
    const range = last === undefined ? { gte, lt } : { gt: deadKey(this.#queue, last), lt };
    const rows = await this.#storage.rows(range, limit);
    const letters = rows.map(([, row]) => decode(row));
    const end = letters.at(-1);
    const key = rows.at(-1)?.[0];
    if (end !== undefined && key !== undefined) this.#remember(end.id, lastU48(key));
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
      verified(row, "a dead letter");
      const at = HEAD + row.readUInt32BE(9);
      return [{ number, id, row, at, end: row.length - CHECKSUM_BYTES }];
    });
  }

  async #numbers(id: string): Promise<readonly number[]> {
    const lowest = deadIdKey(this.#queue, id, 0);
    const highest = deadIdKey(this.#queue, id, 2 ** 48 - 1);
    const rows = await this.#storage.rows({ gte: lowest, lt: highest }, 1000);
    return rows.map(([key]) => lastU48(key));
  }
}
