import { ReferenceDriver, ReferenceQueue } from "../../conformance/index.ts";
import type { Stored } from "../../conformance/stored.ts";
import type { Delivery, Settlement } from "../../src/queue/driver.ts";
import { inDriver, inQueue, type Mutant } from "./mutant.ts";

/** Faults in when and how often what failed comes back. */
export const retryMutants: readonly Mutant[] = [
  delaying(
    "doubles every wait",
    "retries wait 1, 2, 4, 8 and 16 seconds",
    (delayMs) => delayMs * 2,
  ),
  delaying("waits at most a minute", "retries wait 5, 10, 20, 40 and 80 seconds", (delayMs) =>
    Math.min(delayMs, 60_000),
  ),
  delaying(
    "waits a millisecond less",
    "no retry waits longer than the longest that is declared",
    (delayMs) => delayMs - 1,
  ),
  inQueue(
    "waits longer each time, whatever it is told",
    "a factor of one keeps the wait",
    class extends ReferenceQueue {
      protected override comeBack(stored: Stored, delayMs: number): void {
        super.comeBack(stored, delayMs * stored.attempts);
      }
    },
  ),
  delaying(
    "keeps waits in whole seconds",
    "a wait of a part of a second is kept",
    (delayMs) => Math.ceil(delayMs / 1_000) * 1_000,
  ),
  inQueue(
    "gives every message two attempts at least, both of them its first",
    "a budget of one attempt is spent by a crash",
    class extends ReferenceQueue {
      protected override budgetOf(stored: Stored): number {
        return Math.max(super.budgetOf(stored), 2);
      }
      protected override lend(stored: Stored, leaseMs: number, handled: boolean): Delivery {
        return { ...super.lend(stored, leaseMs, handled), attempt: 1 };
      }
    },
  ),
  budget(
    "counts no further than ten",
    "a budget of a hundred attempts is a hundred deliveries, however each ends",
    (own) => Math.min(own, 10),
  ),
  budget(
    "gives one attempt too many",
    "a budget of a hundred attempts is a hundred deliveries, however each ends",
    (own) => own + 1,
  ),
  inDriver(
    "retries a whole batch for one of it",
    "a message that fails brings back none of those taken with it",
    class extends ReferenceDriver {
      protected override settle(batch: readonly Settlement[]) {
        const failed = batch.find(({ outcome }) => outcome.kind === "retry");
        return super.settle(
          batch.map((one) => ({ ...one, outcome: failed?.outcome ?? one.outcome })),
        );
      }
    },
  ),
];

function delaying(does: string, caughtBy: string, wait: (delayMs: number) => number): Mutant {
  return inQueue(
    does,
    caughtBy,
    class extends ReferenceQueue {
      protected override comeBack(stored: Stored, delayMs: number): void {
        super.comeBack(stored, wait(delayMs));
      }
    },
  );
}

function budget(does: string, caughtBy: string, change: (own: number) => number): Mutant {
  return inQueue(
    does,
    caughtBy,
    class extends ReferenceQueue {
      protected override budgetOf(stored: Stored): number {
        return change(super.budgetOf(stored));
      }
    },
  );
}
