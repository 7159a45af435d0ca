import type { Clock } from "../clock.ts";
import type {
  Delivery,
  Outcome,
  Outgoing,
  QueueDriver,
  SendResult,
  Settlement,
} from "../queue/driver.ts";
import { retryItems } from "../queue/retry.ts";
import { textOrBytes } from "../queue/text.ts";
import type { StateTable, TableKey } from "../table/state-table.ts";

/** Before a service that counts deliveries can come to its highest count, what is put off starts anew as a copy. */
const MOST_COUNTED = 40;

/** What waits for its key is looked at so often at least. */
const LONGEST_MS = 60_000;
/** How soon a message is looked at again whose table did not answer. */
const NO_TABLE_MS = 30_000;

export interface PutOffsOptions {
  readonly driver: QueueDriver;
  readonly table: StateTable;
  readonly queue: string;
  readonly retentionMs: number;
  readonly clock: Clock;
  readonly random: () => number;
}

/** A delivery that is not handed over now, and in how many milliseconds it is wanted again. */
export interface PutOff {
  readonly delivery: Delivery;
  readonly delayMs: number;
  /** It waits for others, nobody knows how long: what comes back by itself does so later each time. */
  readonly grows: boolean;
}

/** `attempt` of its delivery is the real one, `counts` what the service counts. */
interface CountedPutOff extends PutOff {
  readonly counts: number;
}

/** Of a message that the service itself delivers again later, and so counts. */
interface Counted {
  /** Deliveries that were put off, and are no attempts. */
  readonly count: number;
  /** The service's count at the last of them. */
  readonly seen: number;
  /** When the first of them was. */
  readonly since: number;
}

/**
 * Puts messages off without an attempt being counted: as a copy with the same id and the same attempt, delayed, where
 * the service can delay one; else the message itself comes back later, and the table knows that it was put off.
 */
export class PutOffs {
  readonly #given: PutOffsOptions;

  constructor(given: PutOffsOptions) {
    this.#given = given;
  }

  /** The attempt that this delivery is, where it may have been put off before. */
  async attemptOf(delivery: Delivery): Promise<number> {
    if (delivery.attempt === 1) return 1;
    const counted = await this.#counted(delivery.id);
    if (counted === undefined || counted.seen >= delivery.attempt) return delivery.attempt;
    return Math.max(1, delivery.attempt - counted.count);
  }

  /**
   * What settles each of these, so that it comes back: one settlement each, in order. `attempt` of each is the real one,
   * `counts` what the service counts.
   */
  async settlements(those: readonly CountedPutOff[]): Promise<readonly Settlement[]> {
    const ways = await Promise.all(those.map((one) => this.#way(one)));
    const copies = ways.flatMap((way) => ("copy" in way ? [way.copy] : []));
    const sent = (await this.#send(copies)).values();
    const accepted = ways.map((way) => "copy" in way && sent.next().value?.ok === true);
    return Promise.all(
      those.map(async (one, index): Promise<Settlement> => {
        const { delivery } = one;
        const way = ways[index];
        if (way !== undefined && "outcome" in way) return { delivery, outcome: way.outcome };
        if (accepted[index] !== true) return { delivery, outcome: await this.#back(one) };
        // Where that fails the copy is sent all the same: its attempts may have lower numbers.
        if (one.counts > 1) await this.#forget(delivery.id).catch(() => undefined);
        return { delivery, outcome: ACK };
      }),
    );
  }

  /**
   * What settles these while the table does not answer: a copy of the same attempt where the service can delay one, else
   * a retry, which it counts. None comes back at once, and so a short outage is not the end of a message's attempts.
   */
  async withoutTable(those: readonly Delivery[]): Promise<readonly Settlement[]> {
    const { delayMaxMs, retryDelay } = this.#given.driver.capabilities;
    const copied = those.map((one) => !stays(one) && NO_TABLE_MS <= delayMaxMs);
    const copies = those.filter((_, index) => copied[index] === true);
    const sent = (await this.#send(copies.map((one) => this.#copy(one, NO_TABLE_MS)))).values();
    return those.map((delivery, index): Settlement => {
      if (copied[index] === true && sent.next().value?.ok) return { delivery, outcome: ACK };
      const never = delivery.group !== undefined && !retryDelay.fifo;
      const delayMs = never ? 0 : Math.min(NO_TABLE_MS, retryDelay.maxMs);
      return { delivery, outcome: { kind: "retry", delayMs, error: NO_TABLE } };
    });
  }

  async #way(
    one: CountedPutOff,
  ): Promise<{ readonly copy: Outgoing } | { readonly outcome: Outcome }> {
    const { delivery, delayMs } = one;
    const { retentionMs, clock } = this.#given;
    const { delayMaxMs, retryDelay } = this.#given.driver.capabilities;
    if (!stays(delivery) && delayMs <= delayMaxMs) return { copy: this.#copy(delivery, delayMs) };
    const { count, since } = await this.#before(one);
    // What is kept since it was sent must be sent anew in time.
    const old = clock.now() - since > retentionMs / 4;
    const hops = delayMaxMs > 0 && retryDelay.maxMs <= delayMaxMs;
    if (!stays(delivery) && (old || hops || count >= MOST_COUNTED)) {
      return { copy: this.#copy(delivery, Math.min(delayMs, delayMaxMs)) };
    }
    return { outcome: await this.#back(one) };
  }

  /** How often it was put off before as itself, and since when. */
  async #before({ delivery, counts }: CountedPutOff): Promise<Omit<Counted, "seen">> {
    const known = counts === 1 ? undefined : await this.#counted(delivery.id);
    if (known !== undefined && known.seen < counts) return known;
    return { count: 0, since: this.#given.clock.now() };
  }

  /** It comes back by itself, and the table knows that. */
  async #back(one: CountedPutOff): Promise<Outcome> {
    const { delivery, delayMs, grows, counts } = one;
    const { retentionMs, driver } = this.#given;
    const { retryDelay } = driver.capabilities;
    const { count, since } = await this.#before(one);
    await this.#count(delivery.id, { count: count + 1, seen: counts, since });
    // The service counts these, and dead-letters what it has counted too often.
    const grown = grows ? Math.max(delayMs, Math.min(delayMs * 2 ** count, LONGEST_MS)) : delayMs;
    const longest = Math.min(grown, retryDelay.maxMs, retentionMs / 2);
    if (longest <= 0 || (delivery.group !== undefined && !retryDelay.fifo)) {
      return RELEASE;
    }
    return { kind: "retry", delayMs: longest, error: PUT_OFF };
  }

  #copy({ id, body, headers, sentAt, attempt, priority }: Delivery, delayMs: number): Outgoing {
    const { clock, random } = this.#given;
    const text = textOrBytes(body);
    return {
      id,
      body: typeof text === "string" ? text : "",
      headers,
      sentAt,
      attempt,
      delayMs: clock.now() - sentAt + delayMs,
      copy: Math.floor(random() * 36 ** 8).toString(36) + clock.now().toString(36),
      ...(priority === undefined ? {} : { priority }),
    };
  }

  async #send(copies: readonly Outgoing[]): Promise<readonly SendResult[]> {
    const { driver, clock, random } = this.#given;
    const { batch, batchBytes } = driver.capabilities.max;
    const results: SendResult[] = [];
    let chunk: Outgoing[] = [];
    let bytes = 0;
    const flush = async () => {
      if (chunk.length === 0) return;
      const call = (some: readonly Outgoing[], stop?: AbortSignal) => driver.send(some, stop);
      results.push(...(await retryItems(chunk, call, { clock, random })));
      chunk = [];
      bytes = 0;
    };
    for (const copy of copies) {
      const size = driver.sizeOf(copy);
      if (chunk.length >= batch || bytes + size > batchBytes) await flush();
      chunk.push(copy);
      bytes += size;
    }
    await flush();
    return results;
  }

  async #counted(id: string): Promise<Counted | undefined> {
    const item = await this.#given.table.get(this.#key(id));
    // Only this class writes to its partition.
    return item === undefined ? undefined : (JSON.parse(item.value) as Counted);
  }

  /** One message is with one receiver: who writes last is right. */
  async #count(id: string, counted: Counted): Promise<void> {
    const { table, clock, retentionMs } = this.#given;
    const key = this.#key(id);
    const expiresAt = clock.now() + 2 * retentionMs;
    const known = counted.count === 1 ? undefined : await table.get(key);
    const item = { ...key, value: JSON.stringify(counted), expiresAt };
    if ((await table.put(item, known?.version)) !== undefined) return;
    await table.put(item, (await table.get(key))?.version);
  }

  /** A copy is counted from its own attempt on. */
  async #forget(id: string): Promise<void> {
    const { table } = this.#given;
    const item = await table.get(this.#key(id));
    if (item !== undefined) await table.delete(item, item.version);
  }

  #key(id: string): TableKey {
    return { partition: `off/${this.#given.queue}`, sort: encodeURIComponent(id).slice(0, 200) };
  }
}

/** A copy would go behind the others of its group, and bytes are not sent as text. */
function stays({ group, body }: Delivery): boolean {
  return group !== undefined || textOrBytes(body) instanceof Uint8Array;
}

const ACK: Outcome = { kind: "ack" };
const RELEASE: Outcome = { kind: "release" };
const NO_TABLE = { code: "PUT_OFF", message: "the state table did not answer" };
const PUT_OFF = { code: "PUT_OFF", message: "it is put off, which is no attempt" };
