import {
  type Clock,
  type Delivery,
  pause,
  type Receiver,
  type Settlement,
  type SettleResult,
} from "@alienplatform/bindings";
import { pullCapabilities } from "../capabilities.ts";
import type { PulledMessage } from "../client.ts";
import { statusOf, thrownError } from "../errors.ts";
import { status } from "../status.ts";
import { Loans } from "./loans.ts";
import { toDelivery } from "./message.ts";
import type { PubSubQueue } from "./pubsub-queue.ts";
import { type PubSubSettler, toSeconds } from "./settler.ts";

export interface PubSubReceiverOptions {
  readonly settler: PubSubSettler;
  readonly leaseMs: number;
  readonly clock: Clock;
}

/** How long the answer of a pull that does not wait may take. */
const ANSWER_MS = 10_000;
/** What a pull is told beyond its wait: the emulator answers, with nothing, a second before a call's time is over. */
const EARLY_MS = 1_000;
/** How much later than its wait a pull is given up, for that answer to come: one given up may take a message with it. */
const GRACE_MS = 500;
/** Between two pulls of one take: Pub/Sub may answer with nothing before the time is over. */
const PAUSE_MS = 100;
/** What Pub/Sub lends for where nothing else was said; https://cloud.google.com/pubsub/docs/subscription-properties#ack_deadline */
const DEFAULT_DEADLINE_SECONDS = 10;

/** A series of unary pulls. Nothing is prefetched, and a deadline is changed here or by whoever settles, never else. */
export class PubSubReceiver implements Receiver {
  readonly #queue: PubSubQueue;
  readonly #given: PubSubReceiverOptions;
  readonly #loans: Loans;

  constructor(queue: PubSubQueue, given: PubSubReceiverOptions) {
    this.#queue = queue;
    this.#given = given;
    this.#loans = new Loans(queue);
  }

  async take(max: number, waitMs: number, signal?: AbortSignal): Promise<readonly Delivery[]> {
    if (signal?.aborted) return [];
    const pulled = this.#queue.ordered
      ? await this.#pullGroups(max, waitMs, signal)
      : await this.#pullFirst(Math.min(max, pullCapabilities.max.receive), waitMs, signal);
    return pulled.length === 0 ? [] : this.#lend(pulled);
  }

  settle(batch: readonly Settlement[], signal?: AbortSignal): Promise<readonly SettleResult[]> {
    return this.#given.settler.settle(batch, signal);
  }

  extend(
    deliveries: readonly Delivery[],
    leaseMs: number,
    signal?: AbortSignal,
  ): Promise<readonly SettleResult[]> {
    return this.#given.settler.extend(deliveries, leaseMs, signal);
  }

  async close(): Promise<void> {
    // Nothing is held back: what was taken stays on loan.
  }

  /**
   * One pull may bring several messages of one ordering key, to be worked off in order. A group is to have one on loan,
   * and while it has, Pub/Sub gives no more of it: so each message is a pull of its own.
   */
  async #pullGroups(
    max: number,
    waitMs: number,
    signal: AbortSignal | undefined,
  ): Promise<readonly PulledMessage[]> {
    const pulled = [...(await this.#pullFirst(1, waitMs, signal))];
    while (pulled.length > 0 && pulled.length < max && !signal?.aborted) {
      // What has been pulled is on loan and must be handed over; the next take tells what is wrong.
      const more = await this.#pull(1, 0, signal).catch((): PulledMessage[] => []);
      if (more.length === 0) break;
      pulled.push(...more);
    }
    return pulled;
  }

  /** Waits for the first message. */
  async #pullFirst(
    max: number,
    waitMs: number,
    signal: AbortSignal | undefined,
  ): Promise<readonly PulledMessage[]> {
    const { clock } = this.#given;
    const until = clock.now() + waitMs;
    for (;;) {
      const leftMs = until - clock.now();
      const pulled = await this.#pull(max, leftMs, signal);
      if (pulled.length > 0 || signal?.aborted || clock.now() + PAUSE_MS >= until) return pulled;
      await pause(clock, PAUSE_MS, signal);
    }
  }

  /**
   * Ends with the first messages, with the wait or with the signal. A message that is on its way when a pull is given up
   * comes back when its loan ends.
   */
  async #pull(
    max: number,
    waitMs: number,
    signal: AbortSignal | undefined,
  ): Promise<readonly PulledMessage[]> {
    const { client, subscription, name } = this.#queue;
    const { clock } = this.#given;
    const immediately = waitMs <= 0;
    const stop = new AbortController();
    const end = () => stop.abort();
    const cancel = immediately ? end : clock.schedule(waitMs + GRACE_MS, end);
    signal?.addEventListener("abort", end, { once: true });
    try {
      return await client.pull(subscription, max, {
        immediately,
        signal: immediately ? signal : stop.signal,
        timeoutMs: immediately ? ANSWER_MS : waitMs + EARLY_MS,
      });
    } catch (thrown) {
      if (stop.signal.aborted || signal?.aborted) return [];
      // Nothing came in time, where the service does not answer with an empty list.
      if (!immediately && statusOf(thrown) === status.DEADLINE_EXCEEDED) return [];
      throw thrownError(`receiving from queue "${name}"`, thrown);
    } finally {
      if (!immediately) cancel();
      signal?.removeEventListener("abort", end);
    }
  }

  /** Gives each the lease that was asked for, where the subscription's own is another. */
  async #lend(pulled: readonly PulledMessage[]): Promise<readonly Delivery[]> {
    const { leaseMs, clock } = this.#given;
    const since = clock.now();
    const seconds = toSeconds(leaseMs);
    const ackIds = pulled.map(({ ackId }) => ackId ?? "");
    const own = this.#queue.ackDeadlineSeconds;
    const lent = seconds === own ? [] : await this.#loans.lend(ackIds, seconds);
    return pulled.map((message, index) => {
      // A lease that could not be changed is the subscription's own; whoever renews it asks again in time.
      const failed = lent[index]?.ok === false;
      const lentMs = failed ? (own ?? DEFAULT_DEADLINE_SECONDS) * 1_000 : leaseMs;
      return { ...toDelivery(message, this.#queue), leaseUntil: since + lentMs };
    });
  }
}
