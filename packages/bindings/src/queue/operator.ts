import type { Failure, Headers, SettleResult } from "./driver.ts";

/** Operating a queue: needs other rights and SDKs than sending and receiving, so it is a second interface. */
export interface QueueOperator {
  stats(): Promise<QueueStats>;
  /** Messages as they wait, oldest first, without taking them. */
  peek(options: PeekOptions): Promise<readonly PeekedMessage[]>;
  /** Removes ready and delayed messages at once and those in flight at lease end; never dead letters. Answers how many at once. */
  purge(): Promise<number>;
  deadLetters(options: PeekOptions): Promise<readonly DeadLetter[]>;
  /** One result per id, in order. Each returns to its source with a fresh attempt budget. */
  redrive(ids: readonly string[]): Promise<readonly SettleResult[]>;
  discard(ids: readonly string[]): Promise<readonly SettleResult[]>;
  close(): Promise<void>;
}

export interface QueueStats {
  readonly ready: number;
  /** Waiting for a send's delay or a retry's backoff. */
  readonly delayed: number;
  readonly inFlight: number;
  readonly dead: number;
  /** Milliseconds since the oldest ready message was sent; undefined where none is ready. */
  readonly oldestAgeMs?: number;
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

export interface DeadLetter {
  readonly id: string;
  readonly body: string | Uint8Array;
  readonly headers: Headers;
  readonly attempts: number;
  readonly sentAt: number;
  readonly deadAt: number;
  /** The queue it came from. */
  readonly source: string;
  readonly error: Failure;
  readonly group?: string;
}
