import { AlienError } from "@alienplatform/core";
import type { Clock } from "../clock.ts";
import type { DeadLetter } from "../queue/dead-letter.ts";
import type {
  Delivery,
  Outgoing,
  QueueDriver,
  Receiver,
  SendResult,
  SettleResult,
} from "../queue/driver.ts";
import { retryItems } from "../queue/retry.ts";
import { toDeadLetter } from "./letter-of-delivery.ts";
import { orRefusal, resultOf } from "./refusal.ts";

/** What is sent in place of a letter; undefined where nothing is. */
export type Replacement = (
  letter: DeadLetter,
) => { readonly driver: QueueDriver; readonly message: Outgoing } | undefined;

export interface LetterChangesOptions {
  readonly queue: string;
  /** What reads the sibling queue in which the letters are. */
  readonly dead: QueueDriver;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Carries out what is decided about letters on loan: sends first and removes then, so that a crash loses none. */
export class LetterChanges {
  readonly #given: LetterChangesOptions;

  constructor(given: LetterChangesOptions) {
    this.#given = given;
  }

  /** One result for each id. What could not be done is given back. */
  async carryOut(
    receiver: Receiver,
    found: ReadonlyMap<string, readonly Delivery[]>,
    replace: Replacement,
  ): Promise<ReadonlyMap<string, SettleResult>> {
    const results = new Map<string, SettleResult>();
    const planned = [...found].map(([id, deliveries]) => {
      // A letter that is there twice, after a crash, is one letter.
      const letter = toDeadLetter(deliveries[0] as Delivery, this.#given.queue);
      return { id, deliveries, send: orRefusal(() => replace(letter)) };
    });
    const sending = planned.flatMap(({ send }) =>
      send === undefined || send instanceof AlienError ? [] : [send],
    );
    const sent = (
      await this.send(
        sending[0]?.driver ?? this.#given.dead,
        sending.map(({ message }) => message),
      )
    ).values();
    const removable: Delivery[] = [];
    const kept: Delivery[] = [];
    for (const { id, deliveries, send } of planned) {
      const result = send && resultOf(send, sent);
      if (result === undefined || result.ok) {
        removable.push(...deliveries);
        results.set(id, { ok: true, applied: true });
      } else {
        kept.push(...deliveries);
        results.set(id, result);
      }
    }
    const removed = await this.settle(receiver, removable, "ack");
    for (const [index, result] of removed.entries()) {
      const id = removable[index]?.id;
      // Sent and still here: said as an error, so that whoever asked looks again.
      if (id !== undefined && !result.ok) results.set(id, result);
    }
    await this.settle(receiver, kept, "release");
    return results;
  }

  async send(driver: QueueDriver, messages: readonly Outgoing[]): Promise<readonly SendResult[]> {
    const { clock, random } = this.#given;
    const sent: SendResult[] = [];
    const sizes = messages.map((message) => driver.sizeOf(message));
    const limit = driver.capabilities.max.message;
    const sendable = messages.filter((_, index) => (sizes[index] ?? 0) <= limit);
    for (const chunk of chunks(sendable, driver)) {
      sent.push(...(await retryItems(chunk, (items) => driver.send(items), { clock, random })));
    }
    const answers = sent.values();
    return sizes.map((size) =>
      size > limit ? this.#tooLarge(size, driver) : (answers.next().value as SendResult),
    );
  }

  async settle(
    receiver: Receiver,
    deliveries: readonly Delivery[],
    kind: "ack" | "release",
  ): Promise<readonly SettleResult[]> {
    const { clock, random, dead } = this.#given;
    const results: SettleResult[] = [];
    const most = dead.capabilities.max.batch;
    for (let start = 0; start < deliveries.length; start += most) {
      const chunk = deliveries.slice(start, start + most);
      const settlements = chunk.map((delivery) => ({ delivery, outcome: { kind } }));
      results.push(
        ...(await retryItems(settlements, (items) => receiver.settle(items), { clock, random })),
      );
    }
    return results;
  }

  #tooLarge(size: number, { capabilities: { max, service } }: QueueDriver): SendResult {
    const { queue } = this.#given;
    const text = `the dead letter of "${queue}" would be ${size} bytes; ${service} accepts ${max.message}`;
    const error = new AlienError("MESSAGE_TOO_LARGE", text, {
      fix: "Put the payload in storage and send its key.",
      details: { size, limit: max.message, service },
    });
    return { ok: false, error };
  }
}

/** As many as one call of the driver takes, by count and by bytes. */
function* chunks(messages: readonly Outgoing[], driver: QueueDriver): Generator<Outgoing[]> {
  const { batch, batchBytes } = driver.capabilities.max;
  let chunk: Outgoing[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = driver.sizeOf(message);
    if (chunk.length > 0 && (chunk.length >= batch || bytes + size > batchBytes)) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(message);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}
