import type { Delivery, Settlement, SettleResult, Settler } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import type { Burial } from "./burial.ts";
import type { HttpLink } from "./http-link.ts";
import { toSeconds } from "./message.ts";

/** Settles what was pulled. */
export class CloudflareSettler implements Settler {
  readonly #link: HttpLink;
  readonly #burial: Burial;

  constructor(link: HttpLink, burial: Burial) {
    this.#link = link;
    this.#burial = burial;
  }

  /** One call for all of them, once copies of the dead letters are sent. */
  async settle(
    batch: readonly Settlement[],
    signal?: AbortSignal,
  ): Promise<readonly SettleResult[]> {
    const refused = await this.#burial.bury(batch, signal);
    const acks: string[] = [];
    const retries: { lease: string; delaySeconds: number }[] = [];
    for (const [index, { delivery, outcome }] of batch.entries()) {
      const lease = delivery.receipt;
      if (outcome.kind === "retry") {
        retries.push({ lease, delaySeconds: toSeconds(outcome.delayMs) });
      } else if (outcome.kind === "release") retries.push({ lease, delaySeconds: 0 });
      else if (refused[index] === undefined) acks.push(lease);
    }
    if (acks.length + retries.length > 0) await this.#link.change({ acks, retries }, signal);
    return batch.map((_, index) => {
      const error = refused[index];
      return error === undefined ? DONE : { ok: false, error };
    });
  }

  async extend(deliveries: readonly Delivery[]): Promise<readonly SettleResult[]> {
    const error = new AlienError("UNSUPPORTED", "Cloudflare Queues cannot extend a lease", {
      fix: "Declare a longer .lease() on the queue; 12h at most.",
    });
    return deliveries.map(() => ({ ok: false, error }));
  }
}

/** Cloudflare accepts a lease that is over, so what was done to it is not known. */
const DONE: SettleResult = { ok: true, applied: "unknown" };
