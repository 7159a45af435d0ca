import { ReferenceQueue } from "../../conformance/index.ts";
import type { Stored } from "../../conformance/stored.ts";
import type { Failure, Outgoing } from "../../src/queue/driver.ts";
import { inQueue, type Mutant } from "./mutant.ts";

/** Faults of a queue whose dead letters go to another one. */
export const deadLetterQueueMutants: readonly Mutant[] = [
  inQueue(
    "keeps a copy beside the queue",
    "what fails for good is a message of the declared queue, under its own id, and tells why",
    class extends ReferenceQueue {
      protected override forward(stored: Stored, error: Failure, to: ReferenceQueue): void {
        super.forward(stored, error, to);
        this.enqueue(stored.message, this.clock.now());
      }
    },
  ),
  changing(
    "gives the dead letter a new id",
    "what fails for good is a message of the declared queue, under its own id, and tells why",
    (message) => ({ ...message, id: `dead-${message.id}` }),
  ),
  inQueue(
    "tells the other queue as the source",
    "what fails for good is a message of the declared queue, under its own id, and tells why",
    class extends ReferenceQueue {
      protected override forward(stored: Stored, error: Failure, to: ReferenceQueue): void {
        const { name } = this;
        Object.assign(this, { name: to.name });
        super.forward(stored, error, to);
        Object.assign(this, { name });
      }
    },
  ),
  inQueue(
    "keeps what a crash has killed beside the queue",
    "the end of the last lease moves a message to the declared queue too",
    class extends ReferenceQueue {
      protected override forward(stored: Stored, error: Failure, to: ReferenceQueue): void {
        if (error.code !== "LEASE_EXPIRED") super.forward(stored, error, to);
      }
    },
  ),
  inQueue(
    "moves dead letters now and then",
    "a message that waits for the declared queue's receiver arrives when it dies",
    class extends ReferenceQueue {
      protected override forward(stored: Stored, error: Failure, to: ReferenceQueue): void {
        this.clock.schedule(60_000, () => super.forward(stored, error, to));
      }
    },
  ),
  inQueue(
    "counts a message's own maxAttempts in the other queue too",
    "what fails for good in the declared queue as well is among its own dead letters",
    class extends ReferenceQueue {
      protected override forward(stored: Stored, error: Failure, to: ReferenceQueue): void {
        super.forward(stored, error, to);
        const { maxAttempts } = stored.message.headers;
        if (maxAttempts !== undefined) Object.assign(to.options, { maxAttempts });
      }
    },
  ),
  inQueue(
    "forgets the attempts on the way",
    "the attempts in both queues are in the history",
    class extends ReferenceQueue {
      protected override forward(stored: Stored, error: Failure, to: ReferenceQueue): void {
        super.forward({ ...stored, history: [] }, error, to);
      }
    },
  ),
  changing(
    "loses the group on the way",
    "in FIFO queues a dead letter keeps its group, and lets the next one of it go on",
    ({ group: _, ...message }) => message,
  ),
  inQueue(
    "tells a death of every message",
    "a message that was never a dead letter tells no death",
    class extends ReferenceQueue {
      protected override enqueue(message: Outgoing, dueAt: number): void {
        const error = { code: "Error", message: "none" };
        const dead = { source: "nowhere", attempts: 1, deadAt: 0, error };
        super.enqueue({ ...message, headers: { ...message.headers, dead } }, dueAt);
      }
    },
  ),
];

/** One that changes the message on its way. */
function changing(does: string, caughtBy: string, change: (message: Outgoing) => Outgoing): Mutant {
  return inQueue(
    does,
    caughtBy,
    class extends ReferenceQueue {
      protected override forward(stored: Stored, error: Failure, to: ReferenceQueue): void {
        super.forward({ ...stored, message: change(stored.message) }, error, to);
      }
    },
  );
}
