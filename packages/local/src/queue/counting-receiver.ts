import type { Delivery, Receiver, Settlement, SettleResult } from "@alienplatform/bindings";

/** Set by `alien dev --like`, of a platform that counts every delivery as an attempt, however it ends. */
const VARIABLE = "ALIEN_RELEASES_COUNT";

/** Whether the environment asks for that. */
export function releasesCount(environment: Readonly<Record<string, string | undefined>>): boolean {
  return environment[VARIABLE] === "1";
}

/**
 * What is given back without having been handled has used up one attempt, as on SQS, whose ApproximateReceiveCount rises with
 * each receive, and on Pub/Sub and Cloudflare Queues. A last one given back is dead.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
 * https://cloud.google.com/pubsub/docs/handling-failures#track-delivery-attempts
 * https://developers.cloudflare.com/queues/configuration/batching-retries/
 */
export class CountingReceiver implements Receiver {
  readonly #receiver: Receiver;

  constructor(receiver: Receiver) {
    this.#receiver = receiver;
  }

  take(max: number, waitMs: number, signal?: AbortSignal): Promise<readonly Delivery[]> {
    return this.#receiver.take(max, waitMs, signal);
  }

  settle(batch: readonly Settlement[]): Promise<readonly SettleResult[]> {
    return this.#receiver.settle(batch.map((settlement) => this.#counted(settlement)));
  }

  extend(deliveries: readonly Delivery[], leaseMs: number): Promise<readonly SettleResult[]> {
    return this.#receiver.extend(deliveries, leaseMs);
  }

  close(): Promise<void> {
    return this.#receiver.close();
  }

  /** The queue knows whether that was the last one. */
  #counted(settlement: Settlement): Settlement {
    const { delivery, outcome } = settlement;
    if (outcome.kind !== "release") return settlement;
    const message = `delivery ${delivery.attempt} was given back unhandled, which counts as an attempt`;
    return {
      delivery,
      outcome: { kind: "retry", delayMs: 0, error: { code: "RELEASED", message } },
    };
  }
}
