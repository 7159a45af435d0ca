import type { Clock, Delivery, Receiver } from "@alienplatform/bindings";
import type { Burial } from "./burial.ts";
import type { HttpLink } from "./http-link.ts";
import { toDelivery } from "./message.ts";
import { PollPause } from "./poll-pause.ts";
import { CloudflareSettler } from "./settler.ts";

export interface CloudflareReceiverOptions {
  readonly link: HttpLink;
  readonly burial: Burial;
  readonly leaseMs: number;
  readonly clock: Clock;
}

/** A series of polls. Cloudflare answers each at once, so a wait is polls with growing pauses. */
export class CloudflareReceiver extends CloudflareSettler implements Receiver {
  readonly #given: CloudflareReceiverOptions;

  constructor(given: CloudflareReceiverOptions) {
    super(given.link, given.burial);
    this.#given = given;
  }

  async take(max: number, waitMs: number, signal?: AbortSignal): Promise<readonly Delivery[]> {
    const { clock } = this.#given;
    const until = clock.now() + waitMs;
    const pause = new PollPause(clock);
    for (;;) {
      if (signal?.aborted) return [];
      const deliveries = await this.#pull(max);
      const leftMs = until - clock.now();
      if (deliveries.length > 0 || leftMs <= 0) return deliveries;
      await pause.wait(leftMs, signal);
    }
  }

  async close(): Promise<void> {
    // Nothing is fetched ahead.
  }

  /** Not aborted on its way: what it brings is on loan, and must reach whoever can give it back. */
  async #pull(max: number): Promise<readonly Delivery[]> {
    const { link, leaseMs, clock } = this.#given;
    const askedAt = clock.now();
    const messages = await link.pull(max, leaseMs);
    return messages.map((message) => toDelivery(message, askedAt + leaseMs));
  }
}
