import { deathOf, type Failure, type Outcome, type SettleResult } from "@alienplatform/bindings";
import type { ActivityEvent } from "@alienplatform/bindings/operate";
import { AlienError } from "@alienplatform/core";
import type { DeadParts } from "./dead.ts";
import { parseReceipt, sourceOf } from "./delivery.ts";
import {
  bounded,
  decodeKept,
  encodeKept,
  type FailedDelivery,
  shorten,
  withAttempt,
} from "./history.ts";
import { type Fate, fate } from "./jobs/fate.ts";
import { type EntryState, entryState, type Lease } from "./lease.ts";
import { makeLoose } from "./loose-row.ts";
import type { DeadLetterQueue, QueueParts } from "./parts.ts";
import type { ReceiptSettlement } from "./port.ts";
import { recordId, recordLength, recordMeta } from "./record.ts";
import { changedRecord } from "./record-change.ts";
import { Segment } from "./segment.ts";

const applied: SettleResult = Object.freeze({ ok: true, applied: true });
const repeated: SettleResult = Object.freeze({ ok: true, applied: false });

function expired(queue: string): SettleResult {
  return {
    ok: false,
    error: new AlienError(
      "RECEIPT_EXPIRED",
      `the receipt is no longer valid for queue "${queue}"`,
      {
        fix: "Settle a message before its lease ends and once only; extend() keeps a lease longer.",
      },
    ),
  };
}

/** How a delivery ended that did not succeed. */
interface FailedEnd {
  readonly error: Failure;
}

const EXPIRED: FailedEnd = {
  error: { code: "LEASE_EXPIRED", message: "the delivery ended without an outcome" },
};

/** What those who watch are told of an outcome. */
interface Told {
  readonly error?: Failure;
  /** False where no delivery ended with it. */
  readonly seen?: boolean;
}

/** What becomes of leased messages: outcomes, extensions and the ends of leases, each all in one commit. */
export class Outcomes {
  readonly #parts: QueueParts;

  constructor(parts: QueueParts) {
    this.#parts = parts;
  }

  settle(settlements: readonly ReceiptSettlement[]): SettleResult[] {
    const now = this.#parts.clock.now();
    return settlements.map(({ receipt, outcome }) => this.#settleOne(receipt, outcome, now));
  }

  /**
   * The answers to settlements that were applied before. What is remembered of no lease was applied, as all was of
   * most requests; where some was `refused`, so may this have been, and to say so promises nothing wrong.
   */
  settledBefore(settlements: readonly ReceiptSettlement[], refused: boolean): SettleResult[] {
    return settlements.map(({ receipt, outcome }) => {
      const state = this.#find(receipt)?.state;
      const ok = state === undefined ? !refused : state === entryState[outcome.kind];
      return ok ? applied : expired(this.#parts.spec().name);
    });
  }

  #settleOne(receipt: string, outcome: Outcome, now: number): SettleResult {
    const found = this.#find(receipt);
    if (found === undefined) return expired(this.#parts.spec().name);
    const { lease, entry, state } = found;
    if (state === entryState.open) {
      this.#apply(lease, entry, outcome, now);
      return applied;
    }
    return state === entryState[outcome.kind] ? repeated : expired(this.#parts.spec().name);
  }

  #find(receipt: string): { lease: Lease; entry: number; state: EntryState } | undefined {
    const parsed = parseReceipt(receipt);
    if (parsed === undefined) return undefined;
    const lease = this.#parts.leases.byToken(parsed.token);
    const state = lease?.states[parsed.entry];
    if (lease === undefined || state === undefined) return undefined;
    return { lease, entry: parsed.entry, state };
  }

  #apply(lease: Lease, entry: number, outcome: Outcome, now: number): void {
    switch (outcome.kind) {
      case "ack":
        this.#parts.rates.acked++;
        this.#tell("acked", lease, entry);
        this.#succeed(lease, entry, outcome.result, now);
        this.#close(lease, entry, entryState.ack);
        break;
      case "release":
        this.#back(lease, entry, { due: now, counted: false });
        this.#close(lease, entry, entryState.release);
        break;
      case "retry":
        this.#fail(lease, entry, outcome, now, now + outcome.delayMs);
        this.#close(lease, entry, entryState.retry);
        break;
      case "deadLetter":
        this.#burySeen(lease, entry, outcome, now);
        this.#close(lease, entry, entryState.deadLetter);
        break;
    }
  }

  extend(receipts: readonly string[], leaseMs: number): SettleResult[] {
    const until = this.#parts.clock.now() + leaseMs;
    const changed = new Set<Lease>();
    const results = receipts.map((receipt): SettleResult => {
      const found = this.#find(receipt);
      if (found?.state !== entryState.open) return expired(this.#parts.spec().name);
      found.lease.extend(found.entry, until);
      changed.add(found.lease);
      return applied;
    });
    for (const lease of changed) this.#parts.leases.reschedule(lease);
    return results;
  }

  /** Takes back what was not settled in time. A crash is no reason to wait: it is due at once. */
  endDue(now: number): void {
    const { leases } = this.#parts;
    const ended = leases.takeEnded(now);
    const started = leases.started(ended);
    for (const lease of ended) {
      this.#end(lease, (entry) => lease.untilOf(entry) <= now, now, started.get(lease));
      if (lease.open > 0) leases.watch(lease);
    }
  }

  /** Takes back all that these leases still hold: their holder is gone. */
  endLeases(leases: readonly Lease[]): void {
    const started = this.#parts.leases.started(leases);
    const now = this.#parts.clock.now();
    for (const lease of leases) this.#end(lease, () => true, now, started.get(lease));
  }

  /** Gives back messages that nobody has seen; they do not count as delivered. */
  giveBack(lease: Lease): void {
    const now = this.#parts.clock.now();
    for (let entry = 0; entry < lease.states.length; entry++) {
      if (lease.states[entry] !== entryState.open) continue;
      this.#back(lease, entry, { due: now, counted: false });
      this.#close(lease, entry, entryState.release);
    }
  }

  /** To the dead letters with what nobody has seen: no attempt counts. Returns how many bytes that were. */
  buryUnseen(lease: Lease, error: Failure): number {
    let bytes = 0;
    const deadAt = this.#parts.clock.now();
    for (let entry = 0; entry < lease.places.length; entry++) {
      const { attempts, kept } = sourceOf(lease, entry, this.#parts.lane);
      const history = decodeKept(kept)?.history ?? [];
      bytes += this.#bury(lease, entry, { attempts, deadAt, error, history });
      this.#parts.order.returned(lease, entry);
    }
    return bytes;
  }

  /** `started`: so many of its open messages may have been started; the others come back uncounted. */
  #end(lease: Lease, ended: (entry: number) => boolean, now: number, started = lease.open): void {
    let open = 0;
    for (let entry = 0; entry < lease.states.length; entry++) {
      if (lease.states[entry] !== entryState.open) continue;
      open++;
      if (!ended(entry)) continue;
      if (open > started) {
        this.#back(lease, entry, { due: now, counted: false });
        this.#close(lease, entry, entryState.expired);
        continue;
      }
      this.#fail(lease, entry, EXPIRED, now, now);
      this.#close(lease, entry, entryState.expired);
    }
  }

  /** Back in the queue, or, with its attempts used up, to the dead letters. */
  #fail(lease: Lease, entry: number, end: FailedEnd, now: number, due: number): void {
    const { bytes, at, attempts, kept } = sourceOf(lease, entry, this.#parts.lane);
    const budget = Math.min(
      this.#parts.spec().maxAttempts,
      recordMeta(bytes, at).maxAttempts ?? Number.POSITIVE_INFINITY,
    );
    const purged = this.#purged(lease);
    if (end === EXPIRED) this.#tell("expired", lease, entry);
    if (attempts + 1 < budget && !purged) {
      if (end !== EXPIRED) this.#tell("retried", lease, entry, end);
      const failed = this.#failed(lease, attempts, end, now);
      this.#back(lease, entry, { due, counted: true, kept: encodeKept(withAttempt(kept, failed)) });
    } else if (purged) this.#drop(lease, entry);
    else this.#burySeen(lease, entry, end, now);
  }

  /** Before it is done with, while its record can be found. */
  #tell(type: ActivityEvent["type"], lease: Lease, entry: number, more: Told = {}): void {
    const { activity, clock, lane } = this.#parts;
    if (!activity.happens()) return;
    const { bytes, at, attempts } = sourceOf(lease, entry, lane);
    const { error, seen = true } = more;
    activity.add({
      type,
      id: recordId(bytes, at),
      at: clock.now(),
      ...(seen && { attempt: attempts + 1 }),
      ...(error && { error: { code: error.code, message: shorten(error.message) } }),
    });
  }

  /** Counts it, too. */
  #failed(lease: Lease, attempts: number, end: FailedEnd, now: number): FailedDelivery {
    this.#parts.rates.failed++;
    return {
      number: attempts + 1,
      outcome: end === EXPIRED ? "EXPIRED" : "FAILED",
      startedAt: lease.takenAt,
      endedAt: now,
      error: end.error,
    };
  }

  #back(
    lease: Lease,
    entry: number,
    how: { readonly due: number; readonly counted: boolean; readonly kept?: Buffer },
  ): void {
    const place = lease.places[entry];
    if (place === undefined) return;
    if (this.#purged(lease)) {
      this.#drop(lease, entry);
      return;
    }
    const { bytes, at, attempts, kept } = sourceOf(lease, entry, this.#parts.lane);
    const loose = makeLoose(
      {
        due: how.due,
        serial: this.#parts.nextSerial(),
        attempts: attempts + (how.counted ? 1 : 0),
        returned: true,
        kept: how.kept ?? kept,
      },
      bytes,
      at,
      at + recordLength(bytes, at),
    );
    this.#parts.loose.put(this.#parts.batch(), loose);
    this.#parts.jobs.moved(this.#parts.batch(), bytes, at, loose);
    this.#remove(lease, entry, fate.moved, this.#parts.clock.now());
  }

  /** The delivery was its last. */
  #burySeen(lease: Lease, entry: number, end: FailedEnd, now: number): void {
    const { attempts, kept } = sourceOf(lease, entry, this.#parts.lane);
    const last = withAttempt(kept, this.#failed(lease, attempts, end, now));
    const how = { attempts: attempts + 1, deadAt: now, ...last };
    const queue = this.#parts.deadLetterQueue();
    if (queue === undefined) this.#bury(lease, entry, how);
    else this.#forward(lease, entry, how, queue);
  }

  /** To the queue that its dead letters go to, as a new message there that knows why. */
  #forward(
    lease: Lease,
    entry: number,
    { attempts, deadAt, error, history }: Omit<DeadParts, "source">,
    queue: DeadLetterQueue,
  ): void {
    this.#tell("dead", lease, entry, { error });
    const from = sourceOf(lease, entry, this.#parts.lane);
    const { bytes, at } = from;
    const dead = deathOf({ source: this.#parts.spec().name, attempts, deadAt }, error);
    const earlier = bounded([...(recordMeta(bytes, at).earlier ?? []), ...history]);
    // Its own maxAttempts was meant for the queue it was sent to.
    queue.arrive(changedRecord(bytes, at, { meta: { dead, earlier, maxAttempts: undefined } }));
    this.#parts.jobs.forwarded(this.#parts.batch(), from, { attempts: earlier, lastError: error });
    this.#finish(lease, entry, fate.moved, deadAt);
  }

  /** Returns how many bytes it has. */
  #bury(lease: Lease, entry: number, how: Omit<DeadParts, "source">): number {
    const source = sourceOf(lease, entry, this.#parts.lane);
    const seen = how.attempts > source.attempts;
    this.#tell("dead", lease, entry, { error: how.error, seen });
    const { bytes, at } = source;
    const length = recordLength(bytes, at);
    const parts = { ...how, source: this.#parts.spec().name };
    this.#parts.dead.put(this.#parts.batch(), parts, bytes, at, at + length);
    this.#parts.jobs.watch.touch(bytes, at);
    if (!(lease.places[entry] instanceof Segment)) {
      this.#parts.jobs.buried(this.#parts.batch(), bytes, at);
    }
    this.#finish(lease, entry, fate.moved, this.#parts.clock.now());
    return length;
  }

  #succeed(lease: Lease, entry: number, result: string | undefined, now: number): void {
    const { jobs } = this.#parts;
    const inSegment = lease.places[entry] instanceof Segment;
    if (jobs.kept && (!inSegment || result !== undefined)) {
      const source = sourceOf(lease, entry, this.#parts.lane);
      jobs.succeeded(this.#parts.batch(), source, { result, takenAt: lease.takenAt });
    }
    if (jobs.watch.active) {
      const { bytes, at } = sourceOf(lease, entry, this.#parts.lane);
      jobs.watch.touch(bytes, at);
    }
    this.#finish(lease, entry, fate.succeeded, now);
  }

  /** It was purged while it was on loan. */
  #drop(lease: Lease, entry: number): void {
    const place = lease.places[entry];
    if (place !== undefined && !(place instanceof Segment)) {
      this.#parts.jobs.dropped(this.#parts.batch(), place, "cancelled");
    }
    this.#parts.jobs.watch.touchAll();
    this.#finish(lease, entry, fate.cancelled, this.#parts.clock.now());
  }

  /** It does not come back: the next of its group has its turn. */
  #finish(lease: Lease, entry: number, what: Fate, now: number): void {
    this.#remove(lease, entry, what, now);
    this.#parts.order.finished(lease, entry);
  }

  #close(lease: Lease, entry: number, state: EntryState): void {
    this.#parts.order.returned(lease, entry);
    this.#parts.leases.close(lease, entry, state);
  }

  /** The rows of the message go, or are marked as done. */
  #remove(lease: Lease, entry: number, what: Fate, now: number): void {
    const place = lease.places[entry];
    if (place instanceof Segment) {
      this.#parts.lane(place.lane).done.set(place, lease.indexes[entry] ?? 0, what, now);
    } else if (place !== undefined) {
      this.#parts.loose.del(this.#parts.batch(), place);
    }
  }

  /** The queue was purged while the message was on loan: it does not come back. */
  #purged(lease: Lease): boolean {
    return lease.number < this.#parts.purgedBelow();
  }
}
