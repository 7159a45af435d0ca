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
import { fitted } from "./fitted.ts";
import { sizeOf, toWire, type WireMessage } from "./message.ts";
import type { QueueLink } from "./queue-link.ts";

export interface CloudflareQueueDriverOptions {
  readonly capabilities: QueueCapabilities;
  readonly link: QueueLink;
  readonly clock: Clock;
  /** Undefined in a Worker, which Cloudflare pushes to. */
  readonly receiver: ((options: ReceiveOptions) => Receiver) | undefined;
}

/** One queue of Cloudflare, in a Worker or outside of one. */
export class CloudflareQueueDriver implements QueueDriver {
  readonly capabilities: QueueCapabilities;
  readonly #given: CloudflareQueueDriverOptions;

  constructor(given: CloudflareQueueDriverOptions) {
    this.capabilities = given.capabilities;
    this.#given = given;
  }

  /** A dead letter tells of its death in room of its own, and where there is little, less. */
  sizeOf(message: Outgoing): number {
    if (message.headers.dead === undefined) return sizeOf(message);
    const { dead: _, ...headers } = message.headers;
    const alive = sizeOf({ ...message, headers });
    return Math.min(sizeOf(fitted(message)), Math.max(alive, this.capabilities.max.message));
  }

  /** Cloudflare takes a batch as a whole, so what is too large is kept out of it. */
  async send(messages: readonly Outgoing[], signal?: AbortSignal): Promise<readonly SendResult[]> {
    const { link, clock } = this.#given;
    const now = clock.now();
    const wire: WireMessage[] = [];
    const results = messages.map((message): SendResult => {
      const { id, headers } = message;
      const ready = toWire(fitted(message), now);
      const error = this.#refusal(headers.dead === undefined ? ready.size : this.sizeOf(message));
      if (error !== undefined) return { ok: false, error };
      wire.push(ready);
      return { ok: true, id, deduplicated: false };
    });
    if (wire.length > 0) await link.send(wire, signal);
    return results;
  }

  async open(options: ReceiveOptions): Promise<Receiver> {
    const { receiver } = this.#given;
    if (receiver !== undefined) return receiver(options);
    throw new AlienError("UNSUPPORTED", "a Worker cannot receive: Cloudflare pushes to it", {
      fix: "Register a handler with onQueueMessage() and declare .trigger() on the function.",
    });
  }

  async close(): Promise<void> {
    // Neither a binding nor a request keeps anything open.
  }

  #refusal(size: number): AlienError | undefined {
    const { service, max } = this.capabilities;
    const { message: limit } = max;
    if (size <= limit) return undefined;
    const text = `the message is ${size} bytes; ${service} accepts ${limit}`;
    const fix = "Put the payload in storage and send its key.";
    const details = { size, limit, service };
    return new AlienError("MESSAGE_TOO_LARGE", text, { fix, details });
  }
}
