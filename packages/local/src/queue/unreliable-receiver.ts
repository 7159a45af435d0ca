import type { Delivery, Receiver, Settlement, SettleResult } from "@alienplatform/bindings";

/** Set by `alien dev --like`: what a queue that is not FIFO does now and then on a cloud is done here on purpose. */
const VARIABLE = "ALIEN_UNRELIABLE_SEED";
/** One acknowledgement in so many is lost. */
const LOST_IN = 20;

/** The seed that the environment asks for; undefined where messages are to come as they do here. */
export function unreliableSeed(
  environment: Readonly<Record<string, string | undefined>>,
): number | undefined {
  const text = environment[VARIABLE];
  return text === undefined || text === "" ? undefined : Number(text);
}

/** Gives what was taken in another order, and loses an acknowledgement now and then: its message comes once more. */
export class UnreliableReceiver implements Receiver {
  readonly #receiver: Receiver;
  readonly #maxAttempts: number;
  readonly #random: () => number;

  constructor(receiver: Receiver, maxAttempts: number, seed: number) {
    this.#receiver = receiver;
    this.#maxAttempts = maxAttempts;
    this.#random = seeded(seed);
  }

  async take(max: number, waitMs: number, signal?: AbortSignal): Promise<readonly Delivery[]> {
    const taken = await this.#receiver.take(max, waitMs, signal);
    return taken
      .map((delivery) => ({ delivery, at: this.#random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ delivery }) => delivery);
  }

  settle(batch: readonly Settlement[]): Promise<readonly SettleResult[]> {
    return this.#receiver.settle(batch.map((settlement) => this.#maybeLost(settlement)));
  }

  extend(deliveries: readonly Delivery[], leaseMs: number): Promise<readonly SettleResult[]> {
    return this.#receiver.extend(deliveries, leaseMs);
  }

  close(): Promise<void> {
    return this.#receiver.close();
  }

  /** It counts as an attempt, as a vendor counts what it delivers; so the last one is not lost. */
  #maybeLost(settlement: Settlement): Settlement {
    const { delivery, outcome } = settlement;
    if (outcome.kind !== "ack" || delivery.attempt >= this.#maxAttempts) return settlement;
    if (this.#random() >= 1 / LOST_IN) return settlement;
    const error = { code: "DELIVERED_AGAIN", message: "its acknowledgement was lost on purpose" };
    return { delivery, outcome: { kind: "retry", delayMs: 0, error } };
  }
}

/** Numbers from 0 to below 1, the same for the same seed. */
function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
