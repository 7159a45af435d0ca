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
}

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
  readonly idempotency: boolean;
  readonly "exact fencing": boolean;
  readonly "receipts valid anywhere": boolean;
  readonly delay: boolean;
  readonly "retry delay": boolean;
  readonly operator: boolean;
  readonly "another connection": boolean;
}

/** The one place that turns capabilities into what cases ask for. */
export function featuresOf({ driver, operator, another }: QueueWorld): Features {
  const can: QueueCapabilities = driver.capabilities;
  return {
    pull: can.pull,
    extend: can.extend,
    release: can.release,
    ordered: can.ordered,
    priority: can.priority,
    "concurrency keys": can.concurrencyKeys,
    idempotency: can.idempotency,
    "exact fencing": can.fencing === "exact",
    "receipts valid anywhere": can.receipts === "anywhere",
    delay: can.delayMaxMs > 0,
    "retry delay": can.retryDelay.maxMs > 0,
    operator: operator !== undefined,
    "another connection": another !== undefined,
  };
}
