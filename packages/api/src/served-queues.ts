import type { QueueCapabilities, QueueClient } from "@alienplatform/bindings";
import type { QueueOperations } from "@alienplatform/bindings/operate";
import type { StackData } from "@alienplatform/core";

/** What the API serves: the queues of a stack that runs here, of a deployed stage, or of a function's links. */
export interface ServedQueues {
  /** What is declared now; alien.ts may change while `alien dev` runs. */
  stack(): StackData;
  /** Where the queues are: "local", or a cloud. */
  readonly platform: string;
  /** Of a deployed stage. */
  readonly stage?: string;
  /** To send and receive, the same one each time: it remembers what it has lent. Throws UNKNOWN_QUEUE. */
  client(queue: string): ServedClient | Promise<ServedClient>;
  /** To look, pause, purge, and decide about dead letters and jobs; throws UNKNOWN_QUEUE. */
  operations(queue: string): QueueOperations;
  /** What the queue's platform can, where that is known. */
  capabilities?(queue: string): QueueCapabilities | Promise<QueueCapabilities>;
  /** Points queues at other functions; undefined where only alien.ts does, as on a deployed stage. */
  readonly binder?: Binder;
  /** Undefined where time goes by itself alone. */
  readonly clock?: AdvancedClock;
  /** A queue's schema as JSON Schema, where it can be had. */
  jsonSchema?(queue: string): unknown;
}

/** What the API asks of a queue's client. */
export type ServedClient = Pick<
  QueueClient,
  "name" | "send" | "sendBatch" | "call" | "receive" | "ack" | "nack" | "extend" | "deadLetter"
>;

/** Which function consumes which queue. */
export interface Binder {
  /** Throws UNKNOWN_FUNCTION where the stack has none of this id. */
  bind(queue: string, consumer: string, status: "active" | "paused"): Promise<void>;
  unbind(queue: string): Promise<void>;
}

/** The time of local queues, which developers may set ahead. */
export interface AdvancedClock {
  /** Milliseconds since the epoch as the queues see them, and how far that is ahead of the system's. */
  read(): Promise<{ readonly now: number; readonly aheadMs: number }>;
  /** Fires the delays, leases, backoffs and expiries of that time. */
  advance(ms: number): Promise<void>;
}
