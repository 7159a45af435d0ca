import { AlienError } from "@alienplatform/core";
import type {
  Delivery,
  Outgoing,
  QueueCapabilities,
  QueueDriver,
  ReceiveOptions,
  Receiver,
  SendResult,
  Settlement,
  SettleResult,
} from "../src/queue/driver.ts";
import type {
  DeadLetter,
  PeekedMessage,
  PeekOptions,
  QueueOperator,
  QueueStats,
} from "../src/queue/operator.ts";
import type { ReferenceQueue } from "./reference-queue.ts";

const KIB = 1024;

/** Everything on; batches small, so that chunking and gathering are seen to work. */
export const referenceCapabilities: QueueCapabilities = {
  pull: true,
  extend: true,
  release: true,
  ordered: true,
  priority: true,
  concurrencyKeys: true,
  idempotency: true,
  fencing: "exact",
  receipts: "anywhere",
  peek: "read",
  retryDelay: { maxMs: 7 * 24 * 60 * 60 * 1000, fifo: true },
  delayMaxMs: 7 * 24 * 60 * 60 * 1000,
  max: { message: 64 * KIB, batch: 10, batchBytes: 128 * KIB, receive: 10 },
  service: "the reference queue",
};

/** One connection to a ReferenceQueue, which others may share. Waits, batches, and nothing else. */
export class ReferenceDriver implements QueueDriver, QueueOperator {
  readonly capabilities: QueueCapabilities = referenceCapabilities;
  readonly queue: ReferenceQueue;
  #closed = false;

  constructor(queue: ReferenceQueue) {
    this.queue = queue;
  }

  sizeOf({ body, headers }: Outgoing): number {
    return Buffer.byteLength(body) + Buffer.byteLength(JSON.stringify(headers));
  }

  async send(messages: readonly Outgoing[]): Promise<readonly SendResult[]> {
    this.#assertOpen();
    return messages.map((message) => {
      const size = this.sizeOf(message);
      const limit = this.capabilities.max.message;
      return size > limit ? tooLarge(size, limit) : this.queue.send(message);
    });
  }

  async open({ leaseMs }: ReceiveOptions): Promise<Receiver> {
    this.#assertOpen();
    return {
      take: (max, waitMs, signal) => this.take(max, leaseMs, waitMs, signal),
      settle: (batch) => this.settle(batch),
      extend: (deliveries, forMs) => this.extend(deliveries, forMs),
      close: () => Promise.resolve(),
    };
  }

  async stats(): Promise<QueueStats> {
    return this.queue.stats();
  }

  async peek(options: PeekOptions): Promise<readonly PeekedMessage[]> {
    const messages = this.queue.waiting().map((stored) => ({
      ...shown(stored.message),
      state: this.queue.stateOf(stored),
      attempts: stored.attempts,
      dueAt: stored.dueAt,
      ...(stored.message.priority !== undefined && { priority: stored.message.priority }),
    }));
    return page(messages, options);
  }

  async purge(): Promise<number> {
    return this.queue.purge();
  }

  async deadLetters(options: PeekOptions): Promise<readonly DeadLetter[]> {
    const letters = this.queue.deadLetters().map(({ stored, deadAt, error }) => ({
      ...shown(stored.message),
      attempts: stored.attempts,
      deadAt,
      source: this.queue.name,
      error,
    }));
    return page(letters, options);
  }

  async redrive(ids: readonly string[]): Promise<readonly SettleResult[]> {
    return ids.map((id) => this.queue.redrive(id));
  }

  async discard(ids: readonly string[]): Promise<readonly SettleResult[]> {
    return ids.map((id) => this.queue.discard(id));
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  protected async take(max: number, leaseMs: number, waitMs: number, signal?: AbortSignal) {
    this.#assertOpen();
    const { bell, clock } = this.queue;
    const deadline = clock.now() + waitMs;
    const most = Math.min(max, this.capabilities.max.receive);
    for (;;) {
      if (signal?.aborted) return [];
      const taken = this.queue.take(most, leaseMs);
      if (taken.length > 0 || clock.now() >= deadline) return taken;
      await bell.wait(clock, Math.min(deadline, this.queue.nextChangeAt()), signal);
    }
  }

  protected async settle(batch: readonly Settlement[]): Promise<readonly SettleResult[]> {
    this.#assertOpen();
    return batch.map(({ delivery, outcome }) => this.queue.settle(delivery.receipt, outcome));
  }

  protected async extend(deliveries: readonly Delivery[], leaseMs: number) {
    this.#assertOpen();
    return deliveries.map(({ receipt }) => this.queue.extend(receipt, leaseMs));
  }

  #assertOpen(): void {
    if (this.#closed) throw new AlienError("CLOSED", "the connection was closed");
  }
}

function shown({ id, body, headers, sentAt, group }: Outgoing) {
  return { id, body, headers, sentAt, ...(group !== undefined && { group }) };
}

function page<T extends { readonly id: string }>(all: readonly T[], { limit, after }: PeekOptions) {
  const start = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
  return all.slice(start, start + limit);
}

function tooLarge(size: number, limit: number): SendResult {
  const error = new AlienError(
    "MESSAGE_TOO_LARGE",
    `the message is ${size} bytes; the reference queue accepts ${limit}`,
    { fix: "Put the payload in storage and send its key.", details: { size, limit } },
  );
  return { ok: false, error };
}
