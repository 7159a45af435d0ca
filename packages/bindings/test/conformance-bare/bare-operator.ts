import type { ReferenceQueue } from "../../conformance/index.ts";
import type { QueueStats } from "../../src/queue/operator.ts";
import { PlainOperator, type PlainOperatorOptions } from "../../src/queue/plain-operator.ts";

/** What a plain service counts and clears by itself; the rest is portable. */
export class BareOperator extends PlainOperator {
  readonly #service: ReferenceQueue;
  readonly #dead: ReferenceQueue;

  constructor(service: ReferenceQueue, dead: ReferenceQueue, options: PlainOperatorOptions) {
    super(options);
    this.#service = service;
    this.#dead = dead;
  }

  async stats(): Promise<QueueStats> {
    if (this.capabilities.stats === "none") {
      return this.refuse("does not count its messages", "Look at the service's own metrics.");
    }
    const { ready, delayed = 0, inFlight = 0 } = this.#service.stats();
    const dead = this.#dead.stats();
    return { ready, delayed, inFlight, dead: dead.ready + (dead.inFlight ?? 0) };
  }

  async purge(): Promise<number> {
    if (this.capabilities.purge === "none") {
      return this.refuse("cannot be purged", "Receive and acknowledge what is in it.");
    }
    return this.#service.purge();
  }

  async close(): Promise<void> {
    // Nothing is held.
  }
}
