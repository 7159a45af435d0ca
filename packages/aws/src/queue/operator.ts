import type { Clock, PauseRequest, QueueControl, QueueStats } from "@alienplatform/bindings";
import { NoDeadLetters, PlainOperator, TakenDeadLetters } from "@alienplatform/bindings/operate";
import { GetQueueAttributesCommand, PurgeQueueCommand } from "@aws-sdk/client-sqs";
import { capabilitiesOf } from "../capabilities.ts";
import { thrownError } from "../errors.ts";
import { SqsQueueDriver } from "./driver.ts";
import { deadLettersOf, type SqsQueue } from "./sqs-queue.ts";
import { QueueTriggers } from "./triggers.ts";

/** An empty answer of SQS is one only where it asked all its servers, and that it does where it waits. */
const LOOK_MS = 1_000;

export interface SqsQueueOperatorOptions {
  readonly clock: Clock;
  /** How long an empty answer is waited for before it counts as the end of the dead letters. */
  readonly waitMs?: number;
}

/** Operates one queue of SQS. */
export class SqsQueueOperator extends PlainOperator {
  readonly #queue: SqsQueue;
  readonly #driver: SqsQueueDriver;
  readonly #clock: Clock;
  /** Of what deploy has made; a binding by hand names no function. */
  readonly #triggers: QueueTriggers | undefined;

  constructor(queue: SqsQueue, { clock, waitMs = LOOK_MS }: SqsQueueOperatorOptions) {
    const source = new SqsQueueDriver(queue, clock);
    const { name, options, fifo } = queue;
    const dead = new SqsQueueDriver(deadLettersOf(queue), clock);
    const random = Math.random;
    super({
      queue: name,
      capabilities: capabilitiesOf(fifo, queue.schedules !== undefined),
      dead:
        options.deadLetters === undefined
          ? new TakenDeadLetters({ queue: name, source, dead, options, clock, random, waitMs })
          : new NoDeadLetters(name, options.deadLetters),
    });
    this.#queue = queue;
    this.#driver = source;
    this.#clock = clock;
    this.#triggers =
      queue.consumer === undefined ? undefined : new QueueTriggers(queue, queue.consumer);
  }

  /**
   * About a minute late, as SQS counts. What waits for a retry is on loan to SQS, and counted so. Of the schedules of a
   * FIFO queue a thousand are counted.
   */
  async stats(): Promise<QueueStats> {
    const { schedules } = this.#queue;
    const [own, scheduled = 0, dead] = await Promise.all([
      this.#count(this.#queue),
      schedules?.count(),
      this.#countDead(),
    ]);
    return { ...own, delayed: own.delayed + scheduled, dead };
  }

  /**
   * SQS removes all that was sent before, on loan or not, within a minute; a queue once in 60 seconds. Where what is
   * delayed cannot all be deleted, SQS is not asked, so that the purge can be repeated at once.
   */
  async purge(): Promise<number> {
    const { ready, delayed, inFlight } = await this.#count(this.#queue);
    const { clients, url, name, schedules } = this.#queue;
    // First, or one that is due between the two would be left.
    const scheduled = (await schedules?.clear({ clock: this.#clock, random: Math.random })) ?? 0;
    try {
      await clients.calls.send(new PurgeQueueCommand({ QueueUrl: url }));
    } catch (thrown) {
      throw thrownError(`purging queue "${name}"`, thrown);
    }
    return ready + delayed + inFlight + scheduled;
  }

  /** Whether Lambda calls the function that is triggered by it. */
  override async control(): Promise<QueueControl> {
    if (this.#triggers === undefined) return super.control();
    const pause = await this.#triggers.paused();
    return { version: 0, ...(pause === undefined ? {} : { pause }) };
  }

  override pause(pause: PauseRequest): Promise<void> {
    return this.#triggers?.pause(pause, this.#clock.now()) ?? super.pause(pause);
  }

  override resume(): Promise<void> {
    return this.#triggers?.resume() ?? super.resume();
  }

  close(): Promise<void> {
    this.#triggers?.close();
    return this.#driver.close();
  }

  /** In a declared queue they are its messages, and counted there. */
  async #countDead(): Promise<number> {
    if (this.#queue.options.deadLetters !== undefined) return 0;
    const { ready, delayed, inFlight } = await this.#count(deadLettersOf(this.#queue));
    return ready + delayed + inFlight;
  }

  async #count({
    clients,
    url,
    name,
  }: SqsQueue): Promise<Required<Pick<QueueStats, "ready" | "delayed" | "inFlight">>> {
    const command = new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: [
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesDelayed",
        "ApproximateNumberOfMessagesNotVisible",
      ],
    });
    try {
      const { Attributes = {} } = await clients.calls.send(command);
      return {
        ready: Number(Attributes.ApproximateNumberOfMessages ?? 0),
        delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
        inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
      };
    } catch (thrown) {
      throw thrownError(`counting queue "${name}"`, thrown);
    }
  }
}
