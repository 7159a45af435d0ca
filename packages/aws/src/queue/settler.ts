import { createHash } from "node:crypto";
import {
  type Clock,
  type Delivery,
  deathOf,
  type Failure,
  type Outgoing,
  type Settlement,
  type SettleResult,
  type Settler,
} from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
} from "@aws-sdk/client-sqs";
import { LONGEST_VISIBILITY_MS } from "../capabilities.ts";
import { callOptions } from "../client.ts";
import { callBatch, type EntryError } from "./batch-call.ts";
import { type SqsDelivery, toEntry } from "./message.ts";
import { sendEntries } from "./send.ts";
import type { SqsQueue } from "./sqs-queue.ts";

const MOST_ENTRIES = 10;
const DONE: SettleResult = { ok: true, applied: "unknown" };

/** A delivery that SQS is to show again after so many seconds. */
interface Shown {
  readonly delivery: Delivery;
  readonly seconds: number;
}

/** Settles what was received from one queue, also by another process. */
export class SqsSettler implements Settler {
  readonly #queue: SqsQueue;
  readonly #clock: Clock;
  /** Those whose dead letter is stored: a repeated settlement has the rest to do. */
  readonly #buried = new WeakSet<Delivery>();

  constructor(queue: SqsQueue, clock: Clock) {
    this.#queue = queue;
    this.#clock = clock;
  }

  async settle(
    batch: readonly Settlement[],
    signal?: AbortSignal,
  ): Promise<readonly SettleResult[]> {
    if (batch.every(({ outcome }) => outcome.kind === "ack")) {
      return this.#delete(
        batch.map(({ delivery }) => delivery),
        signal,
      );
    }
    const results = new Map<Settlement, SettleResult>();
    const acks = batch.filter(({ outcome }) => outcome.kind === "ack");
    const back = batch.filter(({ outcome: { kind } }) => kind === "release" || kind === "retry");
    const dead = batch.filter(({ outcome }) => outcome.kind === "deadLetter");
    const keep = (those: readonly Settlement[], settled: readonly SettleResult[]) => {
      for (const [index, result] of settled.entries()) {
        const settlement = those[index];
        if (settlement !== undefined) results.set(settlement, result);
      }
    };
    await Promise.all([
      this.#delete(
        acks.map(({ delivery }) => delivery),
        signal,
      ).then((done) => keep(acks, done)),
      this.#giveBack(back, signal).then((done) => keep(back, done)),
      this.#bury(dead, signal).then((done) => keep(dead, done)),
    ]);
    return batch.map((settlement) => results.get(settlement) ?? DONE);
  }

  async extend(
    deliveries: readonly Delivery[],
    leaseMs: number,
    signal?: AbortSignal,
  ): Promise<readonly SettleResult[]> {
    const shown = deliveries.map((delivery) => ({ delivery, seconds: secondsOf(leaseMs) }));
    const errors = await this.#show(shown, `extending leases of "${this.#queue.name}"`, signal);
    return errors.map((error) => (error === undefined ? DONE : { ok: false, error }));
  }

  async #delete(
    deliveries: readonly Delivery[],
    signal: AbortSignal | undefined,
  ): Promise<readonly SettleResult[]> {
    const errors = await inTens(deliveries, (ten) =>
      callBatch(`acknowledging messages of "${this.#queue.name}"`, ten.length, () =>
        this.#queue.clients.calls.send(
          new DeleteMessageBatchCommand({
            QueueUrl: this.#queue.url,
            Entries: ten.map(({ receipt }, index) => ({
              Id: String(index),
              ReceiptHandle: receipt,
            })),
          }),
          callOptions(signal),
        ),
      ),
    );
    return errors.map((error) => (error === undefined ? DONE : { ok: false, error }));
  }

  /** SQS has no nack. Cutting the lease short to the delay is what puts a message back. */
  async #giveBack(
    settlements: readonly Settlement[],
    signal: AbortSignal | undefined,
  ): Promise<readonly SettleResult[]> {
    const shown = settlements.map(({ delivery, outcome }) => ({
      delivery,
      seconds: outcome.kind === "retry" ? this.#retrySeconds(delivery, outcome.delayMs) : 0,
    }));
    const errors = await this.#show(shown, `giving back messages of "${this.#queue.name}"`, signal);
    return errors.map((error) => {
      if (error === undefined) return DONE;
      return isBackAlready(error) ? { ok: true, applied: false } : { ok: false, error };
    });
  }

  /** Up to the end of the 12 hours that began with the receipt: SQS refuses what goes beyond. */
  #retrySeconds({ receivedAt }: SqsDelivery, delayMs: number): number {
    const now = this.#clock.now();
    const leftMs = (receivedAt ?? now) + LONGEST_VISIBILITY_MS - now;
    return Math.max(0, Math.min(secondsOf(delayMs), Math.floor(leftMs / 1_000)));
  }

  #show(
    shown: readonly Shown[],
    doing: string,
    signal: AbortSignal | undefined,
  ): Promise<readonly EntryError[]> {
    return inTens(shown, (ten) =>
      callBatch(doing, ten.length, () =>
        this.#queue.clients.calls.send(
          new ChangeMessageVisibilityBatchCommand({
            QueueUrl: this.#queue.url,
            Entries: ten.map(({ delivery, seconds }, index) => ({
              Id: String(index),
              ReceiptHandle: delivery.receipt,
              VisibilityTimeout: seconds,
            })),
          }),
          callOptions(signal),
        ),
      ),
    );
  }

  /** SQS moves no single message: the dead letter is a copy, stored before the original is deleted. */
  async #bury(
    settlements: readonly Settlement[],
    signal: AbortSignal | undefined,
  ): Promise<readonly SettleResult[]> {
    const gone = await this.#gone(settlements, signal);
    const unknown = settlements.map(
      ({ delivery }) => this.#unknown(delivery) ?? gone.get(delivery),
    );
    const copied = settlements.filter(
      ({ delivery }, index) => unknown[index] === undefined && !this.#buried.has(delivery),
    );
    const target = {
      url: this.#queue.deadLetterUrl ?? this.#queue.url,
      doing: `dead-lettering messages of "${this.#queue.name}"`,
    };
    const { name: queue, fifo, options } = this.#queue;
    const place = { queue, fifo, dead: options.deadLetters === undefined };
    const letters = copied.map((settlement) => toEntry(this.#letter(settlement), place));
    const errors = await sendEntries(this.#queue.clients.calls, target, letters, signal);
    const failed = new Map(copied.map((settlement, index) => [settlement, errors[index]]));
    for (const [{ delivery }, error] of failed) if (error === undefined) this.#buried.add(delivery);
    const refused = settlements.map((one, index) => unknown[index] ?? failed.get(one));
    const removable = settlements.flatMap(({ delivery }, index) =>
      refused[index] === undefined ? [delivery] : [],
    );
    const removed = (await this.#delete(removable, signal)).values();
    return refused.map((error) =>
      error === undefined ? (removed.next().value ?? DONE) : { ok: false, error },
    );
  }

  /**
   * A message whose lease may have ended may have been handled and acknowledged by another receiver meanwhile: it must not
   * be among the dead letters too. To be lent once more is refused for one that is deleted; of a standard queue's that is
   * with another receiver SQS tells nothing.
   */
  async #gone(
    settlements: readonly Settlement[],
    signal: AbortSignal | undefined,
  ): Promise<ReadonlyMap<Delivery, AlienError>> {
    const now = this.#clock.now();
    const doubtful = settlements.flatMap(({ delivery }) =>
      (delivery.leaseUntil ?? now + 1) > now || this.#buried.has(delivery) ? [] : [delivery],
    );
    if (doubtful.length === 0) return new Map();
    const { name, options } = this.#queue;
    const seconds = secondsOf(options.leaseMs);
    const shown = doubtful.map((delivery) => ({ delivery, seconds }));
    const errors = await this.#show(shown, `dead-lettering messages of "${name}"`, signal);
    return new Map(
      doubtful.flatMap((delivery, index) => {
        const error = errors[index];
        return error === undefined ? [] : [[delivery, error] as const];
      }),
    );
  }

  #letter({ delivery, outcome }: Settlement): Outgoing {
    const { id, body, headers, sentAt, group, receipt } = delivery;
    const error: Failure =
      outcome.kind === "deadLetter" ? outcome.error : { code: "HANDLER_FAILED", message: "" };
    const { name: source, options } = this.#queue;
    const { maxAttempts = options.maxAttempts, ...declared } = headers;
    const attempts = Math.min(delivery.attempt, maxAttempts, options.maxAttempts);
    const dead = deathOf({ source, attempts, deadAt: this.#clock.now() }, error);
    // In a declared queue it is a message like any other, with that queue's budget.
    const kept = options.deadLetters === undefined ? headers : declared;
    return {
      id,
      body: typeof body === "string" ? body : utf8.decode(body),
      headers: { ...kept, dead },
      sentAt,
      copy: deathId(receipt),
      ...(group === undefined ? {} : { group }),
    };
  }

  /** A receipt alone does not say what the message is: only the process that received it can copy it. */
  #unknown({ id }: Delivery): AlienError | undefined {
    if (id !== "") return undefined;
    const text = `a message of "${this.#queue.name}" cannot be dead-lettered by its receipt alone: SQS moves none, and this process did not receive it, or long ago`;
    return new AlienError("UNSUPPORTED", text, {
      fix: "Dead-letter it in the process that received it, within its lease.",
    });
  }
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * A FIFO queue takes a letter once in five minutes under one id: the same death is then stored once, however often it
 * is repeated, and the next death of a message that was redriven meanwhile is another.
 */
function deathId(receipt: string): string {
  return createHash("sha256").update(receipt).digest("hex").slice(0, 32);
}

/** SQS counts in seconds: nothing comes back early. */
export function secondsOf(ms: number): number {
  return Math.min(Math.ceil(ms / 1_000), LONGEST_VISIBILITY_MS / 1_000);
}

/** What was to be given back is not on loan any more. */
function isBackAlready({ details }: AlienError): boolean {
  return details.error === "MessageNotInflight" || details.error === "InvalidParameterValue";
}

async function inTens<Item>(
  items: readonly Item[],
  call: (ten: readonly Item[]) => Promise<readonly EntryError[]>,
): Promise<readonly EntryError[]> {
  if (items.length <= MOST_ENTRIES) return items.length === 0 ? [] : call(items);
  const calls: Promise<readonly EntryError[]>[] = [];
  for (let from = 0; from < items.length; from += MOST_ENTRIES) {
    calls.push(call(items.slice(from, from + MOST_ENTRIES)));
  }
  return (await Promise.all(calls)).flat();
}
