import type { Failure, Outcome, SettleResult } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import { parseReceipt, sourceOf } from "./delivery.ts";
import { type EntryState, entryState, type Lease } from "./lease.ts";
import { makeLoose } from "./loose-row.ts";
import type { QueueParts } from "./parts.ts";
import type { ReceiptSettlement } from "./port.ts";
import { recordLength, recordMeta } from "./record.ts";
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
        this.#finish(lease, entry);
        this.#parts.leases.close(lease, entry, entryState.ack);
        break;
      case "release":
        this.#back(lease, entry, { due: now, counted: false });
        this.#parts.leases.close(lease, entry, entryState.release);
        break;
      case "retry":
        this.#fail(lease, entry, outcome.error, now + outcome.delayMs);
        this.#parts.leases.close(lease, entry, entryState.retry);
        break;
      case "deadLetter":
        this.#bury(lease, entry, outcome.error);
        this.#parts.leases.close(lease, entry, entryState.deadLetter);
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
      this.#parts.leases.close(lease, entry, entryState.release);
    }
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
        this.#parts.leases.close(lease, entry, entryState.expired);
        continue;
      }
      const error = {
        code: "LEASE_EXPIRED",
        message: "the delivery ended without an outcome",
      };
      this.#fail(lease, entry, error, now);
      this.#parts.leases.close(lease, entry, entryState.expired);
    }
  }

  /** Back in the queue, or, with its attempts used up, to the dead letters. */
  #fail(lease: Lease, entry: number, failure: Failure, due: number): void {
    const { bytes, at, attempts } = sourceOf(lease, entry, this.#parts.lane);
    const budget = Math.min(
      this.#parts.spec().maxAttempts,
      recordMeta(bytes, at).maxAttempts ?? Number.POSITIVE_INFINITY,
    );
    if (attempts + 1 < budget) this.#back(lease, entry, { due, counted: true, failure });
    else if (this.#purged(lease)) this.#finish(lease, entry);
    else this.#bury(lease, entry, failure);
  }

  #back(
    lease: Lease,
    entry: number,
    how: { readonly due: number; readonly counted: boolean; readonly failure?: Failure },
  ): void {
    const place = lease.places[entry];
    if (place === undefined) return;
    if (this.#purged(lease)) {
      this.#finish(lease, entry);
      return;
    }
    const { bytes, at, attempts } = sourceOf(lease, entry, this.#parts.lane);
    const loose = makeLoose(
      {
        due: how.due,
        serial: this.#parts.nextSerial(),
        attempts: attempts + (how.counted ? 1 : 0),
        returned: true,
        failure: how.failure,
      },
      bytes,
      at,
      at + recordLength(bytes, at),
    );
    this.#parts.loose.put(this.#parts.batch(), loose);
    this.#remove(lease, entry);
  }

  #bury(lease: Lease, entry: number, error: Failure): void {
    const { bytes, at, attempts } = sourceOf(lease, entry, this.#parts.lane);
    this.#parts.dead.put(
      this.#parts.batch(),
      {
        attempts: attempts + 1,
        deadAt: this.#parts.clock.now(),
        source: this.#parts.spec().name,
        error,
      },
      bytes,
      at,
      at + recordLength(bytes, at),
    );
    this.#finish(lease, entry);
  }

  /** It does not come back: the next of its group has its turn. */
  #finish(lease: Lease, entry: number): void {
    this.#remove(lease, entry);
    this.#parts.groups()?.free(lease.groups?.[entry] ?? 0);
  }

  /** The rows of the message go, or are marked as done. */
  #remove(lease: Lease, entry: number): void {
    const place = lease.places[entry];
    if (place instanceof Segment) {
      this.#parts.lane(place.lane).setDone(place, lease.indexes[entry] ?? 0);
    } else if (place !== undefined) {
      this.#parts.loose.del(this.#parts.batch(), place);
    }
  }

  /** The queue was purged while the message was on loan: it does not come back. */
  #purged(lease: Lease): boolean {
    return lease.number < this.#parts.purgedBelow();
  }
}
