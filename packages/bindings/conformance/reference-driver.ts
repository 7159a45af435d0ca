import { AlienError } from "@alienplatform/core";
import { sweepPages } from "../src/dead-letters/sweep-pages.ts";
import type { PauseRequest, QueueControl } from "../src/queue/control.ts";
import type {
  DeadLetter,
  DeadLetterQuery,
  DeadLetterSweep,
  SweptPage,
} from "../src/queue/dead-letter.ts";
import type {
  Delivery,
  Headers,
  Outgoing,
  QueueCapabilities,
  QueueDriver,
  ReceiveOptions,
  Receiver,
  SendResult,
  Settlement,
  SettleResult,
} from "../src/queue/driver.ts";
import type { Job, JobQuery } from "../src/queue/job.ts";
import type {
  PeekedMessage,
  PeekOptions,
  QueueOperator,
  QueueStats,
} from "../src/queue/operator.ts";
import { messageOf } from "./reference-dead-letters.ts";
import { ReferenceInspector } from "./reference-inspector.ts";
import { hasEnded } from "./reference-jobs.ts";
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
  stats: "exact",
  purge: "exact",
  deadLetters: "read",
  redrive: "anywhere",
  leaseMaxMs: 12 * 3_600_000,
  leases: "chosen",
  retention: { minMs: 60_000, maxMs: 14 * 24 * 3_600_000, since: "due" },
  retryDelay: { maxMs: 7 * 24 * 60 * 60 * 1000, fifo: true },
  delayMaxMs: 7 * 24 * 60 * 60 * 1000,
  max: { message: 64 * KIB, batch: 10, batchBytes: 128 * KIB, receive: 10 },
  service: "the reference queue",
  system: "alien_reference",
};

/** One take of a receiver. */
export interface Taking {
  readonly max: number;
  readonly leaseMs: number;
  readonly waitMs: number;
  /** By a consumer, for its handlers. */
  readonly handled: boolean;
}

/** One connection to a ReferenceQueue, which others may share. Waits, batches, and nothing else. */
export class ReferenceDriver implements QueueDriver, QueueOperator {
  readonly capabilities: QueueCapabilities = referenceCapabilities;
  readonly queue: ReferenceQueue;
  readonly inspector: ReferenceInspector;
  #closed = false;

  constructor(queue: ReferenceQueue) {
    this.queue = queue;
    this.inspector = this.inspect(queue);
  }

  protected inspect(queue: ReferenceQueue): ReferenceInspector {
    return new ReferenceInspector(queue);
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

  async open({ leaseMs, handlers, onPause }: ReceiveOptions): Promise<Receiver> {
    this.#assertOpen();
    const handled = handlers !== undefined;
    const stop = onPause && this.#watch(onPause);
    return {
      take: (max, waitMs, signal) => this.take({ max, leaseMs, waitMs, handled }, signal),
      settle: (batch) => this.settle(batch),
      extend: (deliveries, forMs) => this.extend(deliveries, forMs),
      close: async () => stop?.(),
    };
  }

  #watch(onPause: (paused: boolean) => void): () => void {
    const { control } = this.queue;
    let known = false;
    const tell = ({ pause }: QueueControl) => {
      const paused = pause !== undefined;
      if (paused !== known) onPause(paused);
      known = paused;
    };
    tell(control.current);
    return control.listen(tell);
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

  async deadLetters(query: DeadLetterQuery): Promise<readonly DeadLetter[]> {
    return this.queue.letters.list(query, this.queue.clock.now());
  }

  async deadLetter(id: string): Promise<DeadLetter | undefined> {
    return this.queue.letters.get(id);
  }

  async editDeadLetter(
    id: string,
    change: { readonly body: string; readonly kind: Headers["kind"] },
  ): Promise<SettleResult> {
    const letter = this.queue.letters.get(id);
    const size = letter === undefined ? 0 : this.sizeOf(messageOf({ ...letter, ...change }));
    const limit = this.capabilities.max.message;
    return size > limit ? tooLarge(size, limit) : this.queue.letters.edit(id, change);
  }

  sweep(sweep: DeadLetterSweep): AsyncIterable<SweptPage> {
    return sweepPages(this, sweep);
  }

  async redrive(
    ids: readonly string[],
    { to }: { readonly to?: string } = {},
  ): Promise<readonly SettleResult[]> {
    const target = to === undefined ? this.queue : this.queue.sibling(to);
    return ids.map((id) => this.queue.redrive(id, target));
  }

  async discard(ids: readonly string[]): Promise<readonly SettleResult[]> {
    return ids.map((id) => this.queue.discard(id));
  }

  async control(): Promise<QueueControl> {
    return this.queue.control.current;
  }

  controlAfter(version: number, signal: AbortSignal): Promise<QueueControl> {
    const { control } = this.queue;
    if (control.current.version !== version) return Promise.resolve(control.current);
    return new Promise((resolve, reject) => {
      const stop = control.listen((next) => {
        stop();
        resolve(next);
      });
      signal.addEventListener("abort", () => {
        stop();
        reject(new AlienError("ABORTED", "the wait was given up", { fix: "Wait again." }));
      });
    });
  }

  async pause(request: PauseRequest): Promise<void> {
    this.queue.control.pause(request);
  }

  async resume(): Promise<void> {
    this.queue.control.resume();
  }

  async bind(consumer: string, status: "active" | "paused"): Promise<void> {
    const { control } = this.queue;
    control.bind(consumer);
    if (status === "active") control.resume();
    else if (control.current.pause === undefined) control.pause({ reason: "bound as paused" });
  }

  async unbind(): Promise<void> {
    this.queue.control.bind(undefined);
  }

  async job(id: string): Promise<Job | undefined> {
    return this.queue.jobs.get(this.queue, id);
  }

  async jobs(query: JobQuery): Promise<readonly Job[]> {
    return this.queue.jobs.list(this.queue, query);
  }

  async jobEnded(id: string, signal: AbortSignal): Promise<Job | undefined> {
    const { bell, clock } = this.queue;
    for (;;) {
      const job = this.queue.jobs.get(this.queue, id);
      if (job === undefined || hasEnded(job)) return job;
      if (signal.aborted) throw new AlienError("ABORTED", "given up", { fix: "Wait again." });
      await bell.wait(clock, this.queue.nextChangeAt(), signal);
    }
  }

  async requeueJob(id: string): Promise<SettleResult> {
    await this.job(id);
    return this.queue.redrive(id);
  }

  async cancelJob(id: string): Promise<SettleResult> {
    await this.job(id);
    return this.queue.cancel(id);
  }

  async importDeadLetters(letters: readonly DeadLetter[]): Promise<readonly SendResult[]> {
    return letters.map((letter) => this.queue.import(letter));
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  protected async take(
    { max, leaseMs, waitMs, handled }: Taking,
    signal?: AbortSignal,
  ): Promise<readonly Delivery[]> {
    this.#assertOpen();
    const { bell, clock } = this.queue;
    const deadline = clock.now() + waitMs;
    const most = Math.min(max, this.capabilities.max.receive);
    for (;;) {
      if (signal?.aborted) return [];
      const taken = this.queue.take(most, leaseMs, handled);
      if (taken.length > 0 || clock.now() >= deadline) return taken;
      this.queue.takesWaiting++;
      await bell.wait(clock, Math.min(deadline, this.queue.nextChangeAt()), signal);
      this.queue.takesWaiting--;
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

function tooLarge(size: number, limit: number): { ok: false; error: AlienError } {
  const error = new AlienError(
    "MESSAGE_TOO_LARGE",
    `the message is ${size} bytes; the reference queue accepts ${limit}`,
    { fix: "Put the payload in storage and send its key.", details: { size, limit } },
  );
  return { ok: false, error };
}
