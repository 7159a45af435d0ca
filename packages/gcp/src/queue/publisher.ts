import { AlienError } from "@alienplatform/core";
import { pullCapabilities } from "../capabilities.ts";
import type { PubSubClient } from "../client.ts";
import { thrownError } from "../errors.ts";
import type { Packed } from "./packed.ts";

export interface PublisherOptions {
  readonly client: PubSubClient;
  /** The topic's path. */
  readonly topic: string;
  /** What it is for, as an error says it: `sending to queue "tasks"`. */
  readonly doing: string;
}

/** undefined where it was published. */
export type Published = AlienError | undefined;

/**
 * Publishes to one topic. All messages of a request share one ordering key, so each key has its own requests; and
 * within a key one request waits for the other, for two at once may arrive in either order.
 */
export class Publisher {
  readonly #given: PublisherOptions;
  /** The last request of each key that is under way. */
  readonly #lanes = new Map<string, Promise<unknown>>();

  constructor(given: PublisherOptions) {
    this.#given = given;
  }

  /** One result per message, in order. */
  async publish(messages: readonly Packed[], signal?: AbortSignal): Promise<readonly Published[]> {
    const results: Published[] = new Array(messages.length);
    const send = async (chunk: readonly number[], before?: Published): Promise<Published> => {
      const failure = before ?? (await this.#request(pick(messages, chunk), signal));
      for (const index of chunk) results[index] = failure;
      return failure;
    };
    const sending = [...byKey(messages)].map(([key, indexes]) => {
      const requests = [...chunks(messages, indexes)];
      if (key === "") return Promise.all(requests.map((chunk) => send(chunk)));
      return this.#inLane(key, async () => {
        // What follows a failure is not tried: it would overtake.
        let failure: Published;
        for (const chunk of requests) failure = await send(chunk, failure);
      });
    });
    await Promise.all(sending);
    return results;
  }

  async #inLane(key: string, run: () => Promise<void>): Promise<void> {
    const mine = (this.#lanes.get(key) ?? Promise.resolve()).then(run);
    this.#lanes.set(key, mine);
    await mine;
    if (this.#lanes.get(key) === mine) this.#lanes.delete(key);
  }

  async #request(messages: readonly Packed[], signal: AbortSignal | undefined): Promise<Published> {
    const { client, topic, doing } = this.#given;
    try {
      const published = messages.map(({ message }) => message);
      const ids = await client.publish(topic, published, { signal });
      if (ids.length === messages.length) return undefined;
      const text = `${doing} gave ${ids.length} ids for ${messages.length} messages`;
      return new AlienError("DRIVER_FAILED", text, { fix: "Report it." });
    } catch (thrown) {
      return thrownError(doing, thrown);
    }
  }
}

function byKey(messages: readonly Packed[]): ReadonlyMap<string, readonly number[]> {
  const keys = new Map<string, number[]>();
  for (let index = 0; index < messages.length; index++) {
    const key = messages[index]?.message.orderingKey ?? "";
    const indexes = keys.get(key);
    if (indexes === undefined) keys.set(key, [index]);
    else indexes.push(index);
  }
  return keys;
}

function pick(messages: readonly Packed[], indexes: readonly number[]): Packed[] {
  return indexes.map((index) => messages[index] as Packed); // the indexes are the list's own
}

/** As many as one request takes, by count and by bytes. */
function* chunks(
  messages: readonly Packed[],
  indexes: readonly number[],
): Generator<readonly number[]> {
  const { batch, batchBytes } = pullCapabilities.max;
  let chunk: number[] = [];
  let bytes = 0;
  for (const index of indexes) {
    const size = messages[index]?.size ?? 0;
    if (chunk.length > 0 && (chunk.length >= batch || bytes + size > batchBytes)) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(index);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}
