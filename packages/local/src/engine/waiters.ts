import type { Delivery } from "@alienplatform/bindings";
import type { AlienError } from "@alienplatform/core";
import { deliveriesOf } from "./delivery.ts";
import type { Groups } from "./groups.ts";
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

  /** Leases what there is to those who wait; the leases go with the commit being built. */
  serve(now: number, failed: (error: unknown) => void): void {
    if (this.#waiting.length === 0) return;
    const groups = this.#parts.groups();
    groups?.begin();
    const kept: Waiter[] = [];
    let wanted = 0;
    for (const waiter of this.#waiting) {
      if (waiter.ended) continue;
      if (waiter.signal?.aborted === true) {
        this.#finish(waiter);
        continue;
      }
      // Whoever needs what is still to be read goes first, also before those who want less.
      if (wanted === 0 && this.#unread(waiter)) wanted = waiter.options.max;
      const lease = wanted === 0 ? this.#lease(waiter, now) : undefined;
      // What was in memory may have been too old, or of busy groups, and the next is on disk.
      if (lease === undefined && wanted === 0) {
        if (groups === undefined ? this.#unread(waiter) : this.#unseen(groups))
          wanted = waiter.options.max;
      }
      if (lease !== undefined) {
        waiter.disarm?.();
        this.#parts.leases.open(lease);
        this.#served.push({ waiter, lease, deliveries: [] });
      } else if (waiter.options.waitMs <= 0 && wanted === 0) {
        this.#finish(waiter);
      } else {
        this.#arm(waiter);
        kept.push(waiter);
      }
    }
    this.#waiting = kept;
    for (const lane of this.#parts.lanes()) lane.readAhead(wanted, this.#changed, failed);
    // The rest in a later turn, so that others have theirs.
    if (groups?.cut === true && kept.length > 0) setImmediate(this.#changed);
  }

  /** Whether it would get less than there is, because that is not in memory. */
  #unread({ options }: Waiter): boolean {
    let left = options.max;
    if (this.#parts.loose.unread) return true;
    left -= this.#parts.groups()?.ready ?? 0;
    for (const lane of this.#parts.lanes()) {
      left -= this.#parts.loose.dueOf(lane.priority);
      if (left <= 0) return false;
      if (lane.claimable < left && lane.unread) return true;
      left -= lane.claimable;
    }
    return false;
  }

  /** Whether FIFO groups may have messages whose turn it is among those that are still to be looked at. */
  #unseen(groups: Groups): boolean {
    if (this.#parts.loose.unread) return true;
    if (this.#free <= 0) return false;
    return groups.cut || this.#parts.lanes().some(({ unread }) => unread);
  }

  /** How many more may be on loan. */
  get #free(): number {
    const { concurrency } = this.#parts.spec();
    return (concurrency ?? Number.POSITIVE_INFINITY) - this.#parts.leases.inFlight;
  }

  #lease({ options, origin }: Waiter, now: number): Lease | undefined {
    const { loose } = this.#parts;
    const { retentionMs } = this.#parts.spec();
    const groups = this.#parts.groups();
    let left = Math.min(options.max, this.#free);
    if (left <= 0 || !this.#claimable()) return undefined;
    const secret = this.#tokens.next();
    const lease = new Lease({
      number: this.#nextLease,
      secret,
      token: secret.toString("base64url"),
      until: now + options.leaseMs,
      session: origin?.session,
      request: origin?.request ?? 0,
      taker: options.taker,
    });
    for (const lane of this.#parts.lanes()) {
      for (; left > 0; left--) {
        const due = loose.lend(lane.priority);
        if (due === undefined) break;
        if (due.due + retentionMs > now) {
          lease.add(due, 0);
          groups?.again(lease, due);
        } else {
          left++;
          groups?.freeOf(due);
          loose.del(this.#parts.batch(), due);
        }
      }
      if (left > 0 && groups === undefined) left -= lane.claim(lease, left, now - retentionMs);
      if (left === 0) break;
    }
    if (left > 0 && groups !== undefined) {
      groups.claim(lease, this.#parts.lane(0), left, now - retentionMs);
    }
    if (lease.open === 0) return undefined;
    this.#nextLease++;
    return lease;
  }

  #claimable(): boolean {
    return (
      this.#parts.loose.dueCount > 0 ||
      (this.#parts.groups()?.ready ?? 0) > 0 ||
      this.#parts.lanes().some(({ claimable }) => claimable > 0)
    );
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
