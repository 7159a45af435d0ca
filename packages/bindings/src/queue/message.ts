import type { Duration } from "@alienplatform/core";
import type { Death } from "./driver.ts";

/** A message as its reader sees it: plain data, the same on every platform. */
export interface Message<T = unknown> {
  /** 26 characters; ids sort by time. */
  readonly id: string;
  readonly queue: string;
  readonly payload: T;
  readonly kind: "json" | "text";
  /** 1 on first delivery. */
  readonly attempt: number;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  readonly attributes: Readonly<Record<string, string>>;
  /** Of a FIFO queue. */
  readonly group: string | undefined;
  /** 0..9, higher first. */
  readonly priority: number;
  /** The handler it is for, where it was sent with call(). */
  readonly job: string | undefined;
  /** Why it failed in another queue, of which it is a dead letter; see Queue.deadLetters(). */
  readonly dead: Death | undefined;
}

/** A message on loan to whoever received it, until it is settled or its lease ends. */
export interface ReceivedMessage<T = unknown> extends Message<T> {
  /** The token of this loan. */
  readonly receiptHandle: string;
}

/** How one message is to travel. */
export interface SendOptions {
  /** "250ms", "5m", "7d", or the Date it is due; up to 7 days. */
  readonly delay?: Duration | Date;
  /** 1..256 characters; a repeat within 24 h returns the first id and stores nothing. */
  readonly idempotencyKey?: string;
  /** Of a FIFO queue: 1..128 characters; numbers and booleans become text. */
  readonly group?: string | number | boolean;
  /** 0..9, default 0, higher first. */
  readonly priority?: number;
  /** At most `limit` messages of the same key are handled at once. */
  readonly concurrency?: { readonly key: string; readonly limit: number };
  /** At most 10. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** May only lower the queue's. */
  readonly maxAttempts?: number;
  readonly signal?: AbortSignal;
}

/** One message of sendBatch. */
export interface BatchEntry<T = unknown> extends Omit<SendOptions, "signal"> {
  readonly payload: T;
}

/** What a send answers: the message is durable. */
export interface SendReceipt {
  readonly id: string;
  /** True where the idempotency key was known: `id` is the first message's, nothing was stored. */
  readonly deduplicated: boolean;
}

export interface ReceiveCallOptions {
  /** How long to wait for the first message; default not at all. */
  readonly wait?: Duration;
  /** How long the messages are on loan; default the queue's lease. */
  readonly lease?: Duration;
  /** "text" gives the payloads of JSON messages as JsonText, letter by letter as they were sent; default "value". */
  readonly json?: "value" | "text";
  readonly signal?: AbortSignal;
}

/** Writes lines that belong to one delivery. */
export interface HandlerLog {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** What a handler gets beside its message. */
export interface HandlerContext {
  /** Aborts when the lease is lost or the handler has run out of time; what it still returns is dropped. */
  readonly signal: AbortSignal;
  readonly log: HandlerLog;
  /** Makes the lease end this long from now ("5m"). */
  readonly extend: (lease: Duration) => Promise<void>;
  /** The message itself, for handlers of a job, which get its payload first. */
  readonly message: Message;
}
