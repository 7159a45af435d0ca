import { AlienError, type Duration, parseDuration } from "@alienplatform/core";
import type { Clock } from "../clock.ts";
import { systemClock } from "../system-clock.ts";
import type { QueueOptions } from "./binding.ts";
import { retryOrDeadLetter } from "./budget.ts";
import type { QueueCapabilities, QueueDriver, SendResult, SettleResult } from "./driver.ts";
import { Encoder } from "./encode.ts";
import { failureOf } from "./failure.ts";
import { MessageIds } from "./id.ts";
import { acked, Inbox } from "./inbox.ts";
import { readLoan, readMax, readRetryDelay } from "./limits.ts";
import type {
  BatchEntry,
  ReceiveCallOptions,
  ReceivedMessage,
  SendOptions,
  SendReceipt,
} from "./message.ts";
import { misuse, readReceipt } from "./misuse.ts";
import { Outbox } from "./outbox.ts";
import type { Schema } from "./schema.ts";
import { type Settled, type SettleVerb, type Telemetry, watched } from "./telemetry.ts";
import { refuseUnknown } from "./unknown-option.ts";

const POLL: Duration = "20s";
const RECEIVE = ["wait", "lease", "json", "signal"] satisfies (keyof ReceiveCallOptions)[];

export interface QueueClientOptions {
  /** The queue's logical name. */
  readonly queue: string;
  readonly options: QueueOptions;
  readonly schema?: Schema | undefined;
  /** Of other platforms, whose limits hold too. */
  readonly heldTo?: readonly QueueCapabilities[] | undefined;
  readonly clock?: Clock | undefined;
  /** 0 <= n < 1; for ids and the jitter of retries. */
  readonly random?: (() => number) | undefined;
  readonly telemetry?: Telemetry | undefined;
}

/** What applications hold: checks, encodes, chunks and retries; a driver only translates. */
export class QueueClient<Input = unknown, Output = Input> {
  readonly name: string;
  readonly #driver: QueueDriver;
  readonly #options: QueueOptions;
  /** All that the queue is held to, the platform that it is on first. */
  readonly #capabilities: readonly QueueCapabilities[];
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;
  readonly #telemetry: Telemetry | undefined;
  #closing: Promise<void> | undefined;

  constructor(driver: QueueDriver, given: QueueClientOptions) {
    const { queue, options, schema, clock = systemClock, random = Math.random, telemetry } = given;
    const { heldTo = [] } = given;
    const rules = { queue, options, capabilities: driver.capabilities, heldTo, clock };
    const encoder = new Encoder(rules, schema, new MessageIds(clock, random));
    this.name = queue;
    this.#driver = driver;
    this.#options = options;
    this.#capabilities = [driver.capabilities, ...heldTo];
    const sending = { driver, queue, encoder, heldTo, clock, random, telemetry };
    this.#outbox = new Outbox(sending);
    this.#inbox = new Inbox({ driver, queue, options, schema, clock, random, telemetry });
    this.#telemetry = telemetry;
  }

  /** Resolves when the message is durable. A string payload is text, anything else JSON. */
  send(queue: string, payload: Input, options?: SendOptions): Promise<SendReceipt>;
  send<P extends Input>(
    payload: P & (P extends string ? never : unknown),
    options?: SendOptions,
  ): Promise<SendReceipt>;
  send(first: unknown, second?: unknown, third?: SendOptions): Promise<SendReceipt> {
    if (typeof first !== "string") {
      // Without the name in front the second argument is the options.
      return this.#send(first, second as SendOptions | undefined);
    }
    // biome-ignore lint/complexity/noArguments: a rest parameter would make an array for every send
    if (first !== this.name || arguments.length < 2) return misuse(this.name, "send", first);
    return this.#send(second, third);
  }

  /** Sends text as it is. */
  sendText(text: string, options?: SendOptions): Promise<SendReceipt> {
    if (typeof text !== "string" || typeof options === "string") {
      return misuse(this.name, "sendText", text);
    }
    return this.#send(text, options);
  }

  /** Any length. One result per entry, in order; what is wrong with one does not keep the others back. */
  sendBatch(
    entries: readonly BatchEntry<Input>[],
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<readonly SendResult[]> {
    const listed = Array.isArray(entries) && entries.every(isEntry);
    if (!listed) return misuse(this.name, "sendBatch", entries);
    if (this.#closing !== undefined) return this.#closed();
    return this.#outbox.sendBatch(entries, options.signal);
  }

  /** A job for the handler of that name. */
  call(job: string, payload: Input, options?: SendOptions): Promise<SendReceipt> {
    // biome-ignore lint/complexity/noArguments: as in send
    if (typeof job !== "string" || job === "" || arguments.length < 2) {
      return misuse(this.name, "call", job);
    }
    return this.#send(payload, options, job);
  }

  /** At most `max` messages, 1 to 100, default 1. An empty array is a normal answer. */
  receive(
    queue: string,
    max?: number,
    options?: ReceiveCallOptions,
  ): Promise<ReceivedMessage<Output>[]>;
  receive(max?: number, options?: ReceiveCallOptions): Promise<ReceivedMessage<Output>[]>;
  async receive(
    first?: string | number,
    second?: number | ReceiveCallOptions,
    third?: ReceiveCallOptions,
  ): Promise<ReceivedMessage<Output>[]> {
    const named = typeof first === "string";
    if (named && first !== this.name) return misuse(this.name, "receive", first);
    // The overloads say which is which.
    const max = (named ? second : first) as number | undefined;
    const options = (named ? third : second) as ReceiveCallOptions | undefined;
    if (this.#closing !== undefined) return this.#closed();
    if (options !== undefined) refuseUnknown("receive", options, RECEIVE);
    const received = await this.#inbox.receive({
      max: readMax(max ?? 1),
      waitMs: options?.wait === undefined ? 0 : parseDuration(options.wait, "wait"),
      leaseMs: options?.lease === undefined ? this.#options.leaseMs : this.#readLoan(options.lease),
      asText: options?.json === "text",
      signal: options?.signal,
    });
    return received as ReceivedMessage<Output>[]; // decoded by the queue's schema, which says so
  }

  /** Long-polls until the signal aborts, the loop is left or the client closes; what was not handed over is not on loan. */
  async *messages(
    options: Omit<ReceiveCallOptions, "wait"> = {},
  ): AsyncGenerator<ReceivedMessage<Output>, void, undefined> {
    if (this.#closing !== undefined) await this.#closed();
    while (options.signal?.aborted !== true && this.#closing === undefined) {
      for (const message of await this.receive(1, { ...options, wait: POLL })) yield message;
    }
  }

  /** Done: the message does not come back. For several: one result per message, in order. */
  ack(queue: string, receiptHandle: string): Promise<void>;
  ack(message: ReceivedMessage): Promise<void>;
  ack(messages: readonly ReceivedMessage[]): Promise<readonly SettleResult[]>;
  ack(
    first: string | ReceivedMessage | readonly ReceivedMessage[],
    second?: string,
  ): Promise<unknown> {
    if (this.#closing !== undefined) return this.#closed();
    if (isList(first)) {
      const receipts = first.map((message) => readReceipt(this.name, message, undefined));
      if (!receipts.every((receipt) => receipt !== undefined)) {
        return misuse(this.name, "ack", first);
      }
      return this.#watch("ack", first, this.#inbox.ackAll(receipts));
    }
    const receipt = readReceipt(this.name, first, second);
    if (receipt === undefined) return misuse(this.name, "ack", first);
    return this.#watch("ack", first, this.#inbox.settle(receipt, acked));
  }

  /** Not done: it comes back at once, or after `delay`. */
  nack(queue: string, receiptHandle: string, options?: NackOptions): Promise<void>;
  nack(message: ReceivedMessage, options?: NackOptions): Promise<void>;
  async nack(
    first: string | ReceivedMessage,
    second?: string | NackOptions,
    third?: NackOptions,
  ): Promise<void> {
    if (this.#closing !== undefined) return this.#closed();
    const receipt = readReceipt(this.name, first, second);
    if (receipt === undefined) return misuse(this.name, "nack", first);
    const options = typeof first === "string" ? third : second;
    const given = (options ?? {}) as NackOptions; // a string only beside a string
    refuseUnknown("nack", given, ["delay", "reason"]);
    const { delay, reason } = given;
    const delayMs = delay === undefined ? 0 : this.#readRetryDelay(delay);
    const error = failureOf("HANDLER_FAILED", reason ?? "the receiver gave it back");
    const settling = this.#inbox.settle(receipt, (delivery) =>
      retryOrDeadLetter(delivery, this.#options, delayMs, error),
    );
    return this.#watch("nack", first, settling);
  }

  /** Makes the lease end this long from now. */
  extend(queue: string, receiptHandle: string, lease: Duration): Promise<void>;
  extend(message: ReceivedMessage, lease: Duration): Promise<void>;
  async extend(first: string | ReceivedMessage, second: string, third?: Duration): Promise<void> {
    if (this.#closing !== undefined) return this.#closed();
    const receipt = readReceipt(this.name, first, second);
    // The overloads say that it is a duration; readLease checks it.
    const lease = (typeof first === "string" ? third : second) as Duration | undefined;
    if (receipt === undefined || lease === undefined) return misuse(this.name, "extend", first);
    const rigid = this.#capabilities.find((one) => !one.extend);
    if (rigid !== undefined) {
      throw new AlienError("UNSUPPORTED", `${rigid.service} cannot extend a lease`, {
        fix: "Declare a longer .lease() on the queue.",
      });
    }
    return this.#watch("extend", first, this.#inbox.extend(receipt, this.#readLoan(lease)));
  }

  /** No more attempts: to the dead letters, with the reason. */
  deadLetter(queue: string, receiptHandle: string, reason: string): Promise<void>;
  deadLetter(message: ReceivedMessage, reason: string): Promise<void>;
  async deadLetter(first: string | ReceivedMessage, second: string, third?: string): Promise<void> {
    if (this.#closing !== undefined) return this.#closed();
    const receipt = readReceipt(this.name, first, second);
    const reason = typeof first === "string" ? third : second;
    if (receipt === undefined || typeof reason !== "string") {
      return misuse(this.name, "deadLetter", first);
    }
    const error = failureOf("HANDLER_FAILED", reason);
    const settling = this.#inbox.settle(receipt, () => ({ kind: "deadLetter", error }));
    return this.#watch("deadLetter", first, settling);
  }

  /** Ends waits, waits for what else is under way, then gives the platform's resources back. Repeating it is fine. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all([this.#outbox.idle(), this.#inbox.close()]);
    await this.#driver.close();
  }

  #readLoan(lease: Duration): number {
    const read = this.#capabilities.map((one) => readLoan(lease, one, this.#options));
    return Math.min(...read);
  }

  #readRetryDelay(delay: Duration): number {
    const read = this.#capabilities.map((one) => readRetryDelay(delay, one, this.#options));
    return Math.min(...read);
  }

  #send(payload: unknown, options: SendOptions | undefined, job?: string): Promise<SendReceipt> {
    if (this.#closing !== undefined) return this.#closed();
    return this.#outbox.send(payload, options, job);
  }

  /** Not async: nothing is added where nobody listens. */
  #watch<Result>(verb: SettleVerb, settled: Settled, running: Promise<Result>): Promise<Result> {
    const watch = this.#telemetry?.settle(verb, settled);
    return watch === undefined ? running : watched(running, watch);
  }

  #closed(): Promise<never> {
    const text = `the client of queue "${this.name}" is closed`;
    return Promise.reject(
      new AlienError("CLOSED", text, { fix: `Call queue("${this.name}") for a new one.` }),
    );
  }
}

export interface NackOptions {
  readonly delay?: Duration;
  /** Kept with the message as its last error. */
  readonly reason?: string;
}

function isList(value: unknown): value is readonly ReceivedMessage[] {
  return Array.isArray(value);
}

function isEntry(value: unknown): boolean {
  return typeof value === "object" && value !== null && "payload" in value;
}
