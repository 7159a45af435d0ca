import type { Delivery } from "@alienplatform/bindings";
import type { AlienError } from "@alienplatform/core";
import { deliveriesOf } from "./delivery.ts";
import { tellTaken } from "./inspect/tell-taken.ts";
import type { Lane } from "./lane.ts";
import { Lease } from "./lease.ts";
import type { Outcomes } from "./outcomes.ts";
import type { QueueParts } from "./parts.ts";
import type { Origin, TakeOptions } from "./port.ts";
import type { TokenSource } from "./token.ts";

/** One take() that has no answer yet. */
interface Waiter {
  readonly options: TakeOptions;
  /** Of the newest who asked with this request. */
  signal: AbortSignal | undefined;
  readonly origin: Origin | undefined;
  readonly answer: Promise<readonly Delivery[]>;
  readonly resolve: (deliveries: readonly Delivery[]) => void;
  readonly reject: (error: AlienError) => void;
  /** Ends the wait for time and signal; undefined while nothing is armed. */
  disarm: (() => void) | undefined;
  ended: boolean;
}

/** A lease on its way to disk, for a take() that gets it when it is there. */
interface Served {
  readonly waiter: Waiter;
  readonly lease: Lease;
  deliveries: readonly Delivery[];
}

type Asked = Pick<Waiter, "options" | "origin">;

/** Gives messages to those who wait for them, in the order in which they asked. */
export class Waiters {
  readonly #parts: QueueParts;
  readonly #outcomes: Outcomes;
  readonly #tokens: TokenSource;
  readonly #changed: () => void;
  #waiting: Waiter[] = [];
  #served: Served[] = [];
  #nextLease: number;

  constructor(
    parts: QueueParts,
    options: {
      readonly outcomes: Outcomes;
      readonly tokens: TokenSource;
      readonly nextLease: number;
      /** Called when a seal has something to do. */
      readonly changed: () => void;
    },
  ) {
    this.#parts = parts;
    this.#outcomes = options.outcomes;
    this.#tokens = options.tokens;
    this.#nextLease = options.nextLease;
    this.#changed = options.changed;
  }

  get nextLease(): number {
    return this.#nextLease;
  }

  get waiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Whose takes wait; undefined stands for those without a session. */
  sessions(): ReadonlySet<string | undefined> {
    const waiting = this.#waiting.filter(({ ended }) => !ended);
    return new Set(waiting.map(({ origin }) => origin?.session));
  }

  take(options: TakeOptions, signal?: AbortSignal, origin?: Origin): Promise<readonly Delivery[]> {
    const same = origin && this.#ofRequest(origin);
    if (same !== undefined) {
      same.disarm?.();
      same.disarm = undefined;
      same.signal = signal;
      return same.answer;
    }
    let settle: Pick<Waiter, "resolve" | "reject"> | undefined;
    const answer = new Promise<readonly Delivery[]>((resolve, reject) => {
      settle = { resolve, reject };
    });
    this.#waiting.push({
      options,
      signal,
      origin,
      answer,
      resolve: (deliveries) => settle?.resolve(deliveries),
      reject: (error) => settle?.reject(error),
      disarm: undefined,
      ended: false,
    });
    return answer;
  }

  /** The same request that waits already: its process has lost the connection and asks again. */
  #ofRequest({ session, request }: Origin): Waiter | undefined {
    return this.#waiting.find(
      ({ origin, ended }) => !ended && origin?.session === session && origin.request === request,
    );
  }

  /**
   * Leases what there is to those who wait; the leases go with the commit being built. While the queue is paused
   * only those are served who call no handler.
   */
  serve(now: number, paused: boolean, failed: (error: unknown) => void): void {
    if (this.#waiting.length === 0) return;
    const { order } = this.#parts;
    order.begin();
    const kept: Waiter[] = [];
    let wanted = 0;
    for (const waiter of this.#waiting) {
      if (waiter.ended) continue;
      if (waiter.signal?.aborted === true) {
        this.#finish(waiter);
        continue;
      }
      if (paused && waiter.options.taker !== undefined) {
        this.#keep(waiter, kept);
        continue;
      }
      // Whoever needs what is still to be read goes first, also before those who want less.
      if (wanted === 0 && this.#unread(waiter)) wanted = waiter.options.max;
      const lease = wanted === 0 ? this.#lease(waiter, now) : undefined;
      // What was in memory may have been too old, or of busy groups or keys, and the next is on disk.
      if (lease === undefined && wanted === 0 && this.#unseen(waiter)) wanted = waiter.options.max;
      if (lease !== undefined) {
        waiter.disarm?.();
        this.#parts.leases.open(lease);
        tellTaken(this.#parts, lease, now);
        this.#served.push({ waiter, lease, deliveries: [] });
      } else if (wanted === 0) {
        this.#keep(waiter, kept);
      } else {
        this.#arm(waiter);
        kept.push(waiter);
      }
    }
    this.#waiting = kept;
    for (const lane of this.#parts.lanes()) lane.readAhead(wanted, this.#changed, failed);
    // The rest in a later turn, so that others have theirs.
    if (order.cut && kept.length > 0) setImmediate(this.#changed);
  }

  /** There is nothing for it now. */
  #keep(waiter: Waiter, kept: Waiter[]): void {
    if (waiter.options.waitMs <= 0) {
      this.#finish(waiter);
      return;
    }
    this.#arm(waiter);
    kept.push(waiter);
  }

  /** Takes messages for somebody who gives them out to nobody: in the order of delivery, whatever the queue's concurrency. */
  claim(max: number, now: number): Lease | undefined {
    return this.#lease({ options: { max, leaseMs: 0, waitMs: 0 }, origin: undefined }, now);
  }

  /** Whether it would get less than there is, because that is not in memory. */
  #unread({ options }: Waiter): boolean {
    let left = Math.min(options.max, this.#room(options));
    if (left <= 0) return false;
    if (this.#parts.loose.unread) return true;
    for (const lane of this.#parts.lanes()) {
      const turns = this.#parts.order.turnsOf(lane);
      left -= this.#parts.loose.dueOf(lane.priority) + (turns?.ready ?? 0);
      if (left <= 0) return false;
      if (lane.claimable < left && lane.unread && turns?.full !== true) return true;
      left -= lane.claimable;
    }
    return false;
  }

  /** Whether there may be something for it among what is still to be read or looked at. */
  #unseen({ options }: Waiter): boolean {
    const { loose, lanes, order } = this.#parts;
    if (this.#room(options) <= 0) return false;
    if (loose.unread || order.cut) return true;
    return lanes().some((lane) => lane.unread && order.turnsOf(lane)?.full !== true);
  }

  /** How many more it may have: a queue's concurrency bounds consumers, and counts what they have. */
  #room({ taker }: TakeOptions): number {
    const { concurrency } = this.#parts.spec();
    if (concurrency === undefined || taker === undefined) return Number.POSITIVE_INFINITY;
    return concurrency - this.#parts.leases.handled;
  }

  #lease({ options, origin }: Asked, now: number): Lease | undefined {
    const { fifo, retentionMs } = this.#parts.spec();
    const most = Math.min(options.max, this.#room(options));
    let left = most;
    if (left <= 0 || !this.#claimable()) return undefined;
    const secret = this.#tokens.next();
    const lease = new Lease({
      number: this.#nextLease,
      secret,
      token: secret.toString("base64url"),
      until: now + options.leaseMs,
      takenAt: now,
      session: origin?.session,
      request: origin?.request ?? 0,
      taker: options.taker,
    });
    for (const lane of this.#parts.lanes()) {
      const turns = this.#parts.order.turnsOf(lane);
      if (turns !== undefined) turns.claim(lease, left, now - retentionMs);
      // The other lanes of a FIFO queue are for its retries, which have their turn with the rest.
      else if (!fifo) this.#claim(lease, lane, left, now - retentionMs);
      left = most - lease.open;
      if (left === 0) break;
    }
    if (lease.open === 0) return undefined;
    this.#nextLease++;
    return lease;
  }

  /** Adds at most `max` messages: first what is due again, then what comes after the cursor. */
  #claim(lease: Lease, lane: Lane, max: number, keptFrom: number): void {
    const { loose } = this.#parts;
    const until = lease.open + max;
    while (lease.open < until) {
      const due = loose.lend(lane.priority);
      if (due === undefined) break;
      if (due.due > keptFrom) lease.add(due, 0);
      else {
        this.#parts.jobs.dropped(this.#parts.batch(), due, "expired");
        loose.del(this.#parts.batch(), due);
      }
    }
    if (lease.open < until) lane.claim(lease, until - lease.open, keptFrom);
  }

  #claimable(): boolean {
    if (this.#parts.loose.dueCount > 0) return true;
    for (const lane of this.#parts.lanes()) if (lane.claimable > 0) return true;
    for (const turns of this.#parts.order.turns) if (turns.ready > 0) return true;
    return false;
  }

  #finish(waiter: Waiter): void {
    waiter.ended = true;
    waiter.disarm?.();
    waiter.resolve([]);
  }

  /** Nothing for it yet: time and signal may end the wait from here on. */
  #arm(waiter: Waiter): void {
    if (waiter.disarm !== undefined) return;
    const end = (): void => {
      this.#finish(waiter);
      this.#waiting = this.#waiting.filter((other) => other !== waiter);
    };
    // Without a wait it stays only until what is on disk has been read.
    const { waitMs } = waiter.options;
    const cancel = waitMs > 0 ? this.#parts.clock.schedule(waitMs, end) : undefined;
    waiter.signal?.addEventListener("abort", end, { once: true });
    waiter.disarm = () => {
      cancel?.();
      waiter.signal?.removeEventListener("abort", end);
    };
  }

  /** Decodes what was served while its commit is on the way. */
  prepare(): void {
    for (const served of this.#served) {
      served.deliveries = deliveriesOf(served.lease, this.#parts.lane);
    }
  }

  /** The leases are on disk: hands the messages out. */
  committed(): void {
    const served = this.#served;
    this.#served = [];
    for (const { waiter, lease, deliveries } of served) {
      if (waiter.signal?.aborted === true) {
        this.#outcomes.giveBack(lease);
        this.#changed();
        waiter.resolve([]);
      } else {
        waiter.resolve(deliveries);
      }
    }
  }

  failed(error: AlienError): void {
    for (const { waiter } of this.#served) waiter.reject(error);
    for (const waiter of this.#waiting) {
      waiter.disarm?.();
      waiter.reject(error);
    }
    this.#served = [];
    this.#waiting = [];
  }
}
