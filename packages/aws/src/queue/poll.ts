import type { Delivery } from "@alienplatform/bindings";

interface Taker {
  readonly max: number;
  readonly resolve: (deliveries: readonly Delivery[]) => void;
  readonly reject: (error: unknown) => void;
}

export interface PollOptions {
  /** Messages that have come and that nobody takes. */
  readonly onUntaken: (deliveries: readonly Delivery[]) => void;
}

/**
 * One receive under way. A poll that is broken off goes on at SQS, which lends what comes next to nobody, for a whole
 * lease (https://github.com/aws/aws-sdk-java-v2/issues/1395). So a taker that leaves lets it go on: the next taker
 * gets its answer, and without one that goes back.
 */
export class Poll {
  /** Resolves when it has ended, whatever the answer. */
  readonly ended: Promise<void>;
  #taker: Taker | undefined;

  constructor(answer: Promise<readonly Delivery[]>, { onUntaken }: PollOptions) {
    this.ended = answer.then(
      (deliveries) => {
        const { max = 0, resolve } = this.#taker ?? {};
        resolve?.(deliveries.slice(0, max));
        if (deliveries.length > max) onUntaken(deliveries.slice(max));
      },
      (error) => this.#taker?.reject(error),
    );
  }

  /** At most `max` of what it brings; nothing at once when the signal aborts. One taker at a time. */
  take(max: number, signal: AbortSignal | undefined): Promise<readonly Delivery[]> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#taker = undefined;
        resolve([]);
      };
      const stay = () => signal?.removeEventListener("abort", leave);
      signal?.addEventListener("abort", leave, { once: true });
      this.#taker = { max, resolve, reject };
      void this.ended.then(stay);
    });
  }
}
