import { Parked, type ParkedPlace } from "./parked.ts";
import { Ring } from "./ring.ts";

/** What a group gives when it has its turn. */
export interface FreedPlace extends ParkedPlace {
  readonly group: number;
}

/**
 * The FIFO groups that have something out or waiting. A group is busy while a message of it is on loan, waits for its
 * retry or for its key; what comes of a busy group is parked. Groups are known by a hash: two groups with the same
 * would be served as one, which keeps the order of both.
 */
export class Groups {
  /** By group: the list of its parked messages times two, plus one while it is busy. */
  readonly #states = new Map<number, number>();
  #parked = new Parked();
  /** Groups that are not busy and have parked messages, in the order in which they became so. */
  readonly #freed = new Ring();

  /** How many groups are not busy and have parked messages. */
  get ready(): number {
    return this.#freed.size;
  }

  /** Parked messages, runs of neighbours counted once. */
  get runs(): number {
    return this.#parked.size;
  }

  /** Whether a message of the group is out or waits. */
  knows(group: number): boolean {
    return this.#states.has(group);
  }

  /** A message of the group is on loan, or waits for its retry or its key. */
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
    this.#freed.push(group);
  }

  /** The message waits behind what is out or waits of its group; where that is nothing, it is the next. */
  park(group: number, segment: number, index: number): void {
    const state = this.#states.get(group);
    const list = this.#parked.append(Math.floor((state ?? 0) / 2), segment, index);
    this.#states.set(group, list * 2 + ((state ?? 0) % 2));
    if (state === undefined) this.#freed.push(group);
  }

  /** The first message of the next group that is not busy, and is so now. */
  next(): FreedPlace | undefined {
    const group = this.#freed.shift();
    if (group === undefined) return undefined;
    const list = Math.floor((this.#states.get(group) ?? 0) / 2);
    const { segment, index } = this.#parked.first(list);
    this.#states.set(group, this.#parked.shift(list) * 2 + 1);
    return { group, segment, index };
  }

  /** Forgets all: what is on loan is to be held again. */
  clear(): void {
    this.#states.clear();
    this.#parked = new Parked();
    this.#freed.clear();
  }
}
