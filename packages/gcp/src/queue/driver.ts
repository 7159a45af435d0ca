import type {
  Clock,
  Outgoing,
  QueueCapabilities,
  QueueDriver,
  ReceiveOptions,
  Receiver,
  SendResult,
} from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import type { Delayed } from "../delays/delayed-publisher.ts";
import { type Packed, packOutgoing, sizeOf, tooLarge } from "./packed.ts";
import { Publisher } from "./publisher.ts";
import type { PubSubQueue } from "./pubsub-queue.ts";
import { PubSubReceiver } from "./receiver.ts";
import { PubSubSettler } from "./settler.ts";

/** Sends to one queue of Pub/Sub and receives from it. */
export class PubSubQueueDriver implements QueueDriver {
  readonly capabilities: QueueCapabilities;
  readonly #queue: PubSubQueue;
  readonly #clock: Clock;
  readonly #publisher: Publisher;
  readonly #settler: PubSubSettler;

  constructor(queue: PubSubQueue, clock: Clock) {
    const { client, topic, name, capabilities } = queue;
    this.capabilities = capabilities;
    this.#queue = queue;
    this.#clock = clock;
    this.#publisher = new Publisher({ client, topic, doing: `sending to queue "${name}"` });
    this.#settler = new PubSubSettler(queue, clock);
  }

  /** 0 where it cannot be sent at all: send says why. */
  sizeOf(message: Outgoing): number {
    return sizeOf(message);
  }

  async send(messages: readonly Outgoing[], signal?: AbortSignal): Promise<readonly SendResult[]> {
    const packed = messages.map((message) => {
      const one = packOutgoing(message);
      return one instanceof AlienError ? one : (tooLarge(one) ?? one);
    });
    const now: Packed[] = [];
    const later: Delayed[] = [];
    const dueAts = messages.map((message) => this.#dueAt(message));
    for (const [index, one] of packed.entries()) {
      const dueAt = dueAts[index];
      if (one instanceof AlienError) continue;
      if (dueAt === undefined) now.push(one);
      else later.push({ packed: one, dueAt });
    }
    const [published, delayed] = await Promise.all([
      this.#publisher.publish(now, signal),
      this.#queue.delays?.publish(later, signal) ?? [],
    ]);
    const [first, second] = [published.values(), delayed.values()];
    return messages.map(({ id }, index) => {
      const one = packed[index];
      const sent = dueAts[index] === undefined ? first : second;
      const error = one instanceof AlienError ? one : sent.next().value;
      return error === undefined ? { ok: true, id, deduplicated: false } : { ok: false, error };
    });
  }

  async open({ leaseMs }: ReceiveOptions): Promise<Receiver> {
    if (!this.capabilities.pull) throw pushesOnly(this.#queue);
    const settler = this.#settler;
    return new PubSubReceiver(this.#queue, { settler, leaseMs, clock: this.#clock });
  }

  /**
   * When Cloud Tasks is to publish it; undefined where it goes at once. The delay of a copy counts from when somebody else
   * sent the message, and is none or less where that one's clock is ahead: it is late all the same, and who consumes may
   * make a task, and not publish.
   */
  #dueAt({ sentAt, delayMs }: Outgoing): number | undefined {
    if (this.#queue.delays === undefined || delayMs === undefined) return undefined;
    const dueAt = sentAt + delayMs;
    return delayMs !== 0 || dueAt > this.#clock.now() ? dueAt : undefined;
  }

  close(): Promise<void> {
    return this.#queue.client.close();
  }
}

function pushesOnly({ name, subscription }: PubSubQueue): AlienError {
  const text = `queue "${name}" cannot be received from: ${subscription} pushes to a function`;
  return new AlienError("UNSUPPORTED", text, {
    fix: "Handle the queue in its function, or remove the trigger in alien.ts and deploy again.",
  });
}
