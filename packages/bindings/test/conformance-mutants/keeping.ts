import { ReferenceQueue } from "../../conformance/index.ts";
import type { Stored } from "../../conformance/stored.ts";
import type { Outgoing, SendResult, SettleResult } from "../../src/queue/driver.ts";
import type { QueueStats } from "../../src/queue/operator.ts";
import { inQueue, type Mutant } from "./mutant.ts";

/** Faults in how long things are kept, how ends of what is allowed are told apart, and in keeping to one queue. */
export const keepingMutants: readonly Mutant[] = [
  inQueue(
    "keeps what nobody takes for ever",
    "a message kept longer than the retention is gone",
    class extends ReferenceQueue {
      protected override endLeases(): void {
        const { messages } = this;
        super.endLeases();
        this.messages = messages;
      }
    },
  ),
  ...[
    "a delayed message is kept for the retention from when it is due",
    "a retry is kept for the retention from when it is due",
  ].map((caughtBy) =>
    dropping("counts the retention from when a message was sent", caughtBy, sinceSent),
  ),
  dropping(
    "drops what is on loan when its retention ends",
    "a message that is on loan for longer than the retention comes back all the same",
    ({ dueAt }) => dueAt,
  ),
  inQueue(
    "drops dead letters when the retention ends",
    "dead letters stay for longer than the retention, until somebody acts upon them",
    class extends ReferenceQueue {
      protected override endLeases(): void {
        super.endLeases();
        for (const { id, deadAt } of this.dead.all()) {
          if (this.clock.now() >= deadAt + this.options.retentionMs) this.dead.take(id);
        }
      }
    },
  ),
  sending(
    "cuts an idempotency key",
    "an idempotency key of 256 characters is told from one that differs in the last",
    (message) => ({
      ...message,
      ...(message.idempotencyKey && { idempotencyKey: message.idempotencyKey.slice(0, 255) }),
    }),
  ),
  sending(
    "knows the group by its beginning only",
    "a group of 128 characters is told from one that differs in the last",
    (message) => ({ ...message, ...(message.group && { group: message.group.slice(0, 127) }) }),
  ),
  sending(
    "knows a concurrency key by its beginning only",
    "a concurrency key of 128 characters is told from one that differs in the last",
    ({ concurrency, ...message }) => ({
      ...message,
      ...(concurrency && { concurrency: { ...concurrency, key: concurrency.key.slice(0, 127) } }),
    }),
  ),
  inQueue(
    "delays by as much as a Date is away, in whichever direction",
    "a Date that has passed delivers at once, one that is no time is refused",
    class extends ReferenceQueue {
      override send(message: Outgoing): SendResult {
        const { delayMs } = message;
        return super.send(delayMs === 0 ? { ...message, delayMs: 60_000 } : message);
      }
    },
  ),
  inQueue(
    "forgets the key of what it redrives",
    "a redrive does not end the time of an idempotency key",
    class extends ReferenceQueue {
      override redrive(id: string): SettleResult {
        for (const [key, known] of this.keys) if (known.id === id) this.keys.delete(key);
        return super.redrive(id);
      }
    },
  ),
  inQueue(
    "tells the age of the youngest message that is ready",
    "stats tell the age of the oldest message that is ready",
    class extends ReferenceQueue {
      override stats(): QueueStats {
        const { oldestAgeMs, ...stats } = super.stats();
        if (oldestAgeMs === undefined) return stats;
        const youngest = Math.max(...this.messages.map(({ message }) => message.sentAt));
        return { ...stats, oldestAgeMs: this.clock.now() - youngest };
      }
    },
  ),
  inQueue(
    "sends to every queue of the platform",
    "what is sent to one queue is in no other",
    class extends ReferenceQueue {
      override send(message: Outgoing): SendResult {
        for (const other of this.siblings.values()) other.send(message);
        return super.send(message);
      }
    },
  ),
  inQueue(
    "purges every queue of the platform",
    "a purge takes nothing from another queue",
    class extends ReferenceQueue {
      override purge(): number {
        for (const other of this.siblings.values()) other.purge();
        return super.purge();
      }
    },
  ),
  inQueue(
    "has one book of keys for all queues",
    "an idempotency key belongs to its queue",
    class extends ReferenceQueue {
      override send(message: Outgoing): SendResult {
        for (const other of this.siblings.values()) other.send(message);
        return super.send(message);
      }
    },
  ),
  inQueue(
    "takes the receipt of any queue of the platform",
    "a receipt is good for its own queue only",
    class extends ReferenceQueue {
      override settle(...given: Parameters<ReferenceQueue["settle"]>): SettleResult {
        const [receipt] = given;
        if (this.loans.has(receipt)) return super.settle(...given);
        const [other = this] = this.siblings.values();
        return other.settle(...given);
      }
    },
  ),
];

function dropping(does: string, caughtBy: string, since: (stored: Stored) => number): Mutant {
  return inQueue(
    does,
    caughtBy,
    class extends ReferenceQueue {
      protected override endLeases(): void {
        const kept = (stored: Stored) =>
          this.clock.now() < since(stored) + this.options.retentionMs;
        this.messages = this.messages.filter(kept);
        super.endLeases();
        this.messages = this.messages.filter(kept);
      }
    },
  );
}

function sinceSent({ message }: Stored): number {
  return message.sentAt;
}

function sending(does: string, caughtBy: string, change: (message: Outgoing) => Outgoing): Mutant {
  return inQueue(
    does,
    caughtBy,
    class extends ReferenceQueue {
      override send(message: Outgoing): SendResult {
        return super.send(change(message));
      }
    },
  );
}
