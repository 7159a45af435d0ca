import type { Loose } from "./loose-row.ts";
import type { Taker } from "./port.ts";
import type { Segment } from "./segment.ts";

/** What became of one message of a lease. */
export const entryState = {
  open: 0,
  ack: 1,
  release: 2,
  retry: 3,
  deadLetter: 4,
  expired: 5,
} as const;
export type EntryState = (typeof entryState)[keyof typeof entryState];

export type Place = Segment | Loose;

export interface LeaseParts {
  readonly number: number;
  /** 16 random bytes, and the same as the start of each receipt. */
  readonly secret: Buffer;
  readonly token: string;
  readonly until: number;
  /** When its messages were handed out; undefined where its row is of before that was kept. */
  readonly takenAt: number | undefined;
  readonly session?: string | undefined;
  readonly request: number;
  readonly taker?: Taker | undefined;
}

/** The messages that one take() gave out, until each has an outcome. */
export class Lease {
  readonly number: number;
  readonly secret: Buffer;
  readonly token: string;
  readonly takenAt: number | undefined;
  readonly request: number;
  /** The consumer that has it; undefined where it was received by polling. */
  taker: Taker | undefined;
  /** Whose process it is with; undefined lets it run to its deadline. */
  session: string | undefined;
  /** When it ends for messages without a deadline of their own. */
  until: number;
  places: Place[] = [];
  readonly indexes: number[] = [];
  readonly states: EntryState[] = [];
  /** The FIFO group of each message that has one, see Groups. */
  groups: (number | undefined)[] | undefined;
  /** The concurrency key of each message that has one, see KeysOnLoan. */
  keys: (number | undefined)[] | undefined;
  /** Deadlines of single messages that were extended. */
  extended: Map<number, number> | undefined;
  open = 0;
  /** The end that the lease book waits for. */
  watchedFor = Number.POSITIVE_INFINITY;
  /** Its row is to be put. */
  dirty = true;
  /** A row exists. */
  stored = false;

  constructor(parts: LeaseParts) {
    this.number = parts.number;
    this.secret = parts.secret;
    this.token = parts.token;
    this.until = parts.until;
    this.takenAt = parts.takenAt;
    this.session = parts.session;
    this.request = parts.request;
    this.taker = parts.taker;
  }

  add(place: Place, index: number): void {
    this.places.push(place);
    this.indexes.push(index);
    this.states.push(entryState.open);
    this.open++;
  }

  /** Gives a message its outcome. */
  close(entry: number, state: EntryState): void {
    this.states[entry] = state;
    this.open--;
    this.extended?.delete(entry);
  }

  /** Gives a message a deadline of its own; one for all where all have the same. */
  extend(entry: number, until: number): void {
    this.extended ??= new Map();
    this.extended.set(entry, until);
    if (this.extended.size < this.open) return;
    for (const other of this.extended.values()) if (other !== until) return;
    this.until = until;
    this.extended = undefined;
  }

  /** Ends earlier by so much, for all of its messages. */
  advance(byMs: number): void {
    this.until -= byMs;
    for (const [entry, until] of this.extended ?? []) this.extended?.set(entry, until - byMs);
  }

  untilOf(entry: number): number {
    return this.extended?.get(entry) ?? this.until;
  }

  /** When the next of its open messages comes back. */
  get nextEnd(): number {
    const { extended } = this;
    if (extended === undefined || extended.size < this.open) {
      if (extended === undefined || extended.size === 0) return this.until;
      return Math.min(this.until, ...extended.values());
    }
    return Math.min(...extended.values());
  }
}
