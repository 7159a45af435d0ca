import { AlienError } from "@alienplatform/core";
import type { Clock } from "../clock.ts";
import { Batcher, type Sink } from "./batcher.ts";
import { Deferred } from "./deferred.ts";
import type { Outgoing, QueueDriver, SendResult } from "./driver.ts";
import type { Encoder } from "./encode.ts";
import { GroupSink } from "./group-sink.ts";
import type { BatchEntry, SendOptions, SendReceipt } from "./message.ts";
import { retryItems } from "./retry.ts";

type SendBatcher = Batcher<Outgoing, SendResult>;

/** The sending half of a client: encoded messages go out in as few driver calls as possible. */
export class Outbox {
  readonly #driver: QueueDriver;
  readonly #queue: string;
  readonly #encoder: Encoder;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #shared: SendBatcher;
  /** Sends that the shared batcher knows nothing of, or not yet: with a signal of their own, or a slow schema. */
  readonly #apart = new Set<Promise<unknown>>();

  constructor(
    driver: QueueDriver,
    queue: string,
    encoder: Encoder,
    clock: Clock,
    random: () => number,
  ) {
    this.#driver = driver;
    this.#queue = queue;
    this.#encoder = encoder;
    this.#clock = clock;
    this.#random = random;
    this.#shared = this.#batcher(undefined);
  }

  /** Not async: a send costs one promise. */
  send(payload: unknown, options: SendOptions | undefined, job?: string): Promise<SendReceipt> {
    try {
      const signal = options?.signal;
      if (signal?.aborted) throw aborted(signal);
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
    return this.#remember(this.#sendBatch(entries, signal));
  }

  async #sendBatch(
    entries: readonly BatchEntry[],
    signal: AbortSignal | undefined,
  ): Promise<readonly SendResult[]> {
    if (signal?.aborted) throw aborted(signal);
    const batcher = signal === undefined ? this.#shared : this.#batcher(signal);
    const sink = new GroupSink<SendResult>(entries.length);
    for (const [index, entry] of entries.entries()) {
      try {
        const encoded = this.#encoder.encode(entry.payload, entry);
        const message = encoded instanceof Promise ? await encoded : encoded;
        batcher.add(message, this.#checkedSize(message, index), sink, index);
      } catch (error) {
        if (!(error instanceof AlienError)) throw error;
        sink.settle(index, { ok: false, error });
      }
    }
    return sink.promise;
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

  #add(message: Outgoing, signal: AbortSignal | undefined): Promise<SendReceipt> {
    const batcher = signal === undefined ? this.#shared : this.#batcher(signal);
    const sink = new ReceiptSink();
    batcher.add(message, this.#checkedSize(message), sink, 0);
    return sink.promise;
  }

  #checkedSize(message: Outgoing, position?: number): number {
    const { max, service } = this.#driver.capabilities;
    const size = this.#driver.sizeOf(message);
    if (size > max.message) throw tooLarge(this.#queue, size, max.message, service, position);
    return size;
  }

  /** A send with a signal of its own travels alone: aborting it must not touch its neighbours. */
  #batcher(signal: AbortSignal | undefined): SendBatcher {
    const { max } = this.#driver.capabilities;
    const retry = { clock: this.#clock, random: this.#random, signal };
    const call: QueueDriver["send"] = (messages, stop) => this.#driver.send(messages, stop);
    return new Batcher({
      maxItems: max.batch,
      maxBytes: max.batchBytes,
      run: (messages) => retryItems(messages, call, retry),
    });
  }
}

class ReceiptSink extends Deferred<SendReceipt> implements Sink<SendResult> {
  settle(_position: number, result: SendResult): void {
    if (result.ok) this.resolve({ id: result.id, deduplicated: result.deduplicated });
    else this.reject(result.error);
  }
}

function aborted(signal: AbortSignal): AlienError {
  return new AlienError("ABORTED", "the send was aborted; nothing was sent", {
    cause: signal.reason,
  });
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
