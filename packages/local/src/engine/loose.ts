import { damaged } from "../store/damage.ts";
import type { Storage, WriteBatch } from "../store/storage.ts";
import { Heap } from "./heap.ts";
import { looseKey, queueRange, readLooseKey, table } from "./keys.ts";
import { dueBefore, type Loose, loosePriority, NO_LOOSE, parseLoose } from "./loose-row.ts";
import { ParkedRows } from "./parked-rows.ts";
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
  readonly #gone = new Set<number>();
  /** Due, and waiting for the turn of their concurrency key. */
  readonly #parked: ParkedRows;

  constructor(queue: number, storage: Storage, count: number) {
    this.#queue = queue;
    this.#storage = storage;
    this.#count = count;
    this.#parked = new ParkedRows((due, serial) => storage.getSync(looseKey(queue, due, serial)));
    // Nothing has been read yet: everything lies beyond.
    if (count > 0) this.#horizon = NO_LOOSE;
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

  /** Whether some may be due with this priority, or with any. */
  mayBeDue(now: number, priority?: number): boolean {
    this.promote(now);
    const horizon = this.#horizon?.due ?? Number.POSITIVE_INFINITY;
    if (horizon <= now || this.#parked.count > 0) return true;
    return (priority === undefined ? this.#dueCount : this.dueOf(priority)) > 0;
  }

  /** When the oldest of what is due was sent, as far as it is in memory. */
  oldestSentAt(): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const due of this.#due.values()) {
      for (const { row, at } of due) oldest = Math.min(oldest, recordSentAt(row, at));
    }
    for (const { row, at } of this.#parked.known())
      oldest = Math.min(oldest, recordSentAt(row, at));
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
    this.#gone.add(loose.serial);
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

  /** What lend() gave waits after all, known by its place only. */
  park(loose: Loose): void {
    this.#lent.delete(loose.serial);
    this.#count++;
    this.#parked.add(loose);
  }

  /** A parked message; undefined where it is gone. */
  parked(due: number, serial: number): Loose | undefined {
    return this.#gone.has(serial) ? undefined : this.#parked.read(due, serial);
  }

  /** It does not wait any more: as if lend() had given it, or, where it is gone, as if it had never been parked. */
  unpark(serial: number, loose: Loose | undefined): void {
    this.#parked.delete(serial);
    if (loose === undefined) return;
    this.#count--;
    this.#lent.add(serial);
  }

  isLent(serial: number): boolean {
    return this.#lent.has(serial);
  }

  /** On loan since before the store was opened. */
  lentBefore(loose: Loose): void {
    this.#lent.add(loose.serial);
  }

  /** When the next one is due that is not yet. */
  nextDue(): number {
    const next = this.#later.peek();
    if (next !== undefined) return next.due;
    // With some due in memory, what lies beyond is read when those are few, not by the clock.
    if (this.#horizon === undefined || this.#dueCount > 0) return Number.POSITIVE_INFINITY;
    return this.#horizon.due;
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
    const range = from === NO_LOOSE ? { gte, lt } : { gt: this.#keyOf(from), lt };
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
      this.#later.size + this.#dueCount + this.#parked.count + unsaved.length !== this.#count
    ) {
      throw damaged("delayed or retried messages are missing");
    }
    for (const loose of unsaved) {
      if (this.#horizon !== undefined && dueBefore(this.#horizon, loose)) this.#far.push(loose);
      else this.#keep(loose);
    }
  }

  #keyOf({ due, serial }: Pick<Loose, "due" | "serial">): Buffer {
    return looseKey(this.#queue, due, serial);
  }

  /** The commit being built has everything: what lies far ahead need not stay in memory. */
  seal(): void {
    this.#far = [];
    for (const serial of this.#gone) this.#lent.delete(serial);
    this.#gone.clear();
    this.#parked.seal();
    if (this.#later.size <= MOST_MESSAGES && this.#bytes <= MOST_BYTES) return;
    const sorted = [...this.#later.items()].sort((a, b) => (dueBefore(a, b) ? -1 : 1));
    let bytes = 0;
    let kept = 0;
    for (const { row } of sorted) {
      if (kept >= MOST_MESSAGES / 2 || bytes + row.length > MOST_BYTES / 2) break;
      bytes += row.length;
      kept++;
    }
    // What is parked is read before the horizon, so that it is not read again from beyond.
    const { last: parked } = this.#parked;
    let last = sorted[Math.max(0, kept - 1)];
    if (last === undefined || kept === sorted.length) return;
    if (parked !== undefined && dueBefore(last, parked)) last = parked;
    const horizon = last;
    this.#horizon = horizon;
    for (const loose of sorted) if (dueBefore(horizon, loose)) this.#bytes -= loose.row.length;
    this.#later.retain((loose) => !dueBefore(horizon, loose));
  }

  /** Takes back a message that waits; false where it is on loan or gone. Between commits: its row is on disk. */
  cancel(batch: WriteBatch, loose: Loose): boolean {
    const { serial } = loose;
    if (this.#lent.has(serial) || this.#gone.has(serial)) return false;
    const known = this.#later.size + this.#dueCount;
    this.#later.retain((other) => other.serial !== serial);
    for (const [priority, due] of this.#due) {
      const others = due.filter((other) => other.serial !== serial);
      this.#dueCount -= due.length - others.length;
      this.#due.set(priority, others);
    }
    const far = this.#horizon !== undefined && dueBefore(this.#horizon, loose);
    if (this.#later.size + this.#dueCount < known) this.#bytes -= loose.row.length;
    else if (!far) this.#parked.cancel(serial);
    this.#count--;
    this.del(batch, loose);
    return true;
  }

  /** Deletes all rows but those on loan, with the commit being built; returns how many. Like load(), between commits. */
  async purge(
    batch: () => WriteBatch,
    drop?: (into: WriteBatch, loose: Loose) => void,
  ): Promise<number> {
    const { gte, lt } = queueRange(table.loose, this.#queue);
    let range: { gte?: Buffer; gt?: Buffer; lt: Buffer } = { gte, lt };
    const stored = new Set<number>();
    for (let more = true; more; ) {
      const page = await this.#storage.page(range, PAGE);
      more = page.more;
      const into = batch();
      for (const [key, row] of page.rows) {
        const { due, serial } = readLooseKey(key);
        stored.add(serial);
        if (this.#lent.has(serial)) continue;
        into.del(key);
        drop?.(into, parseLoose(due, serial, row));
      }
      const last = page.rows.at(-1)?.[0];
      if (last === undefined) break;
      range = { gt: last, lt };
    }
    const removed = this.#count;
    const into = batch();
    // What is in the commit being built only, also since the reading began.
    const due = [...this.#due.values()].flat();
    for (const loose of [...due, ...this.#later.items(), ...this.#far, ...this.#parked.clear()]) {
      if (stored.has(loose.serial)) continue;
      into.del(this.#keyOf(loose));
      drop?.(into, loose);
    }
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
    let due = this.promote(now) + this.#parked.count;
    const horizon = this.#horizon;
    if (horizon === undefined || (horizon !== NO_LOOSE && horizon.due > now)) return due;
    const { gte } = queueRange(table.loose, this.#queue);
    const lt = looseKey(this.#queue, now + 1, 0);
    let range: { gte?: Buffer; gt?: Buffer; lt: Buffer } =
      horizon === NO_LOOSE ? { gte, lt } : { gt: this.#keyOf(horizon), lt };
    for (;;) {
      const keys = await this.#storage.keys(range, READ_ROWS);
      for (const key of keys) if (!this.#lent.has(readLooseKey(key).serial)) due++;
      const last = keys.at(-1);
      if (last === undefined || keys.length < READ_ROWS) return due;
      range = { gt: last, lt };
    }
  }

  /** Some that wait, at most `limit`, soonest first, after this one; none where there are no more. */
  async list(limit: number, after?: Pick<Loose, "due" | "serial">): Promise<readonly Loose[]> {
    const found: Loose[] = [];
    const { gte, lt } = queueRange(table.loose, this.#queue);
    let range: { gte?: Buffer; gt?: Buffer; lt: Buffer } = after
      ? { gt: this.#keyOf(after), lt }
      : { gte, lt };
    const page = { rows: Math.min(limit, READ_ROWS), bytes: READ_BYTES };
    while (found.length === 0) {
      const { rows, more } = await this.#storage.page(range, page);
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
