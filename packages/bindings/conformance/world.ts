import type { Clock } from "../src/clock.ts";
import type { QueueOptions } from "../src/queue/binding.ts";
import type { QueueCapabilities, QueueDriver } from "../src/queue/driver.ts";
import type { QueueOperator } from "../src/queue/operator.ts";

/** One empty queue that nobody else uses, as a platform gives it to one case. */
export interface QueueWorld {
  /** The queue's own name. */
  readonly queue: string;
  readonly driver: QueueDriver;
  readonly clock: WorldClock;
  /** What the queue was made with: what was asked for, unless the platform is slow and shortens it. */
  readonly options: QueueOptions;
  /** A second, independent connection to the same queue, as another process would have. */
  readonly another?: () => Promise<QueueDriver>;
  readonly operator?: QueueOperator;
  /** Another queue of the platform, declared like the first but for its own dead letters' queue. */
  readonly sibling?: {
    readonly queue: string;
    readonly driver: QueueDriver;
    readonly operator: QueueOperator;
  };
  close(): Promise<void>;
}

/** The platform's time: virtual where it can be injected, real where it cannot. */
export interface WorldClock extends Clock {
  /**
   * Lets what is under way happen, then at least so much time pass; resolves when the effects have
   * happened too, so that time never runs ahead of a disk or a socket.
   */
  advance(byMs: number): Promise<void>;
  /** How exactly the platform keeps time; 1 unless told otherwise. */
  readonly precisionMs?: number;
  /** How long, on the machine's own clock, to wait for what needs no time; 5,000 unless told otherwise. */
  readonly patienceMs?: number;
  /** How much time may pass by itself before a look, where time is real; 0 unless told otherwise. */
  readonly lateMs?: number;
  /** What one case may advance in all, where time is real; one that needs more does not apply, and says so. */
  readonly slowMs?: number;
}

/** The options of a queue's sibling: its own dead letters stay beside it. */
export function alone({ deadLetters: _, ...options }: QueueOptions): QueueOptions {
  return options;
}

const WEEK_MS = 7 * 24 * 60 * 60 * 1_000;

/** Makes a fresh world; the suite closes it. */
export type OpenWorld = (options: QueueOptions) => Promise<QueueWorld>;

/** What a case may ask for, read from the capabilities and from what the world brings along. */
export interface Features {
  readonly pull: boolean;
  readonly extend: boolean;
  readonly release: boolean;
  readonly ordered: boolean;
  readonly priority: boolean;
  readonly "concurrency keys": boolean;
  readonly "turns of keys": boolean;
  readonly "concurrency of all consumers": boolean;
  readonly idempotency: boolean;
  readonly "exact fencing": boolean;
  readonly "receipts valid anywhere": boolean;
  readonly "leases chosen at receive": boolean;
  readonly "retention since a message was due": boolean;
  readonly delay: boolean;
  readonly "delays of 7 days": boolean;
  readonly "retry delay": boolean;
  readonly "retry delays of 7 days": boolean;
  readonly "retry delay in groups": boolean;
  readonly "times finer than a second": boolean;
  readonly operator: boolean;
  readonly counts: boolean;
  readonly "exact counts": boolean;
  readonly peek: boolean;
  readonly purge: boolean;
  readonly "exact purge": boolean;
  readonly "pausing and binding": boolean;
  readonly "dead letters by reading": boolean;
  readonly "redrive to another queue": boolean;
  readonly "attempt history": boolean;
  readonly jobs: boolean;
  readonly "cancelled jobs leave at once": boolean;
  readonly inspector: boolean;
  readonly "a second queue": boolean;
  readonly "another connection": boolean;
}

/** The one place that turns capabilities into what cases ask for. */
export function featuresOf({ driver, clock, operator, another, sibling }: QueueWorld): Features {
  const can: QueueCapabilities = driver.capabilities;
  const operated = operator !== undefined;
  return {
    pull: can.pull,
    extend: can.extend,
    release: can.release,
    ordered: can.ordered,
    priority: can.priority,
    "concurrency keys": can.concurrencyKeys,
    "turns of keys": can.concurrencyKeys && can.keyTurns,
    "concurrency of all consumers": can.sharedConcurrency,
    idempotency: can.idempotency,
    "exact fencing": can.fencing === "exact",
    "receipts valid anywhere": can.receipts === "anywhere",
    "leases chosen at receive": can.leases === "chosen",
    "retention since a message was due": can.retention.since === "due",
    delay: can.delayMaxMs > 0,
    "delays of 7 days": can.delayMaxMs >= WEEK_MS,
    "retry delay": can.retryDelay.maxMs > 0,
    "retry delays of 7 days": can.retryDelay.maxMs >= WEEK_MS,
    "retry delay in groups": can.retryDelay.maxMs > 0 && can.retryDelay.fifo,
    "times finer than a second": (clock.precisionMs ?? 1) < 1_000,
    operator: operated,
    counts: operated && can.stats !== "none",
    "exact counts": operated && can.stats === "exact",
    peek: operated && can.peek !== "none",
    purge: operated && can.purge !== "none",
    "exact purge": operated && can.purge === "exact",
    "pausing and binding": operated && can.pausing,
    "dead letters by reading": operated && can.deadLetters === "read",
    "redrive to another queue": operated && can.redrive === "anywhere",
    "attempt history": can.history,
    jobs: operated && can.jobs,
    "cancelled jobs leave at once": operated && can.jobs && can.cancel === "removed",
    inspector: operator?.inspector !== undefined,
    "a second queue": sibling !== undefined,
    "another connection": another !== undefined,
  };
}
