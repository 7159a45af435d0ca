import { ReferenceQueue } from "../../conformance/index.ts";
import type { Loan, Stored } from "../../conformance/stored.ts";
import type { Delivery, Failure, Outcome, Outgoing, SettleResult } from "../../src/queue/driver.ts";
import { inQueue, type Mutant } from "./mutant.ts";

/** Says of no delivery that it is beyond its message's budget, so that nobody can make good what it forgets. */
class Uncounted extends ReferenceQueue {
  protected override lend(stored: Stored, leaseMs: number, handled: boolean): Delivery {
    const delivery = super.lend(stored, leaseMs, handled);
    return { ...delivery, attempt: Math.min(delivery.attempt, super.budgetOf(stored)) };
  }
}

/** Faults in what a queue keeps: leases, receipts, attempts, delays, dead letters. */
export const queueMutants: readonly Mutant[] = [
  inQueue(
    "forgets the lease",
    "a message on loan is not delivered a second time",
    class extends ReferenceQueue {
      protected override lend(stored: Stored, leaseMs: number, handled: boolean): Delivery {
        const delivery = super.lend(stored, leaseMs, handled);
        stored.loan = undefined;
        return delivery;
      }
    },
  ),
  inQueue(
    "never ends a lease",
    "a message whose lease ended comes back with attempt 2",
    class extends ReferenceQueue {
      protected override leaseHasEnded(): boolean {
        return false;
      }
    },
  ),
  inQueue(
    "ends a lease one millisecond late",
    "a message whose lease ended comes back with attempt 2",
    class extends ReferenceQueue {
      protected override leaseHasEnded({ until }: Loan): boolean {
        return until < this.clock.now();
      }
    },
  ),
  inQueue(
    "ends a lease one millisecond early",
    "a lease holds until its end",
    class extends ReferenceQueue {
      protected override leaseHasEnded({ until }: Loan): boolean {
        return until - 1 <= this.clock.now();
      }
    },
  ),
  inQueue(
    "takes a lease in seconds for one in milliseconds",
    "a lease given at receive is the one that counts",
    class extends ReferenceQueue {
      protected override lend(stored: Stored, leaseMs: number, handled: boolean): Delivery {
        return super.lend(stored, leaseMs / 1_000, handled);
      }
    },
  ),
  inQueue(
    "repeats a receipt",
    "a stale receipt never removes the newer delivery",
    class extends ReferenceQueue {
      protected override lend(stored: Stored, leaseMs: number, handled: boolean): Delivery {
        const delivery = super.lend(stored, leaseMs, handled);
        const loan = this.loans.get(delivery.receipt);
        if (loan !== undefined) this.loans.set(stored.message.id, loan);
        return { ...delivery, receipt: stored.message.id };
      }
    },
  ),
  inQueue(
    "lets an ack by a stale receipt remove the newer delivery",
    "a stale receipt never removes the newer delivery",
    class extends ReferenceQueue {
      override settle(receipt: string, outcome: Outcome): SettleResult {
        const stored = this.loans.get(receipt)?.stored;
        if (outcome.kind === "ack" && stored !== undefined) this.remove(stored);
        return super.settle(receipt, outcome);
      }
    },
  ),
  inQueue(
    "refuses the repeat of an outcome",
    "repeating the same outcome with the same receipt succeeds",
    class extends ReferenceQueue {
      override settle(receipt: string, outcome: Outcome): SettleResult {
        const spent = this.loans.get(receipt)?.outcome !== undefined;
        return spent ? this.expired(receipt) : super.settle(receipt, outcome);
      }
    },
  ),
  inQueue(
    "ends the newer loan when an outcome is repeated",
    "repeating a nack does not end the newer loan",
    class extends ReferenceQueue {
      override settle(receipt: string, outcome: Outcome): SettleResult {
        const loan = this.loans.get(receipt);
        if (loan?.outcome === outcome.kind) loan.stored.loan = undefined;
        return super.settle(receipt, outcome);
      }
    },
  ),
  inQueue(
    "accepts any outcome for a spent receipt",
    "a different outcome with a spent receipt is RECEIPT_EXPIRED",
    class extends ReferenceQueue {
      override settle(receipt: string, outcome: Outcome): SettleResult {
        const spent = this.loans.get(receipt)?.outcome !== undefined;
        return spent ? { ok: true, applied: false } : super.settle(receipt, outcome);
      }
    },
  ),
  inQueue(
    "accepts a receipt that it never gave",
    "a forged receipt is refused and touches nothing",
    class extends ReferenceQueue {
      override settle(receipt: string, outcome: Outcome): SettleResult {
        if (!this.loans.has(receipt)) return { ok: true, applied: true };
        return super.settle(receipt, outcome);
      }
    },
  ),
  inQueue(
    "forgets the attempt count",
    "nack without a delay brings the message back at once, the attempt counted",
    class extends ReferenceQueue {
      protected override lend(stored: Stored, leaseMs: number, handled: boolean): Delivery {
        return { ...super.lend(stored, leaseMs, handled), attempt: 1 };
      }
    },
  ),
  inQueue(
    "counts a release",
    "a released message comes back at once and its attempt is not counted",
    class extends ReferenceQueue {
      protected override apply(stored: Stored, outcome: Outcome): void {
        if (outcome.kind === "release") this.comeBack(stored, 0);
        else super.apply(stored, outcome);
      }
    },
  ),
  inQueue(
    "delivers a delayed message early",
    "a delayed message is not delivered early",
    class extends ReferenceQueue {
      protected override enqueue(message: Outgoing, dueAt: number): void {
        super.enqueue(message, dueAt - 1);
      }
    },
  ),
  inQueue(
    "ignores the delay of a retry",
    "nack with a delay holds the message back for it",
    class extends ReferenceQueue {
      protected override comeBack(stored: Stored): void {
        super.comeBack(stored, 0);
      }
    },
  ),
  inQueue(
    "adds an extension to the lease instead of counting from now",
    "extend counts from now, so that it can also make the lease end sooner",
    class extends ReferenceQueue {
      override extend(receipt: string, leaseMs: number): SettleResult {
        const left = (this.loans.get(receipt)?.until ?? 0) - this.clock.now();
        return super.extend(receipt, left + leaseMs);
      }
    },
  ),
  inQueue(
    "dead-letters one attempt too late",
    "the lease expiry after the last attempt goes to the dead letters as LEASE_EXPIRED",
    class extends ReferenceQueue {
      protected override budgetOf(stored: Stored): number {
        return super.budgetOf(stored) + 1;
      }
    },
  ),
  inQueue(
    "leaves the budget of a nack to its client, and hides from it what was delivered too often",
    "a nack on another connection counts against the budget",
    class extends Uncounted {
      protected override apply(stored: Stored, outcome: Outcome): void {
        if (outcome.kind === "retry") this.comeBack(stored, outcome.delayMs);
        else super.apply(stored, outcome);
      }
    },
  ),
  inQueue(
    "ignores a message's own maxAttempts when its lease ends, and hides that it does",
    "a message's own maxAttempts counts at the end of a lease too",
    class extends Uncounted {
      protected override budgetOf(): number {
        return this.options.maxAttempts;
      }
    },
  ),
  inQueue(
    "dead-letters one attempt too early at a lease's end",
    "the lease expiry after the last attempt goes to the dead letters as LEASE_EXPIRED",
    class extends ReferenceQueue {
      protected override budgetOf(stored: Stored): number {
        return super.budgetOf(stored) - 1;
      }
    },
  ),
  inQueue(
    "dead-letters under a new id",
    "the failure after the last attempt goes to the dead letters under its own id",
    class extends ReferenceQueue {
      protected override bury(stored: Stored, error: Failure): void {
        const message = { ...stored.message, id: `dead-${stored.message.id}` };
        super.bury(stored, error);
        this.dead.take(stored.message.id);
        super.bury({ ...stored, message }, error);
      }
    },
  ),
  inQueue(
    "deletes a message after its last attempt",
    "the failure after the last attempt goes to the dead letters under its own id",
    class extends ReferenceQueue {
      protected override bury(stored: Stored): void {
        this.remove(stored);
      }
    },
  ),
  inQueue(
    "keeps the old budget after a redrive",
    "a redriven message keeps its id and has a fresh budget",
    class extends ReferenceQueue {
      override redrive(id: string): SettleResult {
        const attempts = this.dead.get(id)?.attempts ?? 0;
        const result = super.redrive(id);
        const stored = this.messages.find(({ message }) => message.id === id);
        if (stored !== undefined) stored.attempts = attempts;
        return result;
      }
    },
  ),
  inQueue(
    "takes a redrive for a duplicate",
    "a redrive is never taken for a duplicate",
    class extends ReferenceQueue {
      override redrive(id: string): SettleResult {
        const claimed = [...this.keys.values()].some((key) => key.id === id);
        return claimed ? this.discard(id) : super.redrive(id);
      }
    },
  ),
  inQueue(
    "leaves a redriven message among the dead letters",
    "redriving what is not there, or twice, delivers nothing more",
    class extends ReferenceQueue {
      override redrive(id: string): SettleResult {
        const dead = this.dead.get(id);
        const result = super.redrive(id);
        if (dead !== undefined) this.dead.add(dead);
        return result;
      }
    },
  ),
  inQueue(
    "purges the dead letters too",
    "purge never takes dead letters",
    class extends ReferenceQueue {
      override purge(): number {
        for (const { id } of this.dead.all()) this.dead.take(id);
        return super.purge();
      }
    },
  ),
  inQueue(
    "lets what was in flight at a purge come back",
    "purge takes those in flight when their lease ends",
    class extends ReferenceQueue {
      override purge(): number {
        const count = super.purge();
        for (const stored of this.messages) stored.purged = false;
        return count;
      }
    },
  ),
  inQueue(
    "purges ready messages only",
    "purge takes ready and delayed messages at once and says how many",
    class extends ReferenceQueue {
      override purge(): number {
        const delayed = this.messages.filter((stored) => this.stateOf(stored) === "delayed");
        const count = super.purge() - delayed.length;
        this.messages.push(...delayed);
        return count;
      }
    },
  ),
  inQueue(
    "forgets idempotency keys at a purge",
    "purge forgets no idempotency key",
    class extends ReferenceQueue {
      override purge(): number {
        this.keys.clear();
        return super.purge();
      }
    },
  ),
  inQueue(
    "forgets an idempotency key when its message is acked",
    "an idempotency key is remembered for 24 hours, also when its message is long acked",
    class extends ReferenceQueue {
      protected override remove(stored: Stored): void {
        super.remove(stored);
        this.keys.delete(stored.message.idempotencyKey ?? "");
      }
    },
  ),
  inQueue(
    "delivers the lower priority first",
    "a higher priority is delivered first, equals in the order of sending",
    class extends ReferenceQueue {
      protected override enqueue(message: Outgoing, dueAt: number): void {
        super.enqueue({ ...message, priority: 9 - (message.priority ?? 0) }, dueAt);
      }
    },
  ),
  inQueue(
    "lends one more of a key than its limit",
    "no more messages of a key are on loan than its limit",
    class extends ReferenceQueue {
      protected override keyIsFree(stored: Stored): boolean {
        const { concurrency } = stored.message;
        if (concurrency === undefined) return true;
        const wider = { ...concurrency, limit: concurrency.limit + 1 };
        return super.keyIsFree({ ...stored, message: { ...stored.message, concurrency: wider } });
      }
    },
  ),
];
