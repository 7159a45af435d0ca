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
  /** Set where something is kept beside the queue that pushed deliveries are to be held against. */
  readonly aroundPushed?: AroundPushed;
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
  /** Of a message that came here as a dead letter of another queue. */
  readonly dead?: Death;
  /** Where the limit of its key is kept beside the service. */
  readonly concurrency?: { readonly key: string; readonly limit: number };
  /** When it is due, milliseconds since the epoch, where the service cannot delay it for so long. */
  readonly dueAt?: number;
  /** W3C trace context. */
  readonly trace?: { readonly traceparent: string; readonly tracestate?: string };
}

/** Why a message is in the queue that another one's dead letters go to. Small: it travels with the message. */
export interface Death {
  /** The queue in which it failed. */
  readonly source: string;
  /** Deliveries there that count. */
  readonly attempts: number;
  /** Milliseconds since the epoch. */
  readonly deadAt: number;
  /** The last failure, its text cut at 1,024 characters. */
  readonly error: { readonly code: string; readonly message: string };
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
  /** What its next delivery counts from, where a message is sent again under its own id; undefined means 1. */
  readonly attempt?: number;
  /**
   * Set where a message with this id was sent before and is wanted once more (a redrive): unlike every other
   * send of it, so that a platform that deduplicates by id takes it.
   */
  readonly copy?: string;
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
  /** Called when the queue is paused and when it is resumed, and at the start where it is paused then. */
  readonly onPause?: (paused: boolean) => void;
}

/** One message on loan to one receiver until its lease ends. */
export interface Delivery {
  readonly id: string;
  /** The token of this loan: unguessable, and spent with it. */
  readonly receipt: string;
  /** Text where the platform carries text, bytes where it carries bytes. */
  readonly body: string | Uint8Array;
  readonly headers: Headers;
  /** 1 on first delivery. One beyond the message's budget is never handed out: it goes to the dead letters. */
  readonly attempt: number;
  readonly sentAt: number;
  readonly group?: string;
  readonly priority?: number;
  /** Milliseconds since the epoch, where the platform tells. */
  readonly leaseUntil?: number;
  /** Why what travels beside the body cannot be read: such a message is never handed out, it is dead-lettered. */
  readonly undecodable?: Failure;
}

/** What the platform says of the loan of a pushed batch. */
export interface PushedLoan {
  /** When the platform ends the function, milliseconds since the epoch: handlers are told a moment before. */
  readonly deadline?: number;
  /** Makes the loan end `leaseMs` from now. Undefined where the platform cannot extend. */
  readonly extend?: (delivery: Delivery, leaseMs: number) => Promise<void>;
}

/** Stands around each pushed batch, and runs the handler over what of it is to be handled. Never rejects. */
export type AroundPushed = (
  batch: readonly Delivery[],
  loan: PushedLoan,
  inner: {
    readonly run: (batch: readonly Delivery[], loan: PushedLoan) => Promise<readonly Settlement[]>;
    /** What went wrong beside the deliveries. */
    readonly onError: (error: unknown) => void;
  },
) => Promise<readonly Settlement[]>;

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

/**
 * `applied` is false where the same was done before, "unknown" where the platform cannot tell a spent receipt from a good
 * one. Where it can, a loan that is over is an error, RECEIPT_EXPIRED.
 */
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
  /** Keys are served in turn: where not, in the order in which the service hands out messages. */
  readonly keyTurns: boolean;
  /** The queue's concurrency bounds the handlers of all its pulling consumers together, not those of each. */
  readonly sharedConcurrency: boolean;
  readonly idempotency: boolean;
  /** Records and results of jobs, where the queue keeps them. */
  readonly jobs: boolean;
  /** A cancelled job leaves its queue at once, or is there until its turn comes, and then not handed out. */
  readonly cancel: "removed" | "skipped";
  /** What operators decide, a pause or a binding, is kept; receivers with handlers are given nothing and told. */
  readonly pausing: boolean;
  /** Whether a stale receipt is always told from a good one. */
  readonly fencing: "exact" | "none";
  /** Where a receipt can be settled: by the receiving process, or by any. */
  readonly receipts: "process" | "anywhere";
  /** Failed and expired attempts are kept with their message. */
  readonly history: boolean;
  /** Waiting messages are looked at as they are, in an index that is kept beside them, or not at all. */
  readonly peek: "read" | "index" | "none";
  /** Counts: of this moment, late and rounded as the service tells them, or none. */
  readonly stats: "exact" | "approximate" | "none";
  /** A purge is done when it answers, and says how many; or the service does it in its own time; or it cannot. */
  readonly purge: "exact" | "eventual" | "none";
  /** Dead letters are looked at as they are, or each is taken on loan for the moment of the look. */
  readonly deadLetters: "read" | "take";
  /** Dead letters can be redriven to any queue of the platform, or only to the one that they came from. */
  readonly redrive: "anywhere" | "source";
  /** The longest single loan, in milliseconds; a longer lease is kept by renewal. */
  readonly leaseMaxMs: number;
  /** Each receive and each extension says how long it lends, or every loan is as long as the queue declares. */
  readonly leases: "chosen" | "declared";
  /** How long messages can be kept, in milliseconds, and since when that counts for one that comes back. */
  readonly retention: {
    readonly minMs: number;
    readonly maxMs: number;
    readonly since: "due" | "sent";
  };
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
  /**
   * Set where each call of the driver is a request over a network, which takes time and is paid for: sends,
   * settlements and takes that come one by one are gathered into fewer calls. Never where several requests of
   * a host must not share one call, and not where calls cost next to nothing.
   */
  readonly network?: {
    /** Calls of one kind that are under way at once, at most. */
    readonly inFlight: number;
    /** How long, in milliseconds, what comes while calls are under way waits for company: about a round trip. */
    readonly lingerMs: number;
    /** Set where settlements and takes cost the same one by one. */
    readonly only?: "sends";
  };
  /** Whose limits these are, as a user knows it: "SQS", "the local queue". */
  readonly service: string;
  /** The platform as OpenTelemetry's `messaging.system` names it: "alien_local". */
  readonly system: string;
}
