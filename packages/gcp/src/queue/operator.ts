import type { Clock, PauseRequest, QueueControl, QueueStats } from "@alienplatform/bindings";
import { NoDeadLetters, PlainOperator, TakenDeadLetters } from "@alienplatform/bindings/operate";
import { thrownError } from "../errors.ts";
import { PubSubQueueDriver } from "./driver.ts";
import { deadLettersOf, type PubSubQueue } from "./pubsub-queue.ts";
import type { PushSwitch } from "./push-switch.ts";

/** A pull may bring less than there is: an empty answer is one only where it was waited for. */
const LOOK_MS = 3_000;

export interface PubSubQueueOperatorOptions {
  readonly clock: Clock;
  /** How long an empty answer is waited for before it counts as the end of the dead letters. */
  readonly waitMs?: number;
}

/** Operates one queue of Pub/Sub: purges it, and acts upon its dead letters. */
export class PubSubQueueOperator extends PlainOperator {
  readonly #queue: PubSubQueue;
  readonly #clock: Clock;

  constructor(queue: PubSubQueue, { clock, waitMs = LOOK_MS }: PubSubQueueOperatorOptions) {
    const { name, options, capabilities } = queue;
    const source = new PubSubQueueDriver(queue, clock);
    const dead = new PubSubQueueDriver(deadLettersOf(queue), clock);
    const random = Math.random;
    super({
      queue: name,
      capabilities,
      dead:
        options.deadLetters === undefined
          ? new TakenDeadLetters({ queue: name, source, dead, options, clock, random, waitMs })
          : new NoDeadLetters(name, options.deadLetters),
    });
    this.#queue = queue;
    this.#clock = clock;
  }

  /**
   * Some minutes late, but for what Cloud Tasks delays. What waits for a retry that the subscription itself makes is on
   * loan to nobody, and counted as ready.
   */
  async stats(): Promise<QueueStats> {
    const queue = this.#queue;
    if (queue.capabilities.stats === "none") return this.#refuseStats();
    const { countsOf } = await import("./counts.ts");
    const now = this.#clock.now();
    const apart = queue.options.deadLetters === undefined;
    const [own, dead, delayed] = await Promise.all([
      countsOf(queue, now),
      apart ? countsOf(deadLettersOf(queue), now) : undefined,
      queue.delays?.count() ?? 0,
    ]);
    return {
      ready: own.undelivered - own.onLoan,
      delayed,
      inFlight: own.onLoan,
      // In a declared queue they are its messages, and counted there.
      dead: dead?.undelivered ?? 0,
      ...(own.oldestAgeMs === 0 ? {} : { oldestAgeMs: own.oldestAgeMs }),
    };
  }

  /** Whether Pub/Sub pushes to the function that is triggered by it. */
  override async control(): Promise<QueueControl> {
    const push = await this.#push();
    if (push === undefined) return super.control();
    const pause = await push.paused();
    return { version: 0, ...(pause === undefined ? {} : { pause }) };
  }

  override async pause(pause: PauseRequest): Promise<void> {
    const push = await this.#push();
    return push?.pause(pause, this.#clock.now()) ?? super.pause(pause);
  }

  override async resume(): Promise<void> {
    const push = await this.#push();
    return push?.resume() ?? super.resume();
  }

  /**
   * What waits for its time is removed from Cloud Tasks, one by one. The rest goes by a seek: everything published before counts as acknowledged, in flight or not. Pub/Sub takes up to minutes to do
   * it everywhere, and tells no number. By this machine's clock: what it is off is purged too little, or too much.
   */
  async purge(): Promise<number> {
    const { client, subscription, name, delays } = this.#queue;
    // First: what is due in between is published, and taken with the rest.
    await delays?.purge({ clock: this.#clock, random: Math.random });
    try {
      // What was published in this very millisecond is meant too.
      await client.seek(subscription, this.#clock.now() + 1);
      return 0;
    } catch (thrown) {
      throw thrownError(`purging queue "${name}"`, thrown);
    }
  }

  close(): Promise<void> {
    return this.#queue.client.close();
  }

  /** Of what deploy has made; a binding by hand names no function. Only who pauses pays for it. */
  async #push(): Promise<PushSwitch | undefined> {
    const { consumer } = this.#queue;
    if (consumer === undefined) return undefined;
    const { PushSwitch } = await import("./push-switch.ts");
    return new PushSwitch(this.#queue, consumer);
  }

  #refuseStats(): Promise<never> {
    const { subscription } = this.#queue;
    return this.refuse(
      "cannot be counted: Google keeps the counts in Cloud Monitoring, minutes late",
      `Look there at pubsub.googleapis.com/subscription/num_undelivered_messages and .../oldest_unacked_message_age of ${subscription}.`,
    );
  }
}
