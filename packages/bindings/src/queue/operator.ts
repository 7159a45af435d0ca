import type { ControlOperator, Pause } from "./control.ts";
import type { DeadLetterOperator } from "./dead-letter.ts";
import type { Headers } from "./driver.ts";
import type { QueueInspector } from "./inspector.ts";
import type { JobOperator } from "./job.ts";

/** Operating a queue: needs other rights and SDKs than sending and receiving, so it is a second interface. */
export interface QueueOperator extends DeadLetterOperator, ControlOperator, JobOperator {
  stats(): Promise<QueueStats>;
  /** Messages as they wait, oldest first, without taking them. */
  peek(options: PeekOptions): Promise<readonly PeekedMessage[]>;
  /** Removes ready and delayed messages at once and those in flight at lease end; never dead letters. Answers how many at once. */
  purge(): Promise<number>;
  /** Undefined where the platform cannot tell more. */
  readonly inspector?: QueueInspector | undefined;
  close(): Promise<void>;
}

export interface QueueStats {
  readonly ready: number;
  /** Waiting for a send's delay or a retry's backoff; undefined where the platform counts them among the ready. */
  readonly delayed?: number;
  /** On loan; undefined where the platform counts them among the ready. */
  readonly inFlight?: number;
  readonly dead: number;
  /** Milliseconds since the oldest ready message was sent; undefined where none is ready. */
  readonly oldestAgeMs?: number;
  /** Undefined where the platform does not count. */
  readonly rates?: QueueRates;
  /** Why no handler is called; undefined where they are. */
  readonly paused?: Pause;
}

/** Messages per second over the last minute. */
export interface QueueRates {
  readonly sent: number;
  readonly acked: number;
  /** Deliveries that failed or whose lease ended. */
  readonly failed: number;
  /** Of what was taken: half had been ready for at most so many milliseconds, and 95 of 100. */
  readonly waitedMs?: { readonly p50: number; readonly p95: number };
}

export interface PeekOptions {
  /** 1..500. */
  readonly limit: number;
  /** The id to go on after; where it is handled meanwhile, what was sent later follows. */
  readonly after?: string;
}

export interface PeekedMessage {
  readonly id: string;
  readonly body: string | Uint8Array;
  readonly headers: Headers;
  readonly state: "ready" | "delayed" | "inFlight";
  /** Deliveries so far. */
  readonly attempts: number;
  readonly sentAt: number;
  readonly dueAt?: number;
  readonly group?: string;
  readonly priority?: number;
}
