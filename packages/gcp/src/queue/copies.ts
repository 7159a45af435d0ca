import {
  type Clock,
  type Delivery,
  deathOf,
  type Headers,
  type Settlement,
} from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import { type Packed, packCopy } from "./packed.ts";
import { type Published, Publisher } from "./publisher.ts";
import type { PubSubQueue } from "./pubsub-queue.ts";
import { readReceipt } from "./receipt.ts";

/** Whether an outcome is a copy of the message, after which the original is done with. */
export function needsCopy(settlement: Settlement, queue: PubSubQueue): boolean {
  const { delivery, outcome } = settlement;
  if (outcome.kind === "deadLetter") return true;
  // A copy would go behind the later ones of its group.
  if (outcome.kind !== "retry" || delivery.group !== undefined) return false;
  // Where Pub/Sub does not count, the envelope does.
  return !readReceipt(delivery.receipt).counted || isFar(outcome.delayMs, queue);
}

/** Whether a retry is later than the subscription itself can make it, and Cloud Tasks can. */
function isFar(delayMs: number, { delays, longestRetryMs }: PubSubQueue): boolean {
  return delays !== undefined && delayMs > longestRetryMs;
}

/** Where a copy goes: to its own topic, to that of the dead letters, or to its own when it is due. */
type To = "own" | "dead" | "later";

/**
 * Publishes what settling takes beside an acknowledgement: Pub/Sub moves no single message, so a dead letter is a copy
 * in the dead letters' topic, and a retry that nobody counts is one in its own; so is one that is later than the
 * subscription can make it, which Cloud Tasks publishes when it is due.
 */
export class Copies {
  readonly #queue: PubSubQueue;
  readonly #clock: Clock;
  readonly #own: Publisher;
  readonly #dead: Publisher;
  /** Those whose copy is out: a repeated settlement has the rest to do. */
  readonly #published = new WeakSet<Delivery>();

  constructor(queue: PubSubQueue, clock: Clock) {
    const { client, name, topic, dead } = queue;
    this.#queue = queue;
    this.#clock = clock;
    this.#own = new Publisher({ client, topic, doing: `retrying messages of "${name}"` });
    this.#dead = new Publisher({
      client,
      topic: dead?.topic ?? topic,
      doing: `dead-lettering messages of "${name}"`,
    });
  }

  /** Why a copy is not there, by its settlement. */
  async publish(
    settlements: readonly Settlement[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<Settlement, AlienError>> {
    const failed = new Map<Settlement, AlienError>();
    const planned = new Map<To, { settlement: Settlement; copy: Packed }[]>([
      ["own", []],
      ["dead", []],
      ["later", []],
    ]);
    for (const settlement of settlements) {
      if (this.#published.has(settlement.delivery)) continue;
      const to = this.#to(settlement);
      const copy = this.#copy(settlement);
      if (copy instanceof AlienError) failed.set(settlement, copy);
      else planned.get(to)?.push({ settlement, copy });
    }
    const publishing = [...planned].map(async ([to, copies]) => {
      const results = copies.length === 0 ? [] : await this.#publish(to, copies, signal);
      for (const [index, { settlement }] of copies.entries()) {
        const error = results[index];
        if (error === undefined) this.#published.add(settlement.delivery);
        else failed.set(settlement, error);
      }
    });
    await Promise.all(publishing);
    return failed;
  }

  #to({ outcome }: Settlement): To {
    if (outcome.kind === "deadLetter") return "dead";
    const { delays } = this.#queue;
    return outcome.kind === "retry" && outcome.delayMs > 0 && delays ? "later" : "own";
  }

  async #publish(
    to: To,
    copies: readonly { readonly settlement: Settlement; readonly copy: Packed }[],
    signal?: AbortSignal,
  ): Promise<readonly Published[]> {
    const messages = copies.map(({ copy }) => copy);
    if (to === "own") return this.#own.publish(messages, signal);
    if (to === "dead") return this.#dead.publish(messages, signal);
    const now = this.#clock.now();
    const delayed = copies.map(({ settlement: { outcome }, copy }) => ({
      packed: copy,
      dueAt: now + (outcome.kind === "retry" ? outcome.delayMs : 0),
    }));
    return this.#queue.delays?.publish(delayed, signal) ?? [];
  }

  #copy({ delivery, outcome }: Settlement): Packed | AlienError {
    // A receipt alone is settled: what it stands for is not known here, and an empty copy would lose it.
    if (delivery.id === "") return this.#receivedElsewhere();
    const { headers, attempt } = delivery;
    if (outcome.kind !== "deadLetter") return packCopy(delivery, headers, attempt + 1);
    const death = {
      source: this.#queue.name,
      attempts: attempt,
      deadAt: this.#clock.now(),
    };
    const dead: Headers = { ...headers, dead: deathOf(death, outcome.error) };
    return packCopy(delivery, dead);
  }

  #receivedElsewhere(): AlienError {
    const text = `a message of "${this.#queue.name}" cannot be copied by its receipt alone: this process did not receive it, or long ago`;
    return new AlienError("UNSUPPORTED", text, {
      fix: "Settle it in the process that received it, within its lease.",
    });
  }
}
