import { sourceOf } from "./delivery.ts";
import type { Lane } from "./lane.ts";
import { entryState, type Lease } from "./lease.ts";
import type { LeaseBook } from "./leases.ts";
import type { Loose } from "./loose-row.ts";
import { Parked } from "./parked.ts";
import { recordGroup } from "./record.ts";
import { Segment } from "./segment.ts";

/** Messages looked at in one commit at most: some milliseconds of work. */
const LOOKED_AT = 8_192;

/**
 * The FIFO groups that have something out or waiting. A group is busy while a message of it is on loan or waits for
 * its retry; what the cursor meets of a busy group is parked. Groups are known by a hash: two groups with the same
 * would be served as one, which keeps the order of both.
 */
export class Groups {
  /** By group: the list of its parked messages times two, plus one while it is busy. */
  readonly #states = new Map<number, number>();
  #parked = new Parked();
  /** Groups that are not busy and have parked messages, in the order in which they became so. */
  #free: number[] = [];
  #freeHead = 0;
  #left = 0;

  /** A new commit: as much may be looked at again. */
  begin(): void {
    this.#left = LOOKED_AT;
  }

  /** Whether claim() stopped for having looked at enough, not for want of messages. */
  get cut(): boolean {
    return this.#left <= 0;
  }

  /** How many groups are not busy and have parked messages. */
  get ready(): number {
    return this.#free.length - this.#freeHead;
  }

  /** A message of the group is on loan or waits for its retry. */
  hold(group: number): void {
    if (group === 0) return;
    const state = this.#states.get(group) ?? 0;
    this.#states.set(group, state % 2 === 0 ? state + 1 : state);
  }

  /** That message is done with: the next of its group has its turn. */
  free(group: number): void {
    const state = this.#states.get(group);
    if (state === undefined || state % 2 === 0) return;
    if (state === 1) {
      this.#states.delete(group);
      return;
    }
    this.#states.set(group, state - 1);
    this.#free.push(group);
  }

  freeOf({ row, at }: Loose): void {
    this.free(recordGroup(row, at));
  }

  /** A message that was out before is on loan again: its group is busy since. */
  again(lease: Lease, { row, at }: Loose): void {
    lease.groups ??= [];
    lease.groups.push(recordGroup(row, at));
  }

  /** Takes in a lease of before the store was opened. */
  restore(lease: Lease, lane: (priority: number) => Lane): void {
    lease.groups = lease.places.map((place, entry) => {
      if (lease.states[entry] !== entryState.open) return 0;
      if (place instanceof Segment) place.setLent(lease.indexes[entry] ?? 0);
      const { bytes, at } = sourceOf(lease, entry, lane);
      const group = recordGroup(bytes, at);
      this.hold(group);
      return group;
    });
  }

  /** Adds at most `max` messages to the lease, of each group at most one: first parked ones, then from the cursor on. */
  claim(lease: Lease, lane: Lane, max: number, madeAfter: number): number {
    lease.groups ??= [];
    const before = lease.open;
    while (lease.open - before < max && this.ready > 0 && this.#left > 0) {
      this.#claimParked(lease, lane, madeAfter);
    }
    if (lease.open - before >= max) return max;
    this.#left -= lane.walk(this.#left, madeAfter, (segment, index) => {
      const group = recordGroup(lane.bytesOf(segment), segment.offset(index));
      const state = this.#states.get(group);
      if (state === undefined) {
        if (group !== 0) this.#states.set(group, 1);
        this.#lend(lease, lane, segment, index, group);
      } else {
        const list = this.#parked.append(Math.floor(state / 2), segment.number, index);
        this.#states.set(group, list * 2 + (state % 2));
      }
      return lease.open - before < max;
    });
    return lease.open - before;
  }

  /** The first message of the next free group; what was kept too long on the way is dropped. */
  #claimParked(lease: Lease, lane: Lane, madeAfter: number): void {
    const group = this.#free[this.#freeHead++] ?? 0;
    if (this.#freeHead > 1024 && this.#freeHead * 2 > this.#free.length) {
      this.#free = this.#free.slice(this.#freeHead);
      this.#freeHead = 0;
    }
    let list = Math.floor((this.#states.get(group) ?? 0) / 2);
    while (list !== 0) {
      this.#left--;
      const place = this.#parked.first(list);
      list = this.#parked.shift(list);
      const segment = lane.passed(place.segment);
      if (segment.madeAt >= madeAfter) {
        this.#states.set(group, list * 2 + 1);
        this.#lend(lease, lane, segment, place.index, group);
        return;
      }
      lane.expire(segment, place.index);
      if (this.#left <= 0 && list !== 0) {
        this.#states.set(group, list * 2);
        this.#free.push(group);
        return;
      }
    }
    this.#states.delete(group);
  }

  #lend(lease: Lease, lane: Lane, segment: Segment, index: number, group: number): void {
    lane.lend(segment, index);
    lease.add(segment, index);
    lease.groups?.push(group);
  }

  /** After a purge only what is on loan is left. */
  purge(leases: LeaseBook): void {
    this.#states.clear();
    this.#parked = new Parked();
    this.#free = [];
    this.#freeHead = 0;
    for (const lease of leases.openLeases()) {
      for (const [entry, group] of (lease.groups ?? []).entries()) {
        if (lease.states[entry] === entryState.open) this.hold(group);
      }
    }
  }
}
