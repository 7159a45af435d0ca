import type { WriteBatch } from "../store/storage.ts";
import { Heap } from "./heap.ts";
import { leaseKey } from "./keys.ts";
import { type EntryState, entryState, type Lease } from "./lease.ts";
import { encodeLease } from "./lease-row.ts";
import type { Taker } from "./port.ts";

/** Ended leases whose receipts are still known, so that a repeated outcome succeeds. */
const SPENT_LEASES = 16_384;
export const TOKEN_LENGTH = 22;
/** A clock that is set back by less is let be. */
const SET_BACK_MS = 1_000;

interface End {
  readonly at: number;
  readonly lease: Lease;
}

/** All leases of a queue: by token, by session, by when they end. */
export class LeaseBook {
  readonly #queue: number;
  readonly #byToken = new Map<string, Lease>();
  readonly #bySession = new Map<string, Map<number, Lease>>();
  readonly #ends = new Heap<End>((a, b) => a.at < b.at);
  readonly #spent: Lease[] = [];
  #spentHead = 0;
  readonly #dirty = new Set<Lease>();
  #openLeases = 0;
  /** The latest time that was seen. */
  #seen = 0;
  #inFlight = 0;
  #handled = 0;

  constructor(queue: number) {
    this.#queue = queue;
  }

  /** Messages on loan. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Messages on loan to consumers. */
  get handled(): number {
    return this.#handled;
  }

  /** Takes in a lease that holds its messages. */
  open(lease: Lease): void {
    this.#byToken.set(lease.token, lease);
    this.#inFlight += lease.open;
    if (lease.taker !== undefined) this.#handled += lease.open;
    this.#openLeases++;
    if (lease.dirty) this.#dirty.add(lease);
    this.watch(lease);
    if (lease.session === undefined) return;
    const requests = this.#bySession.get(lease.session);
    if (requests !== undefined) requests.set(lease.request, lease);
    else this.#bySession.set(lease.session, new Map([[lease.request, lease]]));
  }

  byToken(token: string): Lease | undefined {
    return this.#byToken.get(token);
  }

  byRequest(session: string, request: number): Lease | undefined {
    return this.#bySession.get(session)?.get(request);
  }

  ofSession(session: string): readonly Lease[] {
    return [...(this.#bySession.get(session)?.values() ?? [])];
  }

  sessions(): readonly string[] {
    return [...this.#bySession.keys()];
  }

  openLeases(): readonly Lease[] {
    return [...this.#byToken.values()].filter(({ open }) => open > 0);
  }

  close(lease: Lease, entry: number, state: EntryState): void {
    lease.close(entry, state);
    this.#inFlight--;
    if (lease.taker !== undefined) this.#handled--;
    // Acks need no new row: the message's own rows are gone. Other outcomes are remembered in it.
    if (state !== entryState.ack && lease.open > 0) this.touch(lease);
    if (lease.open === 0) this.#end(lease);
  }

  /** Its row has changed. */
  touch(lease: Lease): void {
    lease.dirty = true;
    this.#dirty.add(lease);
  }

  /** The lease ends later or earlier than before. A later end is found when the old one comes. */
  reschedule(lease: Lease): void {
    if (lease.nextEnd < lease.watchedFor) this.watch(lease);
    this.touch(lease);
  }

  /** The process that had it is gone in peace: anybody may settle. */
  leaveSession(lease: Lease): void {
    this.#dropRequest(lease);
    lease.session = undefined;
    // What it has left is with no handler any more.
    if (lease.taker !== undefined) this.#handled -= lease.open;
    lease.taker = undefined;
    this.touch(lease);
  }

  #dropRequest(lease: Lease): void {
    if (lease.session === undefined) return;
    const requests = this.#bySession.get(lease.session);
    requests?.delete(lease.request);
    if (requests?.size === 0) this.#bySession.delete(lease.session);
  }

  #end(lease: Lease): void {
    this.#openLeases--;
    this.#dropRequest(lease);
    this.#dirty.add(lease);
    lease.places = [];
    lease.groups = undefined;
    lease.keys = undefined;
    this.#spent.push(lease);
    if (this.#spent.length - this.#spentHead > SPENT_LEASES) {
      const oldest = this.#spent[this.#spentHead++];
      if (oldest !== undefined) this.#byToken.delete(oldest.token);
      if (this.#spentHead > SPENT_LEASES) {
        this.#spent.splice(0, this.#spentHead);
        this.#spentHead = 0;
      }
    }
    if (this.#ends.size > this.#openLeases * 2 + 1024)
      this.#ends.retain((end) => end.lease.open > 0);
  }

  /** When the next lease ends. */
  nextEnd(): number {
    for (let end = this.#ends.peek(); end !== undefined; end = this.#ends.peek()) {
      if (end.lease.open > 0 && end.lease.nextEnd <= end.at) return end.at;
      this.#ends.pop();
      if (end.lease.open > 0) this.watch(end.lease);
    }
    return Number.POSITIVE_INFINITY;
  }

  /** The leases that have messages whose time is up, each once. */
  takeEnded(now: number): readonly Lease[] {
    this.#follow(now);
    const ended: Lease[] = [];
    while (this.nextEnd() <= now) {
      const end = this.#ends.pop();
      if (end !== undefined) ended.push(end.lease);
    }
    return ended;
  }

  /**
   * A clock that was set back must not make leases longer: they end as much earlier as it is. What went by since it was
   * last looked at is not known; that is at most the length of the shortest lease.
   */
  #follow(now: number): void {
    const back = this.#seen - now;
    if (back > 0 && back < SET_BACK_MS) return;
    this.#seen = now;
    if (back <= 0) return;
    for (const lease of this.openLeases()) {
      lease.advance(back);
      this.touch(lease);
      this.watch(lease);
    }
  }

  /**
   * Of each lease of a taker, how many of its open messages may have been started: the oldest that the taker
   * holds, as many as it has handlers.
   */
  started(leases: readonly Lease[]): ReadonlyMap<Lease, number> {
    const started = new Map<Lease, number>();
    const ofTaker = new Map<string, ReadonlyMap<Lease, number>>();
    for (const lease of leases) {
      const { session, taker } = lease;
      if (session === undefined || taker === undefined) continue;
      const name = `${session}/${taker.number}`;
      const shares = ofTaker.get(name) ?? this.#shares(session, taker);
      ofTaker.set(name, shares);
      started.set(lease, shares.get(lease) ?? 0);
    }
    return started;
  }

  #shares(session: string, taker: Taker): ReadonlyMap<Lease, number> {
    const shares = new Map<Lease, number>();
    const held = this.ofSession(session).filter((lease) => lease.taker?.number === taker.number);
    let left = taker.handlers;
    for (const lease of held.sort((a, b) => a.number - b.number)) {
      shares.set(lease, Math.min(left, lease.open));
      left = Math.max(0, left - lease.open);
    }
    return shares;
  }

  /** To be called for what takeEnded gave and still has open messages. */
  watch(lease: Lease): void {
    lease.watchedFor = lease.nextEnd;
    this.#ends.push({ at: lease.watchedFor, lease });
  }

  seal(batch: WriteBatch): void {
    for (const lease of this.#dirty) {
      const key = leaseKey(this.#queue, lease.number);
      if (lease.open > 0) {
        batch.put(key, encodeLease(lease));
        lease.stored = true;
      } else if (lease.stored) {
        batch.del(key);
      }
      lease.dirty = false;
    }
    this.#dirty.clear();
  }
}
