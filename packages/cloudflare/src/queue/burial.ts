import {
  type Clock,
  type Delivery,
  deathOf,
  type Failure,
  type Settlement,
} from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import { BATCH_MAX } from "../capabilities.ts";
import { fitted } from "./fitted.ts";
import { type Carried, carriedBody, sizeOf, toWire } from "./message.ts";
import type { QueueLink } from "./queue-link.ts";

export interface BurialOptions {
  /** The queue in which messages die. */
  readonly queue: string;
  /** The queue that they go to. */
  readonly dead: QueueLink;
  readonly clock: Clock;
}

/**
 * Cloudflare dead-letters by itself only what has used up its retries, and gives no reason. So a dead letter is
 * a copy that does, sent before the original is removed.
 */
export class Burial {
  readonly #given: BurialOptions;
  /** Those whose copy is there, should the removal have to be repeated. */
  readonly #buried = new WeakSet<Delivery>();

  constructor(given: BurialOptions) {
    this.#given = given;
  }

  /** Per settlement why its original must stay; undefined where it need not. */
  async bury(
    batch: readonly Settlement[],
    signal?: AbortSignal,
  ): Promise<readonly (AlienError | undefined)[]> {
    const now = this.#given.clock.now();
    const graves = batch.flatMap(({ delivery, outcome }) =>
      outcome.kind === "deadLetter" && !this.#buried.has(delivery)
        ? [{ delivery, letter: this.#letter(delivery, outcome.error, now) }]
        : [],
    );
    const refused = new Map<Delivery, AlienError>();
    for (const chunk of chunks(graves)) {
      const error = await this.#send(chunk, now, signal);
      for (const { delivery } of chunk) {
        if (error === undefined) this.#buried.add(delivery);
        else refused.set(delivery, error);
      }
    }
    return batch.map(({ delivery }) => refused.get(delivery));
  }

  async #send(
    graves: readonly Grave[],
    now: number,
    signal: AbortSignal | undefined,
  ): Promise<AlienError | undefined> {
    try {
      const letters = graves.map(({ letter }) => toWire(letter, now));
      await this.#given.dead.send(letters, signal);
      return undefined;
    } catch (error) {
      if (error instanceof AlienError) return error;
      throw error;
    }
  }

  /** Under its own id. */
  #letter(delivery: Delivery, error: Failure, deadAt: number): Carried {
    const { id, body, sentAt, attempt: attempts, headers } = delivery;
    const dead = deathOf({ source: this.#given.queue, attempts, deadAt }, error);
    return fitted({ id, ...carriedBody(body), sentAt, headers: { ...headers, dead } });
  }
}

interface Grave {
  readonly delivery: Delivery;
  readonly letter: Carried;
}

/** As many as one send takes, by count and by bytes. */
function* chunks(graves: readonly Grave[]): Generator<readonly Grave[]> {
  let chunk: Grave[] = [];
  let bytes = 0;
  for (const grave of graves) {
    const size = sizeOf(grave.letter);
    if (
      chunk.length > 0 &&
      (chunk.length >= BATCH_MAX.messages || bytes + size > BATCH_MAX.bytes)
    ) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(grave);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}
