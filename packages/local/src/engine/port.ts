import type {
  DeadLetter,
  Delivery,
  Outcome,
  Outgoing,
  PeekedMessage,
  PeekOptions,
  QueueStats,
  SendResult,
  SettleResult,
} from "@alienplatform/bindings";

/** What the engine must know of a queue; kept in the store, replaced by the newest declaration. */
export interface QueueSpec {
  readonly name: string;
  readonly maxAttempts: number;
  readonly leaseMs: number;
  readonly retentionMs: number;
  readonly fifo: boolean;
  readonly concurrency?: number;
  /** What a repeated idempotency key with another payload gets; "original" where nothing is said. */
  readonly conflict?: "original" | "error";
}

/**
 * Who asks. `session` names one process's life (16 hex digits), `request` counts its requests up from 1.
 * A repeated request is answered as the first one was, also by the next owner: that is what makes
 * a failover neither lose nor duplicate.
 */
export interface Origin {
  readonly session: string;
  readonly request: number;
}

export interface ReceiptSettlement {
  readonly receipt: string;
  readonly outcome: Outcome;
}

/**
 * The local queue as its users see it: the engine in this process, or the link to the process that owns it.
 * Each promise resolves after what it answers is durable. Results are per item, in order.
 */
export interface LocalQueues {
  declare(specs: readonly QueueSpec[]): Promise<void>;
  /** The declared queues by name. */
  list(): Promise<readonly QueueSpec[]>;
  send(
    queue: string,
    messages: readonly Outgoing[],
    origin?: Origin,
  ): Promise<readonly SendResult[]>;
  /** Waits up to waitMs for the first message. An abort answers []; no message is left on loan by it. */
  take(
    queue: string,
    options: TakeOptions,
    signal?: AbortSignal,
    origin?: Origin,
  ): Promise<readonly Delivery[]>;
  settle(
    queue: string,
    settlements: readonly ReceiptSettlement[],
    origin?: Origin,
  ): Promise<readonly SettleResult[]>;
  /** Makes each lease end leaseMs from now. */
  extend(
    queue: string,
    receipts: readonly string[],
    leaseMs: number,
    origin?: Origin,
  ): Promise<readonly SettleResult[]>;
  stats(queue: string): Promise<QueueStats>;
  peek(queue: string, options: PeekOptions): Promise<readonly PeekedMessage[]>;
  purge(queue: string): Promise<number>;
  deadLetters(queue: string, options: PeekOptions): Promise<readonly DeadLetter[]>;
  redrive(queue: string, ids: readonly string[], origin?: Origin): Promise<readonly SettleResult[]>;
  discard(queue: string, ids: readonly string[], origin?: Origin): Promise<readonly SettleResult[]>;
  close(): Promise<void>;
}

/** Whoever takes: one consumer of a session. */
export interface Taker {
  /** Tells the session's consumers apart. */
  readonly number: number;
  /** It starts this many messages at once, in the order of taking: what it holds beyond has not been started. */
  readonly handlers: number;
}

export interface TakeOptions {
  readonly max: number;
  readonly leaseMs: number;
  readonly waitMs: number;
  /** Undefined where all that is taken counts as started. */
  readonly taker?: Taker | undefined;
}
