import { AlienError } from "@alienplatform/core";
import type { Clock } from "../clock.ts";
import { AbortableSink, aborted } from "./abortable-sink.ts";
import type { Batcher, Sink } from "./batcher.ts";
import { Deferred } from "./deferred.ts";
import type { Outgoing, QueueCapabilities, QueueDriver, SendResult } from "./driver.ts";
import type { Encoder } from "./encode.ts";
import { GroupSink } from "./group-sink.ts";
import { makeBatcher } from "./make-batcher.ts";
import type { BatchEntry, SendOptions, SendReceipt } from "./message.ts";
import { retryItems } from "./retry.ts";
import {
  type SendBatchWatch,
  type SendWatch,
  type Telemetry,
  watched,
  withTrace,
} from "./telemetry.ts";
import { TurnBatcher } from "./turn-batcher.ts";

type SendBatcher = Batcher<Outgoing, SendResult>;

export interface OutboxOptions {
  readonly driver: QueueDriver;
  readonly queue: string;
  readonly encoder: Encoder;
  /** Of other platforms, whose limits hold too. */
  readonly heldTo: readonly QueueCapabilities[];
  readonly clock: Clock;
  readonly random: () => number;
  readonly telemetry: Telemetry | undefined;
}

/** The sending half of a client: encoded messages go out in as few driver calls as possible. */
export class Outbox {
  readonly #driver: QueueDriver;
  readonly #limits: readonly QueueCapabilities[];
  readonly #queue: string;
  readonly #encoder: Encoder;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #telemetry: Telemetry | undefined;
  readonly #shared: SendBatcher;
  /** Sends that the shared batcher knows nothing of, or not yet: with a signal of their own, or a slow schema. */
  readonly #apart = new Set<Promise<unknown>>();

  constructor({ driver, queue, encoder, heldTo, clock, random, telemetry }: OutboxOptions) {
    this.#driver = driver;
    this.#limits = [driver.capabilities, ...heldTo];
    this.#queue = queue;
    this.#encoder = encoder;
    this.#clock = clock;
    this.#random = random;
    this.#telemetry = telemetry;
    const call: QueueDriver["send"] = (messages, stop) => driver.send(messages, stop);
    const { capabilities } = driver;
    const groupOf = ({ group }: Outgoing) => group;
    this.#shared = makeBatcher({ capabilities, calls: "sends", call, clock, random, groupOf });
  }

  /** Not async: a send costs one promise. */
  send(payload: unknown, options: SendOptions | undefined, job?: string): Promise<SendReceipt> {
    try {
      const signal = options?.signal;
      if (signal?.aborted) throw aborted(signal, false);
      const message = this.#encoder.encode(payload, options, job);
      if (message instanceof Promise) {
        return this.#remember(message.then((ready) => this.#add(ready, signal)));
      }
      const sending = this.#add(message, signal);
      return signal === undefined ? sending : this.#remember(sending);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** One result per entry, in order; what is wrong with one entry does not keep the others back. */
  sendBatch(
    entries: readonly BatchEntry[],
    signal: AbortSignal | undefined,
  ): Promise<readonly SendResult[]> {
    const watch = entries.length === 0 ? undefined : this.#telemetry?.sendBatch(entries.length);
    const sending = this.#sendBatch(entries, signal, watch);
    return this.#remember(watch === undefined ? sending : watched(sending, watch));
  }

  async #sendBatch(
    entries: readonly BatchEntry[],
    signal: AbortSignal | undefined,
    watch: SendBatchWatch | undefined,
  ): Promise<readonly SendResult[]> {
    if (signal?.aborted) throw aborted(signal, false);
    const results = new GroupSink<SendResult>(entries.length);
    const { batcher, sink } = this.#way(results, signal, entries.length);
    for (const [index, entry] of entries.entries()) {
      try {
        const encoded = this.#encoder.encode(entry.payload, entry);
        const ready = encoded instanceof Promise ? await encoded : encoded;
        const message = watch === undefined ? ready : withTrace(ready, watch.create(ready));
        batcher.add(message, this.#checkedSize(message, index), sink, index);
      } catch (error) {
        if (!(error instanceof AlienError)) throw error;
        sink.settle(index, { ok: false, error });
      }
    }
    return results.promise;
  }

  /** Resolves when every send so far has its answer. */
  async idle(): Promise<void> {
    await Promise.all([this.#shared.idle(), ...this.#apart]);
  }

  #remember<Result>(sending: Promise<Result>): Promise<Result> {
    const forget = () => {
      this.#apart.delete(ended);
    };
    const ended = sending.then(forget, forget);
    this.#apart.add(ended);
    return sending;
  }

  #add(ready: Outgoing, signal: AbortSignal | undefined): Promise<SendReceipt> {
    const watch = this.#telemetry?.send(ready);
    const message = watch === undefined ? ready : withTrace(ready, watch.trace);
    const receipt = new ReceiptSink(watch);
    try {
      const size = this.#checkedSize(message);
      if (signal === undefined) this.#shared.add(message, size, receipt, 0);
      else {
        const { batcher, sink } = this.#way(receipt, signal, 1);
        batcher.add(message, size, sink, 0);
      }
    } catch (error) {
      watch?.failed(error);
      throw error;
    }
    return receipt.promise;
  }

  #checkedSize(message: Outgoing, position?: number): number {
    const size = this.#driver.sizeOf(message);
    for (const { max, service } of this.#limits) {
      if (size > max.message) throw tooLarge(this.#queue, size, max.message, service, position);
    }
    return size;
  }

  /**
   * Aborting a send must not touch its neighbours. Over a network it travels with them and can leave; elsewhere,
   * where company is worth nothing, it travels alone, and the driver itself is told.
   */
  #way(
    sink: Sink<SendResult>,
    signal: AbortSignal | undefined,
    count: number,
  ): { readonly batcher: SendBatcher; readonly sink: Sink<SendResult> } {
    if (signal === undefined) return { batcher: this.#shared, sink };
    const { max, network } = this.#driver.capabilities;
    if (network !== undefined) {
      return { batcher: this.#shared, sink: new AbortableSink(sink, signal, count) };
    }
    const retry = { clock: this.#clock, random: this.#random, signal };
    const batcher = new TurnBatcher<Outgoing, SendResult>({
      maxItems: max.batch,
      maxBytes: max.batchBytes,
      run: (messages) =>
        retryItems(messages, (items, stop) => this.#driver.send(items, stop), retry),
    });
    return { batcher, sink };
  }
}

class ReceiptSink extends Deferred<SendReceipt> implements Sink<SendResult> {
  readonly #watch: SendWatch | undefined;

  constructor(watch: SendWatch | undefined) {
    super();
    this.#watch = watch;
  }

  settle(_position: number, result: SendResult): void {
    this.#watch?.ended(result);
    if (result.ok) this.resolve({ id: result.id, deduplicated: result.deduplicated });
    else this.reject(result.error);
  }
}

function tooLarge(
  queue: string,
  size: number,
  limit: number,
  service: string,
  position: number | undefined,
): AlienError {
  const which = position === undefined ? "the message" : `message ${position}`;
  return new AlienError(
    "MESSAGE_TOO_LARGE",
    `${which} for queue "${queue}" is ${size} bytes; ${service} accepts ${limit}`,
    {
      fix: "Put the payload in storage and send its key.",
      details: { size, limit, service, ...(position === undefined ? {} : { position }) },
    },
  );
}
