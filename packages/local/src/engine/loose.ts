import { damaged } from "../store/damage.ts";
import type { Storage, WriteBatch } from "../store/storage.ts";
import { Heap } from "./heap.ts";
import { looseKey, queueRange, readLooseKey, table } from "./keys.ts";
import { dueBefore, type Loose, loosePriority, parseLoose } from "./loose-row.ts";
import { recordSentAt } from "./record.ts";

/** How much is kept in memory of what waits; the rest is read when its time comes. */
const MOST_MESSAGES = 16_384;
const MOST_BYTES = 16 * 1024 * 1024;
const READ_ROWS = 4096;
const READ_BYTES = 2 * 1024 * 1024;
const PAGE = { rows: READ_ROWS, bytes: READ_BYTES };

/** In the place of a priority: delayed at send, and due now. */
export const JOINING = -1;

/** The delayed and retried messages of a queue that are not on loan, up to a horizon; beyond it they are on disk only. */
export class LooseBook {
  readonly #queue: number;
  readonly #storage: Storage;
  /** What was never on loan is given by lend(JOINING), whatever its priority. */
  apart = false;
  readonly #later = new Heap<Loose>(dueBefore);
  /** Due, by priority. */
  readonly #due = new Map<number, Loose[]>();
  #dueCount = 0;
  #bytes = 0;
  #count: number;
  /** The last that is in memory; undefined where all are. */
  #horizon: Loose | undefined;
  /** Beyond the horizon, made since the last commit began: not on disk yet. */
  #far: Loose[] = [];
  /** On loan: their rows are still there. */
  readonly #lent = new Set<number>();
  /** Serials whose rows the commit being built deletes. */
  #gone: number[] = [];

  constructor(queue: number, storage: Storage, count: number) {
    this.#queue = queue;
    this.#storage = storage;
    this.#count = count;
    // Nothing has been read yet: everything lies beyond.
    if (count > 0) this.#horizon = NOTHING;
  }

  get count(): number {
    return this.#count;
  }

  /** How many lend() can give. */
  get dueCount(): number {
    return this.#dueCount;
  }

  /** How many of those with this priority. */
  dueOf(priority: number): number {
    return this.#due.get(priority)?.length ?? 0;
  }

  /** When the oldest of those was sent. */
  oldestSentAt(): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const due of this.#due.values()) {
      for (const { row, at } of due) oldest = Math.min(oldest, recordSentAt(row, at));
    }
    return oldest;
  }

  /** A row of its own for a message, with the commit being built. */
  put(batch: WriteBatch, loose: Loose): void {
    batch.put(looseKey(this.#queue, loose.due, loose.serial), loose.row);
    this.#count++;
    if (this.#horizon !== undefined && dueBefore(this.#horizon, loose)) this.#far.push(loose);
    else this.#keep(loose);
  }

  #keep(loose: Loose): void {
    this.#later.push(loose);
    this.#bytes += loose.row.length;
  }

  /** The message is settled: its row goes. */
  del(batch: WriteBatch, loose: Loose): void {
    batch.del(looseKey(this.#queue, loose.due, loose.serial));
    this.#gone.push(loose.serial);
  }

  /** Sorts in what has become due; returns how many of those in memory are. */
  promote(now: number): number {
    for (let next = this.#later.peek(); next !== undefined && next.due <= now; ) {
      this.#later.pop();
      const priority = this.apart && !next.returned ? JOINING : loosePriority(next);
      const due = this.#due.get(priority);
      if (due === undefined) this.#due.set(priority, [next]);
      else due.push(next);
      this.#dueCount++;
      next = this.#later.peek();
    }
    return this.#dueCount;
  }

  /** The next that is due with this priority; its row stays until del(). */
  lend(priority: number): Loose | undefined {
    const next = this.#due.get(priority)?.shift();
    if (next === undefined) return undefined;
    this.#dueCount--;
    this.#count--;
    this.#bytes -= next.row.length;
    this.#lent.add(next.serial);
    return next;
  }

  /** On loan since before the store was opened. */
  lentBefore(loose: Loose): void {
    this.#lent.add(loose.serial);
  }

  /** When the next one is due that is not yet. */
  nextDue(): number {
    const next = this.#later.peek();
    if (next !== undefined) return next.due;
    return this.#horizon === undefined ? Number.POSITIVE_INFINITY : this.#horizon.due;
  }

  /** Whether more should be read from disk. */
  get unread(): boolean {
    if (this.#horizon === undefined || this.#bytes >= READ_BYTES) return false;
    return this.#later.size + this.#dueCount < READ_ROWS / 4;
  }

  /** Reads on from the horizon. No commit may be in flight: what is not on disk is exactly #far. */
  async load(): Promise<void> {
    const from = this.#horizon;
    if (from === undefined) return;
    const { gte, lt } = queueRange(table.loose, this.#queue);
    const range = from === NOTHING ? { gte, lt } : { gt: this.#keyOf(from), lt };
    const { rows, more } = await this.#storage.page(range, PAGE);
    const unsaved = this.#far;
    this.#far = [];
    let last: Loose | undefined;
    // After the clock went back, what is due can lie beyond the horizon.
    const known = new Set([...this.#lent, ...this.#gone]);
    for (const due of this.#due.values()) for (const { serial } of due) known.add(serial);
    for (const [key, row] of rows) {
      const { due, serial } = readLooseKey(key);
      last = parseLoose(due, serial, row);
      if (!known.has(serial)) this.#keep(last);
    }
    this.#horizon = more ? last : undefined;
    if (
      this.#horizon === undefined &&
      this.#later.size + this.#dueCount + unsaved.length !== this.#count
    ) {
      throw damaged("delayed or retried messages are missing");
    }
    for (const loose of unsaved) {
      if (this.#horizon !== undefined && dueBefore(this.#horizon, loose)) this.#far.push(loose);
      else this.#keep(loose);
    }
  }

  #keyOf({ due, serial }: Loose): Buffer {
    return looseKey(this.#queue, due, serial);
  }

  /** The commit being built has everything: what lies far ahead need not stay in memory. */
  seal(): void {
    this.#far = [];
    for (const serial of this.#gone) this.#lent.delete(serial);
    this.#gone = [];
    if (this.#later.size <= MOST_MESSAGES && this.#bytes <= MOST_BYTES) return;
    const sorted = [...this.#later.items()].sort((a, b) => (dueBefore(a, b) ? -1 : 1));
    let bytes = 0;
    let kept = 0;
    for (const { row } of sorted) {
      if (kept >= MOST_MESSAGES / 2 || bytes + row.length > MOST_BYTES / 2) break;
      bytes += row.length;
      kept++;
    }
    const last = sorted[Math.max(0, kept - 1)];
    if (last === undefined || kept === sorted.length) return;
    this.#horizon = last;
    this.#later.retain((loose) => !dueBefore(last, loose));
    for (const loose of sorted.slice(Math.max(1, kept))) this.#bytes -= loose.row.length;
  }

  /** Deletes all rows but those on loan, with the commit being built; returns how many. Like load(), between commits. */
  async purge(batch: () => WriteBatch): Promise<number> {
    const { gte, lt } = queueRange(table.loose, this.#queue);
    let range: { gte?: Buffer; gt?: Buffer; lt: Buffer } = { gte, lt };
    const keys: Buffer[] = [];
    for (;;) {
      const some = await this.#storage.keys(range, READ_ROWS);
      for (const key of some) if (!this.#lent.has(readLooseKey(key).serial)) keys.push(key);
      const last = some.at(-1);
      if (last === undefined || some.length < READ_ROWS) break;
      range = { gt: last, lt };
    }
    const removed = this.#count;
    const into = batch();
    for (const key of keys) into.del(key);
    const due = [...this.#due.values()].flat();
    // Some of these are in the commit being built only.
    for (const loose of [...due, ...this.#later.items(), ...this.#far])
      into.del(this.#keyOf(loose));
    this.#later.retain(() => false);
    this.#due.clear();
    this.#far = [];
    this.#dueCount = 0;
    this.#bytes = 0;
    this.#count = 0;
    this.#horizon = undefined;
    return removed;
  }

  /** How many are due, also of those on disk only. */
  async due(now: number): Promise<number> {
    let due = this.promote(now);
    const horizon = this.#horizon;
    if (horizon === undefined || (horizon !== NOTHING && horizon.due > now)) return due;
    const { gte } = queueRange(table.loose, this.#queue);
    const lt = looseKey(this.#queue, now + 1, 0);
    let range: { gte?: Buffer; gt?: Buffer; lt: Buffer } =
      horizon === NOTHING ? { gte, lt } : { gt: this.#keyOf(horizon), lt };
    for (;;) {
      const keys = await this.#storage.keys(range, READ_ROWS);
      for (const key of keys) if (!this.#lent.has(readLooseKey(key).serial)) due++;
      const last = keys.at(-1);
      if (last === undefined || keys.length < READ_ROWS) return due;
      range = { gt: last, lt };
    }
  }

  /** Some that wait, at most `limit`, soonest first, after this one; none where there are no more. */
  async list(limit: number, after?: Loose): Promise<readonly Loose[]> {
    const found: Loose[] = [];
    const { gte, lt } = queueRange(table.loose, this.#queue);
    let range: { gte?: Buffer; gt?: Buffer; lt: Buffer } = after
      ? { gt: this.#keyOf(after), lt }
      : { gte, lt };
    while (found.length === 0) {
      const { rows, more } = await this.#storage.page(range, PAGE);
      for (const [key, row] of rows) {
        const { due, serial } = readLooseKey(key);
        if (found.length < limit && !this.#lent.has(serial)) {
          found.push(parseLoose(due, serial, row));
        }
      }
      const last = rows.at(-1)?.[0];
      if (last === undefined || !more) break;
      range = { gt: last, lt };
    }
    return found;
  }
}

/** Before every message: the horizon of a book that has read nothing. */
const NOTHING: Loose = {
  due: 0,
  serial: 0,
  attempts: 0,
  returned: false,
  row: Buffer.alloc(0),
  at: 0,
  end: 0,
};
