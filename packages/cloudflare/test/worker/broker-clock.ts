import type { Miniflare } from "miniflare";
import * as miniflareModule from "miniflare";

/** What miniflare's own tests wind its queues with; its types leave it out. */
interface Inside {
  readonly _enableControlEndpoints: () => void;
}

interface BrokerNamespace {
  idFromName(name: string): unknown;
  get(id: unknown): { fetch(url: string, request: object): Promise<{ readonly ok: boolean }> };
}

interface WithBrokers {
  _getInternalDurableObjectNamespace(
    plugin: string,
    service: string,
    className: string,
  ): Promise<BrokerNamespace>;
}

type Control = (name: string, ...args: readonly unknown[]) => Promise<void>;

/** The time of miniflare's queues, wound by hand: delays, retries and batches wait for it. */
export class BrokerClock {
  readonly #brokers: readonly Control[];

  private constructor(brokers: readonly Control[]) {
    this.#brokers = brokers;
  }

  /** To be called before a Miniflare is made. */
  static enable(): void {
    (miniflareModule as unknown as Inside)._enableControlEndpoints(); // see Inside
  }

  static async of(miniflare: Miniflare, queues: readonly string[]): Promise<BrokerClock> {
    const inside = miniflare as unknown as WithBrokers; // see WithBrokers
    const namespace = await inside._getInternalDurableObjectNamespace(
      "queues",
      "queues:queue",
      "QueueBrokerObject",
    );
    const brokers = queues.map((queue): Control => {
      const stub = namespace.get(namespace.idFromName(queue));
      return async (name, ...args) => {
        const cf = { miniflare: { controlOp: { name, args } } };
        const { ok } = await stub.fetch("http://placeholder", { cf });
        if (!ok) throw new Error(`miniflare's queue refuses ${name}`);
      };
    });
    const clock = new BrokerClock(brokers);
    await clock.#all("enableFakeTimers", Date.now());
    return clock;
  }

  async advance(byMs: number): Promise<void> {
    await this.settle();
    await this.#all("advanceFakeTime", byMs);
    await this.settle();
  }

  /** Waits for what needs no time: a batch that is handled may fill another queue. */
  async settle(): Promise<void> {
    for (let time = 0; time < 3; time++) await this.#all("waitForFakeTasks");
  }

  async #all(name: string, ...args: readonly unknown[]): Promise<void> {
    await Promise.all(this.#brokers.map((control) => control(name, ...args)));
  }
}
