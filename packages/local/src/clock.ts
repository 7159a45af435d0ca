import { systemClock } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import type { LocalQueues } from "./engine/port.ts";
import type { StoreTime } from "./engine/store-clock.ts";

/** The time of the queues of a data directory, which a developer may set ahead; kept with them. */
export class LocalClock {
  readonly #queues: LocalQueues;

  constructor(queues: LocalQueues) {
    this.#queues = queues;
  }

  async read(): Promise<StoreTime> {
    const queue = await this.#queue();
    if (queue === undefined) return { now: systemClock.now(), aheadMs: 0 };
    return this.#queues.call(queue, "clock", []);
  }

  /** Fires the delays, leases, backoffs and expiries of that time. Throws OPTION_INVALID for what is no whole positive number. */
  async advance(ms: number): Promise<void> {
    if (!(ms > 0)) {
      throw new AlienError("OPTION_INVALID", `the clock cannot be set ahead by ${ms} ms`, {
        fix: "Give whole milliseconds above 0.",
        details: { ms },
      });
    }
    await this.#set(ms);
  }

  /** The system's time again: what is delayed waits that much longer. */
  async goBack(): Promise<void> {
    const { aheadMs } = await this.read();
    if (aheadMs > 0) await this.#set(-aheadMs);
  }

  async #set(ms: number): Promise<void> {
    const queue = await this.#queue();
    if (queue !== undefined) {
      await this.#queues.call(queue, "advanceClock", [ms]);
      return;
    }
    throw new AlienError("UNKNOWN_QUEUE", "there is no queue here whose time could be set", {
      fix: "Declare one in alien.ts, or send a message to one.",
    });
  }

  /** Any of them leads to the time of all. */
  async #queue(): Promise<string | undefined> {
    return (await this.#queues.list())[0]?.name;
  }
}
