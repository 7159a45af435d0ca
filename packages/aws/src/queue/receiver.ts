import type { Clock, Delivery, Receiver } from "@alienplatform/bindings";
import { type Message, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { thrownError } from "../errors.ts";
import { RECEIVED_ATTRIBUTES, RECEIVED_SYSTEM_ATTRIBUTES, toDelivery } from "./message.ts";
import { Poll } from "./poll.ts";
import { SqsSettler, secondsOf } from "./settler.ts";
import { placeOf, type SqsQueue } from "./sqs-queue.ts";

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
const LONGEST_POLL_SECONDS = 20;
const MOST_MESSAGES = 10;
/** How long what came for nobody waits for the next taker, at most: going back costs an attempt. */
const HOLD_MS = 5_000;

export interface ReceiverOptions {
  readonly leaseMs: number;
  readonly clock: Clock;
}

/** Receives from one queue, poll by poll. */
export class SqsReceiver extends SqsSettler implements Receiver {
  readonly #queue: SqsQueue;
  readonly #clock: Clock;
  readonly #leaseSeconds: number;
  readonly #holdMs: number;
  readonly #oneOfEachGroup: boolean;
  /** Polls that their takers have left. */
  readonly #left = new Set<Poll>();
  /** What they brought. */
  readonly #held: Delivery[] = [];
  #closed = false;

  constructor(queue: SqsQueue, { leaseMs, clock }: ReceiverOptions) {
    super(queue, clock);
    this.#queue = queue;
    this.#clock = clock;
    this.#leaseSeconds = Math.max(1, secondsOf(leaseMs));
    this.#holdMs = Math.min(HOLD_MS, leaseMs / 4);
    // Dead letters are only looked at.
    this.#oneOfEachGroup = queue.fifo && !placeOf(queue).dead;
  }

  async take(max: number, waitMs: number, signal?: AbortSignal): Promise<readonly Delivery[]> {
    const until = this.#clock.now() + waitMs;
    while (!signal?.aborted) {
      if (this.#held.length > 0) return this.#held.splice(0, max);
      // SQS waits in whole seconds, and looks at all its servers only where it waits.
      const seconds = Math.ceil(Math.max(0, until - this.#clock.now()) / 1_000);
      const { pollSeconds = LONGEST_POLL_SECONDS } = this.#queue;
      const poll = this.#poll(max, Math.min(seconds, pollSeconds));
      const taken = await poll.take(max, signal);
      if (taken.length > 0) return this.#oneOfEachGroup ? this.#more(taken, max) : taken;
      if (signal?.aborted) this.#leave(poll);
      else if (this.#clock.now() >= until) return [];
    }
    return [];
  }

  /**
   * Asked for several, a FIFO queue gives many of one group, and counts a receive of each: where the first of them is
   * retried, the others come back as often as it does and have spent their attempts unrun. Asked for one, it keeps
   * back the group. So each request asks for one, several at a time as long as there are other groups.
   * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
   */
  async #more(first: readonly Delivery[], max: number): Promise<readonly Delivery[]> {
    const taken = [...first];
    for (let full = true; full && taken.length < max; ) {
      const asked = Math.min(taken.length, max - taken.length);
      const answers = await Promise.all(
        // What has been taken is handed over; the next take tells what is wrong.
        Array.from({ length: asked }, () => this.#receive(1, 0).catch(() => [])),
      );
      full = answers.every((answer) => answer.length > 0);
      taken.push(...answers.flat());
    }
    return taken;
  }

  /**
   * Does not wait for the polls that were left: what they bring while the driver is open goes back at once, and what SQS
   * lends to one that the driver's end or the process's has broken off, when its lease ends.
   */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#giveBack(this.#held.splice(0));
  }

  /** One that was left and is under way yet, or a new one. */
  #poll(max: number, seconds: number): Poll {
    const [left] = this.#left;
    if (left !== undefined && seconds > 0) {
      this.#left.delete(left);
      return left;
    }
    const count = this.#oneOfEachGroup ? 1 : Math.min(max, MOST_MESSAGES);
    return new Poll(this.#receive(count, seconds), {
      onUntaken: (deliveries) => this.#hold(deliveries),
    });
  }

  #leave(poll: Poll): void {
    this.#left.add(poll);
    void poll.ended.then(() => this.#left.delete(poll));
  }

  async #receive(count: number, seconds: number): Promise<readonly Delivery[]> {
    const { name, url, clients } = this.#queue;
    const command = new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: count,
      WaitTimeSeconds: seconds,
      VisibilityTimeout: this.#leaseSeconds,
      MessageAttributeNames: RECEIVED_ATTRIBUTES,
      MessageSystemAttributeNames: [...RECEIVED_SYSTEM_ATTRIBUTES],
    });
    const client = seconds > 0 ? clients.polls : clients.calls;
    let messages: readonly Message[];
    try {
      messages = (await client.send(command)).Messages ?? [];
    } catch (thrown) {
      throw thrownError(`receiving from queue "${name}"`, thrown);
    }
    const place = placeOf(this.#queue);
    const now = this.#clock.now();
    const times = { receivedAt: now, leaseUntil: now + this.#leaseSeconds * 1_000 };
    return messages.map((message) => toDelivery(message, place, times));
  }

  #hold(deliveries: readonly Delivery[]): void {
    if (this.#closed) return void this.#giveBack(deliveries);
    this.#held.push(...deliveries);
    this.#clock.schedule(this.#holdMs, () => {
      const untaken = deliveries.filter((delivery) => this.#held.includes(delivery));
      for (const delivery of untaken) this.#held.splice(this.#held.indexOf(delivery), 1);
      void this.#giveBack(untaken);
    });
  }

  /** Where that fails they come back when their lease ends. */
  async #giveBack(deliveries: readonly Delivery[]): Promise<void> {
    await this.settle(deliveries.map((delivery) => ({ delivery, outcome: { kind: "release" } })));
  }
}
