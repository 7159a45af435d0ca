import type { Delivery, Settlement, SettleResult } from "@alienplatform/bindings";
import { carriedBody, toWire } from "./message.ts";
import { CloudflareReceiver, type CloudflareReceiverOptions } from "./receiver.ts";

/**
 * Cloudflare deletes what was delivered more often than its queue's `max_retries` allows, at most 100 times, and a
 * look that takes a dead letter is a delivery: https://developers.cloudflare.com/queues/platform/limits/
 */
const MOST_LOOKS = 50;

/** Reads dead letters without wearing them out: well before the end a letter is sent anew, its old self removed. */
export class KeepingReceiver extends CloudflareReceiver {
  readonly #given: CloudflareReceiverOptions;

  constructor(given: CloudflareReceiverOptions) {
    super(given);
    this.#given = given;
  }

  override async settle(
    batch: readonly Settlement[],
    signal?: AbortSignal,
  ): Promise<readonly SettleResult[]> {
    const worn = batch.flatMap(({ delivery, outcome }) =>
      outcome.kind === "release" && delivery.attempt >= MOST_LOOKS ? [delivery] : [],
    );
    for (const delivery of worn) await this.#renew(delivery, signal);
    const renewed = new Set(worn);
    const settlements = batch.map((settlement) =>
      renewed.has(settlement.delivery) ? { ...settlement, outcome: ACK } : settlement,
    );
    return super.settle(settlements, signal);
  }

  async #renew({ id, body, headers, sentAt }: Delivery, signal?: AbortSignal): Promise<void> {
    const { link, clock } = this.#given;
    const letter = { id, ...carriedBody(body), headers, sentAt };
    await link.send([toWire(letter, clock.now())], signal);
  }
}

const ACK = { kind: "ack" } as const;
