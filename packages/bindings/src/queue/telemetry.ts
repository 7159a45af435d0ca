import type { Delivery, Failure, Headers, Outgoing, SendResult } from "./driver.ts";
import type { Ended } from "./group-order.ts";
import type { ReceivedMessage } from "./message.ts";

/**
 * What watches the traffic of one queue. At each moment it answers undefined where nobody listens, so
 * that this costs a call and nothing else. It must not throw.
 */
export interface Telemetry {
  /** A message that is sent by itself, however many share its call of the driver. */
  send(message: Outgoing): SendWatch | undefined;
  sendBatch(count: number): SendBatchWatch | undefined;
  receive(): ReceiveWatch | undefined;
  /** A loan, or several at once, settled or extended by whoever received it. */
  settle(verb: SettleVerb, settled: Settled): Watch<unknown> | undefined;
  /** A handler about to run. */
  process(delivery: Delivery): ProcessWatch | undefined;
  /** A received message that went to the dead letters unread. */
  refused(error: Failure): void;
}

/** A W3C trace context as it travels with a message. */
export type Trace = NonNullable<Headers["trace"]>;

export type SettleVerb = "ack" | "nack" | "extend" | "deadLetter";

/** What the caller settles: several, one, or no more than the queue's name that stands before a receipt. */
export type Settled = string | ReceivedMessage | readonly ReceivedMessage[];

/** Told how one operation ended, once. */
export interface Watch<Result> {
  ended(result: Result): void;
  failed(error: unknown): void;
}

export interface SendWatch extends Watch<SendResult> {
  /** For the message's headers. */
  readonly trace: Trace | undefined;
}

export interface SendBatchWatch extends Watch<readonly SendResult[]> {
  /** One message of the batch; the result is for its headers. */
  create(message: Outgoing): Trace | undefined;
}

export interface ReceiveWatch extends Watch<unknown> {
  /** One message that is handed over. */
  took(delivery: Delivery): void;
}

export interface ProcessWatch {
  /** Runs the handler within the trace; the delivery it gets carries that trace on to whom it calls. */
  run<Result>(handle: (delivery: Delivery) => Result): Result;
  /** The handler's part is over. */
  decided(): void;
  /** What became of the delivery, settlement included. */
  ended(ended: Ended, error: Failure | undefined): void;
}

/** The operation as it is, and its end told. */
export async function watched<Result>(
  running: Promise<Result>,
  watch: Watch<NoInfer<Result>>,
): Promise<Result> {
  try {
    const result = await running;
    watch.ended(result);
    return result;
  } catch (error) {
    watch.failed(error);
    throw error;
  }
}

/** The message with a trace in its headers. */
export function withTrace<Carrier extends { readonly headers: Headers }>(
  message: Carrier,
  trace: Trace | undefined,
): Carrier {
  return trace === undefined ? message : { ...message, headers: { ...message.headers, trace } };
}
