import { ReferenceQueue } from "../../conformance/index.ts";
import type { Stored } from "../../conformance/stored.ts";
import type { Outgoing } from "../../src/queue/driver.ts";
import { inQueue, type Mutant } from "./mutant.ts";

/** Faults in how many may be at work at once, in a queue and of a key. */
export const concurrencyMutants: readonly Mutant[] = [
  inQueue(
    "bounds each consumer instead of all of them",
    "handlers of two consumers together are no more than the queue's concurrency",
    class extends ReferenceQueue {
      protected override handlersFree(): number {
        return Number.POSITIVE_INFINITY;
      }
    },
  ),
  inQueue(
    "bounds FIFO queues by their groups only",
    "handlers of a FIFO queue, too, are no more than its concurrency, whichever consumer has them",
    class extends ReferenceQueue {
      protected override handlersFree(): number {
        return this.options.fifo === undefined ? super.handlersFree() : Number.POSITIVE_INFINITY;
      }
    },
  ),
  inQueue(
    "bounds polled receives too",
    "a receive by polling is neither bounded by the queue's concurrency nor counted",
    class extends ReferenceQueue {
      override take(max: number, leaseMs: number) {
        return super.take(max, leaseMs, true);
      }
    },
  ),
  inQueue(
    "counts polled receives as handlers",
    "a receive by polling is neither bounded by the queue's concurrency nor counted",
    class extends ReferenceQueue {
      protected override handlersFree(): number {
        const lent = this.messages.filter(({ loan }) => loan !== undefined);
        return (this.options.concurrency ?? Number.POSITIVE_INFINITY) - lent.length;
      }
    },
  ),
  inQueue(
    "takes the highest limit of a key for all of it",
    "each message obeys its own limit, and counts all of its key",
    class extends ReferenceQueue {
      protected override keyIsFree(stored: Stored): boolean {
        const limits = this.messages.map(({ message }) => message.concurrency?.limit ?? 0);
        return super.keyIsFree(withLimit(stored, Math.max(...limits)));
      }
    },
  ),
  inQueue(
    "lets a message that waits for its retry keep its place",
    "a message that waits for its retry takes no place of its key",
    class extends ReferenceQueue {
      protected override keyIsFree(stored: Stored): boolean {
        const waiting = this.messages.filter(
          (other) => other.attempts > 0 && this.stateOf(other) === "delayed",
        );
        return waiting.length === 0 && super.keyIsFree(stored);
      }
    },
  ),
  inQueue(
    "gives a delayed message its place when it is sent",
    "a message that waits for its delay takes no place of its key",
    class extends ReferenceQueue {
      protected override keyIsFree(stored: Stored): boolean {
        const waiting = this.messages.filter((other) => this.stateOf(other) === "delayed");
        return waiting.length === 0 && super.keyIsFree(stored);
      }
    },
  ),
  inQueue(
    "forgets to give a place back when a lease ends",
    "a key has its place back when a lease ends",
    class extends ReferenceQueue {
      protected override keyIsFree(): boolean {
        return [...this.loans.values()].every(({ outcome }) => outcome !== undefined);
      }
    },
  ),
  inQueue(
    "counts what consumers have of a key, and not what was received",
    "consumers and receives of all connections share the limit of a key",
    class extends ReferenceQueue {
      protected override keyIsFree(stored: Stored): boolean {
        const received = this.messages.filter(({ loan }) => loan?.handled === false);
        const limit = (stored.message.concurrency?.limit ?? 1) + received.length;
        return super.keyIsFree(withLimit(stored, limit));
      }
    },
  ),
  inQueue(
    "serves keys in the order of sending only",
    "keys take turns: one with much to do does not starve another, nor what has none",
    class extends ReferenceQueue {
      protected override servedAt(): number {
        return 0;
      }
    },
  ),
  inQueue(
    "serves keys before what has none",
    "keys take turns: one with much to do does not starve another, nor what has none",
    class extends ReferenceQueue {
      protected override servedAt(stored: Stored): number {
        if (stored.message.concurrency === undefined) return Number.MAX_SAFE_INTEGER;
        return super.servedAt(stored);
      }
    },
  ),
  inQueue(
    "gives nothing at all while the first message has no room",
    "a busy key does not hold up another key",
    class extends ReferenceQueue {
      protected override *inOrder(): Iterable<Stored> {
        for (const stored of this.messages) {
          if (!this.deliverable(stored) && stored.loan === undefined) return;
          if (stored.loan === undefined) yield stored;
        }
      }
    },
  ),
  inQueue(
    "keeps lower priorities back while a key has no room in a higher one",
    "a key without room keeps back no other priority",
    class extends ReferenceQueue {
      protected override deliverable(stored: Stored): boolean {
        const above = this.messages.filter(
          ({ loan, message }) =>
            loan === undefined && (message.priority ?? 0) > (stored.message.priority ?? 0),
        );
        return above.length === 0 && super.deliverable(stored);
      }
    },
  ),
  inQueue(
    "lets a group go on while its first message waits for a key",
    "a message of a group needs its key too, and its group waits for it",
    class extends ReferenceQueue {
      protected override groupIsFree(stored: Stored): boolean {
        return this.messages.every(
          (other) =>
            other.message.group !== stored.message.group ||
            other.place >= stored.place ||
            !super.keyIsFree(other),
        );
      }
    },
  ),
  inQueue(
    "forgets the key of a redriven message",
    "a redriven message keeps its key",
    class extends ReferenceQueue {
      #redrives = false;
      protected override enqueue(message: Outgoing, dueAt: number): void {
        const { concurrency: _, ...keyless } = message;
        super.enqueue(this.#redrives ? keyless : message, dueAt);
      }
      override redrive(...given: Parameters<ReferenceQueue["redrive"]>) {
        this.#redrives = true;
        return super.redrive(...given);
      }
    },
  ),
];

function withLimit(stored: Stored, limit: number): Stored {
  const { concurrency } = stored.message;
  if (concurrency === undefined) return stored;
  return { ...stored, message: { ...stored.message, concurrency: { ...concurrency, limit } } };
}
