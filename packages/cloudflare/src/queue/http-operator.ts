import type {
  Clock,
  PauseRequest,
  PeekedMessage,
  PeekOptions,
  QueueControl,
  QueueOptions,
  QueueStats,
} from "@alienplatform/bindings";
import { PlainOperator } from "@alienplatform/bindings/operate";
import { httpCapabilities } from "../capabilities.ts";
import { backlogStats } from "./backlog-stats.ts";
import { deadLettersOf } from "./dead-letters.ts";
import type { DeliveryPause } from "./delivery-pause.ts";
import type { QueueLinks } from "./links.ts";
import { toDelivery } from "./message.ts";

export interface HttpOperatorOptions {
  readonly queue: string;
  readonly options: QueueOptions;
  readonly links: Extract<QueueLinks, { readonly kind: "http" }>;
  readonly clock: Clock;
  /** Of the Worker that it is pushed to; undefined where none is known. */
  readonly delivery?: DeliveryPause;
}

/** Operates a queue over Cloudflare's HTTP API. */
export class HttpOperator extends PlainOperator {
  readonly #given: HttpOperatorOptions;

  constructor(given: HttpOperatorOptions) {
    const { queue } = given;
    super({ queue, capabilities: httpCapabilities, dead: deadLettersOf(given) });
    this.#given = given;
  }

  stats(): Promise<QueueStats> {
    return backlogStats(this.#given);
  }

  /** Of the first hundred that wait: Cloudflare shows no others. */
  override async peek({ limit, after }: PeekOptions): Promise<readonly PeekedMessage[]> {
    const first = await this.#given.links.queue.peek(httpCapabilities.max.receive);
    const messages = first.map((received): PeekedMessage => {
      const { id, body, headers, attempt, sentAt } = toDelivery(received);
      return { id, body, headers, state: "ready", attempts: attempt - 1, sentAt };
    });
    const place = messages.findIndex(({ id }) => id === after);
    const rest =
      after === undefined || place !== -1
        ? messages.slice(place + 1)
        : messages.filter(({ id }) => id > after);
    return rest.slice(0, limit);
  }

  /** Answers what was counted before: Cloudflare purges in its own time. */
  async purge(): Promise<number> {
    const { queue } = this.#given.links;
    const { count } = await queue.backlog();
    await queue.purge();
    return count;
  }

  /** Whether Cloudflare delivers it to its Worker. */
  override async control(): Promise<QueueControl> {
    const { delivery } = this.#given;
    if (delivery === undefined) return super.control();
    const pause = await delivery.paused();
    return { version: 0, ...(pause === undefined ? {} : { pause }) };
  }

  override pause(pause: PauseRequest): Promise<void> {
    const { delivery, clock } = this.#given;
    return delivery?.pause(pause, clock.now()) ?? super.pause(pause);
  }

  override resume(): Promise<void> {
    return this.#given.delivery?.resume() ?? super.resume();
  }

  async close(): Promise<void> {
    // No request keeps anything open.
  }
}
