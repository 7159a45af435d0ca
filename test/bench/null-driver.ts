import type { Delivery, QueueDriver, Receiver, SettleResult } from "@alienplatform/bindings";
import { payload } from "./payload.ts";

const SETTLED: SettleResult = { ok: true, applied: true };
const BODY = JSON.stringify(payload(0));

/** A driver that answers at once and keeps nothing: what is left is the portable layer alone. */
export function nullDriver(): QueueDriver {
  return {
    capabilities: {
      pull: true,
      extend: true,
      release: true,
      ordered: true,
      priority: true,
      concurrencyKeys: true,
      keyTurns: true,
      sharedConcurrency: true,
      idempotency: true,
      jobs: true,
      cancel: "removed",
      pausing: true,
      fencing: "exact",
      receipts: "anywhere",
      history: true,
      peek: "read",
      stats: "none",
      purge: "none",
      deadLetters: "read",
      redrive: "anywhere",
      leaseMaxMs: 12 * 3_600_000,
      leases: "chosen",
      retention: { minMs: 60_000, maxMs: 14 * 24 * 3_600_000, since: "due" },
      retryDelay: { maxMs: 86_400_000, fifo: true },
      delayMaxMs: 86_400_000,
      max: { message: 1 << 20, batch: 2000, batchBytes: 1 << 22, receive: 100 },
      service: "nothing",
      system: "nothing",
    },
    sizeOf: (message) => message.body.length,
    send: async (messages) => messages.map(({ id }) => ({ ok: true, id, deduplicated: false })),
    open: async () => new NullReceiver(),
    close: async () => undefined,
  };
}

class NullReceiver implements Receiver {
  #count = 0;

  async take(max: number): Promise<readonly Delivery[]> {
    return Array.from({ length: max }, () => {
      this.#count++;
      return {
        id: String(this.#count).padStart(26, "0"),
        receipt: String(this.#count).padStart(24, "0"),
        body: BODY,
        headers: { kind: "json" },
        attempt: 1,
        sentAt: 0,
      };
    });
  }

  async settle(batch: readonly unknown[]): Promise<readonly SettleResult[]> {
    return batch.map(() => SETTLED);
  }

  async extend(batch: readonly unknown[]): Promise<readonly SettleResult[]> {
    return batch.map(() => SETTLED);
  }

  async close(): Promise<void> {
    // Nothing was prefetched.
  }
}
