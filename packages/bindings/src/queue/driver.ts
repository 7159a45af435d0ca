import type { AlienError } from "@alienplatform/core";

/** What a platform provides so that a QueueClient can work. Applications use QueueClient, never this. */
export interface QueueDriver {
  readonly capabilities: QueueCapabilities;
  /** The vendor's own count of a message's size in bytes; the client chunks by it. */
  sizeOf(message: Outgoing): number;
  /**
   * One result per message, in order; a batch is never all-or-nothing. At most `capabilities.max.batch`
   * messages a call. Does not retry: the client does, guided by `retryable`.
   */
  send(messages: readonly Outgoing[], signal?: AbortSignal): Promise<readonly SendResult[]>;
  /** A link, session, channel, socket or a series of polls. */
  open(options: ReceiveOptions): Promise<Receiver>;
  close(): Promise<void>;
}

/** Everything that travels beside a body. A driver packs it into one vendor attribute (see envelope.ts). */
export interface Headers {
  /** The kind travels; it is never guessed. */
  readonly kind: "json" | "text";
  /** The user's, at most 10. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** The handler's name, where the message was sent with call(). */
  readonly job?: string;
  /** Lowers the queue's budget for this message. */
  readonly maxAttempts?: number;
  /** W3C trace context. */
  readonly trace?: { readonly traceparent: string; readonly tracestate?: string };
}

/** One message on its way out: validated and encoded, with its id chosen. */
export interface Outgoing {
  /** 26 characters, sorts by time; chosen by the client so that a repeated send keeps it. */
  readonly id: string;
  /** The JSON or the text. */
  readonly body: string;
  readonly headers: Headers;
  /** When the client took it, milliseconds since the epoch. */
  readonly sentAt: number;
  /** Not before sentAt + delayMs; undefined and 0 mean at once. */
  readonly delayMs?: number;
  /** FIFO group, already checked. */
  readonly group?: string;
  /** 0..9; undefined means 0. */
  readonly priority?: number;
  readonly concurrency?: { readonly key: string; readonly limit: number };
  readonly idempotencyKey?: string;
}

export type SendResult =
  | { readonly ok: true; readonly id: string; readonly deduplicated: boolean }
  | { readonly ok: false; readonly error: AlienError };

/** All that a push entry has. */
export interface Settler {
  /** One result per settlement, in order. */
  settle(batch: readonly Settlement[], signal?: AbortSignal): Promise<readonly SettleResult[]>;
  /** Makes each lease end `leaseMs` from now. */
  extend(
    deliveries: readonly Delivery[],
    leaseMs: number,
    signal?: AbortSignal,
  ): Promise<readonly SettleResult[]>;
}

export interface Receiver extends Settler {
  /** Waits up to waitMs for the first message, then gives at most max. [] is a normal answer, also after an abort. */
  take(max: number, waitMs: number, signal?: AbortSignal): Promise<readonly Delivery[]>;
  /** Gives back what was prefetched and not taken; what was taken stays on loan. */
  close(): Promise<void>;
}

export interface ReceiveOptions {
  /** How many may be on loan at once: AMQP credit, broker prefetch, local push; polls ignore it. */
  readonly credit: number;
  readonly leaseMs: number;
  /**
   * How many deliveries are started at once, in the order of taking; what is held beyond has not been
   * started. Undefined where every taken delivery counts as started.
   */
  readonly handlers?: number;
  /** Called when the platform says that a lease was lost before its end. */
  readonly onLost?: (delivery: Delivery) => void;
}

/** One message on loan to one receiver until its lease ends. */
export interface Delivery {
  readonly id: string;
  /** The token of this loan: unguessable, and spent with it. */
  readonly receipt: string;
  /** Text where the platform carries text, bytes where it carries bytes. */
  readonly body: string | Uint8Array;
  readonly headers: Headers;
  /** 1 on first delivery. */
  readonly attempt: number;
  readonly sentAt: number;
  readonly group?: string;
  readonly priority?: number;
  /** Milliseconds since the epoch, where the platform tells. */
  readonly leaseUntil?: number;
}

/** Why a delivery did not succeed; kept with the message and its dead letter. */
export interface Failure {
  /** An ErrorCode or the thrown error's name; low cardinality. */
  readonly code: string;
  readonly message: string;
  readonly stack?: string;
  /** What a schema refused. */
  readonly issues?: readonly { readonly message: string; readonly path?: string }[];
}

export type Outcome =
  | { readonly kind: "ack"; readonly result?: string }
  /** Back at once, not counted as an attempt where the platform can. */
  | { readonly kind: "release" }
  | { readonly kind: "retry"; readonly delayMs: number; readonly error: Failure }
  | { readonly kind: "deadLetter"; readonly error: Failure };

/** Carries the delivery itself, because retry and dead-letter may have to copy it. */
export interface Settlement {
  readonly delivery: Delivery;
  readonly outcome: Outcome;
}

/** `applied` is "unknown" where the platform cannot tell a spent receipt from a good one. */
export type SettleResult =
  | { readonly ok: true; readonly applied: boolean | "unknown" }
  | { readonly ok: false; readonly error: AlienError };

/** Limits and behaviours as data, so that plan, docs and tests read the same numbers. */
export interface QueueCapabilities {
  /** A process of one's own can receive. */
  readonly pull: boolean;
  readonly extend: boolean;
  /** A release is not counted as an attempt. */
  readonly release: boolean;
  /** FIFO groups. */
  readonly ordered: boolean;
  readonly priority: boolean;
  /** A key with a limit of its own. */
  readonly concurrencyKeys: boolean;
  readonly idempotency: boolean;
  /** Whether a stale receipt is always told from a good one. */
  readonly fencing: "exact" | "none";
  /** Where a receipt can be settled: by the receiving process, or by any. */
  readonly receipts: "process" | "anywhere";
  readonly peek: "read" | "index";
  readonly retryDelay: { readonly maxMs: number; readonly fifo: boolean };
  /** 0 where a send cannot be delayed. */
  readonly delayMaxMs: number;
  readonly max: {
    /** Bytes of one message as `sizeOf` counts. */
    readonly message: number;
    /** Messages of one send call. */
    readonly batch: number;
    /** Bytes of one send call. */
    readonly batchBytes: number;
    /** Messages of one take. */
    readonly receive: number;
  };
  /** Whose limits these are, as a user knows it: "SQS", "the local queue". */
  readonly service: string;
}
