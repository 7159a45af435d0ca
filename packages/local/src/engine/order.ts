import type { WriteBatch } from "../store/storage.ts";
import { sourceOf } from "./delivery.ts";
import { Groups } from "./groups.ts";
import type { JobBook } from "./jobs/job-book.ts";
import { KeysOnLoan } from "./keys-on-loan.ts";
import type { Lane } from "./lane.ts";
import { entryState, type Lease } from "./lease.ts";
import type { LeaseBook } from "./leases.ts";
import type { LooseBook } from "./loose.ts";
import type { Loose } from "./loose-row.ts";
import { recordGroup, recordKey } from "./record.ts";
import { Segment } from "./segment.ts";
import { type Needs, Turns } from "./turns.ts";

export interface OrderParts {
  readonly leases: LeaseBook;
  readonly loose: LooseBook;
  readonly jobs: JobBook;
  lane(priority: number): Lane;
  lanes(): readonly Lane[];
  /** The commit being built. */
  batch(): WriteBatch;
}

/** All priorities, the highest first. */
const PRIORITIES: readonly number[] = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0];

/**
 * Which messages of a queue wait for a FIFO group or a concurrency key. A lane has turns from the first message with a
 * key on, that of a FIFO queue always; a queue without either pays nothing for them.
 */
export class Order {
  readonly #parts: OrderParts;
  readonly #turns = new Map<number, Turns>();
  readonly keys = new KeysOnLoan(() => this.#turns.values());
  #groups: Groups | undefined;

  constructor(parts: OrderParts) {
    this.#parts = parts;
  }

  /** In a FIFO queue. */
  get groups(): Groups | undefined {
    return this.#groups;
  }

  /** Where its messages do not simply go in the order of sending. */
  turnsOf(lane: Lane): Turns | undefined {
    return this.#turns.get(lane.priority);
  }

  get turns(): Iterable<Turns> {
    return this.#turns.values();
  }

  /** Whether some were left out for having looked at enough in this commit. */
  get cut(): boolean {
    for (const turns of this.#turns.values()) if (turns.cut) return true;
    return false;
  }

  /** A new commit. */
  begin(): void {
    for (const turns of this.#turns.values()) turns.begin();
  }

  /** Only while the queue is empty. */
  setFifo(fifo: boolean): void {
    if (fifo === (this.#groups !== undefined)) return;
    this.#groups = fifo ? new Groups() : undefined;
    this.#turns.clear();
    for (const lane of this.#parts.lanes()) {
      lane.leaveGroups();
      this.added(lane);
    }
  }

  /** A lane of the queue is new, or known from its row. */
  added(lane: Lane): void {
    if (this.#groups === undefined ? lane.keyed : lane.priority === 0) this.#start(lane);
  }

  /** A message with a key comes into a lane of a queue that is not FIFO. */
  expectKeys(lane: Lane): void {
    if (lane.keyed || this.#groups !== undefined) return;
    lane.keyed = true;
    this.#start(lane);
  }

  #start(lane: Lane): void {
    const lent: [Segment, number][] = [];
    for (const { places, indexes, states } of this.#parts.leases.openLeases()) {
      for (const [entry, place] of places.entries()) {
        if (!(place instanceof Segment) || place.lane !== lane.priority) continue;
        if (states[entry] === entryState.open) lent.push([place, indexes[entry] ?? 0]);
      }
    }
    lane.joinGroups(lent);
    const fifo = this.#groups !== undefined;
    this.#turns.set(
      lane.priority,
      new Turns({
        lane,
        groups: this.#groups,
        keys: this.keys,
        loose: this.#parts.loose,
        jobs: this.#parts.jobs,
        priorities: fifo ? PRIORITIES : [lane.priority],
        batch: () => this.#parts.batch(),
        lent: (lease, entry, needs) => this.lent(lease, entry, needs),
      }),
    );
  }

  /** Takes in a lease of before the store was opened. */
  restore(lease: Lease): void {
    if (this.#turns.size === 0) return;
    for (const [entry, place] of lease.places.entries()) {
      if (lease.states[entry] !== entryState.open) continue;
      if (place instanceof Segment) {
        if (!this.#turns.has(place.lane)) continue;
        place.setLent(lease.indexes[entry] ?? 0);
      }
      const { bytes, at } = sourceOf(lease, entry, this.#parts.lane);
      this.lent(lease, entry, {
        key: recordKey(bytes, at),
        group: this.#groups === undefined ? 0 : recordGroup(bytes, at),
      });
    }
  }

  /** A message of the lease has its key and its group; 0 where it has none. */
  lent(lease: Lease, entry: number, { key, group }: Needs): void {
    if (key !== 0) {
      this.keys.hold(key);
      lease.keys ??= [];
      lease.keys[entry] = key;
    }
    if (group === 0) return;
    this.#groups?.hold(group);
    lease.groups ??= [];
    lease.groups[entry] = group;
  }

  /** It is on loan no more. */
  returned(lease: Lease, entry: number): void {
    if (lease.keys !== undefined) this.keys.free(lease.keys[entry] ?? 0);
  }

  /** It does not come back: the next of its group has its turn. */
  finished(lease: Lease, entry: number): void {
    if (lease.groups !== undefined) this.#groups?.free(lease.groups[entry] ?? 0);
  }

  /** A message that waited for its retry does not come back. */
  cancelled({ row, at }: Loose): void {
    this.#groups?.free(recordGroup(row, at));
  }

  /** Only what is on loan is left. */
  purge(): void {
    for (const turns of this.#turns.values()) turns.purge();
    if (this.#groups === undefined) return;
    this.#groups.clear();
    for (const { groups, states } of this.#parts.leases.openLeases()) {
      for (const [entry, group] of (groups ?? []).entries()) {
        if (states[entry] === entryState.open) this.#groups.hold(group ?? 0);
      }
    }
  }
}
