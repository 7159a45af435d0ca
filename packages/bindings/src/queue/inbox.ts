import { AlienError } from "@alienplatform/core";
import type { Clock } from "../clock.ts";
import type { Sink } from "./batcher.ts";
import type { QueueOptions } from "./binding.ts";
import { decode } from "./decode.ts";
import { Deferred } from "./deferred.ts";
import type { Delivery, Outcome, QueueDriver, Receiver, SettleResult } from "./driver.ts";
import { GroupSink } from "./group-sink.ts";
import { Loans } from "./loans.ts";
import type { ReceivedMessage } from "./message.ts";
import { outcomeSize } from "./outcome-size.ts";
import type { Schema } from "./schema.ts";
import { toReceived } from "./to-message.ts";

export interface InboxOptions {
  readonly driver: QueueDriver;
  readonly queue: string;
  readonly options: QueueOptions;
  readonly schema: Schema | undefined;
  readonly clock: Clock;
  readonly random: () => number;
}

/** The receiving half of a client: one receiver per lease length, and what each has lent out. */
export class Inbox {
  readonly #given: InboxOptions;
  readonly #opening = new Map<number, Promise<Loans>>();
  readonly #opened: Loans[] = [];
  /** Ends the takes that wait. */
  readonly #waits = new Set<() => void>();
  #receiving = 0;
  #closing = false;
  #onIdle: () => void = () => undefined;

  constructor(options: InboxOptions) {
    this.#given = options;
  }

  /** Waits for the first message only; then takes what is there, in as many takes as the platform needs. */
  async receive(
    max: number,
    waitMs: number,
    leaseMs: number,
    signal: AbortSignal | undefined,
  ): Promise<ReceivedMessage[]> {
    this.#receiving++;
    try {
      const messages = await this.#receive(max, waitMs, leaseMs, signal);
      if (!this.#closing) return messages;
      // Nobody could settle them any more: they go back uncounted.
      await Promise.all(messages.map((message) => this.settle(message.receiptHandle, released)));
      return [];
    } finally {
      if (--this.#receiving === 0) this.#onIdle();
    }
  }

  async #receive(
    max: number,
    waitMs: number,
    leaseMs: number,
    signal: AbortSignal | undefined,
  ): Promise<ReceivedMessage[]> {
    const { driver, clock } = this.#given;
    const loans = await this.#loans(leaseMs);
    const until = clock.now() + waitMs;
    const messages: ReceivedMessage[] = [];
    while (messages.length < max && !signal?.aborted && !this.#closing) {
      const asked = Math.min(max - messages.length, driver.capabilities.max.receive);
      const patience = messages.length === 0 ? Math.max(0, until - clock.now()) : 0;
      const deliveries = await this.#take(loans.receiver, asked, patience, signal).catch(
        (error) => {
          // What has been taken is on loan and must be handed over; the next call tells what is wrong.
          if (messages.length === 0) throw error;
          return [];
        },
      );
      if (deliveries.length === 0) break;
      loans.turn();
      for (const delivery of deliveries) {
        const message = this.#hand(delivery, loans);
        const ready = message instanceof Promise ? await message : message;
        if (ready !== undefined) messages.push(ready);
      }
      // A short answer is all there is; asking again would only cost a call.
      if (deliveries.length < asked && messages.length > 0) break;
    }
    return messages;
  }

  /** A wait ends with the signal or with the client, which does not depend on the driver to notice. */
  async #take(
    receiver: Receiver,
    max: number,
    waitMs: number,
    signal: AbortSignal | undefined,
  ): Promise<readonly Delivery[]> {
    if (waitMs === 0) return receiver.take(max, 0, signal);
    const stop = new AbortController();
    const abort = () => stop.abort();
    signal?.addEventListener("abort", abort, { once: true });
    const taking = receiver.take(max, waitMs, stop.signal);
    let end: () => void = () => undefined;
    const closed = new Promise<readonly Delivery[]>((resolve) => {
      end = () => {
        abort();
        resolve([]);
        void taking.then((late) => giveBack(receiver, late)).catch(() => undefined); // or their lease ends
      };
    });
    this.#waits.add(end);
    try {
      return await Promise.race([taking, closed]);
    } finally {
      this.#waits.delete(end);
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Settles one receipt; a promise per call is all it costs. */
  settle(receipt: string, outcomeOf: (delivery: Delivery) => Outcome): Promise<void> {
    const sink = new SettledSink();
    const home = this.#homeOf(receipt) ?? this.#opened[0];
    if (home === undefined) return this.#settleForeign(receipt, outcomeOf, sink);
    settleWith(home, receipt, outcomeOf, sink, 0);
    return sink.promise;
  }

  /** One result per receipt, in order. */
  async ackAll(receipts: readonly string[]): Promise<readonly SettleResult[]> {
    const sink = new GroupSink<SettleResult>(receipts.length);
    const home = this.#opened[0] ?? (await this.#loans(this.#given.options.leaseMs));
    for (let index = 0; index < receipts.length; index++) {
      const receipt = receipts[index] as string; // the index is below the length
      settleWith(this.#homeOf(receipt) ?? home, receipt, acked, sink, index);
    }
    return sink.promise;
  }

  async extend(receipt: string, leaseMs: number): Promise<void> {
    const loans = this.#homeOf(receipt) ?? (await this.#loans(this.#given.options.leaseMs));
    const delivery = loans.find(receipt) ?? foreign(receipt);
    const [result] = await loans.receiver.extend([delivery], leaseMs);
    if (result === undefined) throw new AlienError("DRIVER_FAILED", "the driver gave no result");
    if (!result.ok) throw result.error;
    loans.turn();
    loans.add(delivery);
  }

  /** Ends what waits, gives back what nobody can settle any more, and waits for the settlements under way. */
  async close(): Promise<void> {
    this.#closing = true;
    for (const end of this.#waits) end();
    if (this.#receiving > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
    const opened = await Promise.allSettled(this.#opening.values());
    for (const result of opened) {
      if (result.status === "rejected") continue; // whoever asked for it was told
      await result.value.settlements.idle();
      await result.value.receiver.close();
    }
  }

  /** Who lent it out, where this process remembers. */
  #homeOf(receipt: string): Loans | undefined {
    for (const loans of this.#opened) if (loans.find(receipt) !== undefined) return loans;
    return undefined;
  }

  async #settleForeign(
    receipt: string,
    outcomeOf: (delivery: Delivery) => Outcome,
    sink: SettledSink,
  ): Promise<void> {
    settleWith(await this.#loans(this.#given.options.leaseMs), receipt, outcomeOf, sink, 0);
    return sink.promise;
  }

  #hand(
    delivery: Delivery,
    loans: Loans,
  ): ReceivedMessage | undefined | Promise<ReceivedMessage | undefined> {
    const { queue, schema } = this.#given;
    const decoded = decode(delivery, schema);
    loans.add(delivery);
    if (!(decoded instanceof Promise) && decoded.ok) {
      return toReceived(queue, delivery, decoded.payload);
    }
    return this.#handSlowly(delivery, decoded);
  }

  /** What cannot be decoded goes to the dead letters at once, so that nobody receives it for ever. */
  async #handSlowly(
    delivery: Delivery,
    decoding: ReturnType<typeof decode>,
  ): Promise<ReceivedMessage | undefined> {
    const decoded = await decoding;
    if (decoded.ok) return toReceived(this.#given.queue, delivery, decoded.payload);
    const { error } = decoded;
    // Where that fails it comes back when its lease ends; those taken with it are handed over all the same.
    await this.settle(delivery.receipt, () => ({ kind: "deadLetter", error })).catch(
      () => undefined,
    );
    return undefined;
  }

  #loans(leaseMs: number): Promise<Loans> {
    const known = this.#opening.get(leaseMs);
    if (known !== undefined) return known;
    const opening = this.#open(leaseMs);
    this.#opening.set(leaseMs, opening);
    // A failed open is not kept: the next call tries again.
    opening.catch(() => this.#opening.delete(leaseMs));
    return opening;
  }

  async #open(leaseMs: number): Promise<Loans> {
    const { driver, clock, random } = this.#given;
    const { capabilities } = driver;
    const receiver = await driver.open({ credit: capabilities.max.receive, leaseMs });
    const loans = new Loans({ receiver, capabilities, leaseMs, clock, random });
    this.#opened.push(loans);
    return loans;
  }
}

const ACK: Outcome = { kind: "ack" };
export const acked = (): Outcome => ACK;

const RELEASE: Outcome = { kind: "release" };
const released = (): Outcome => RELEASE;

async function giveBack(receiver: Receiver, deliveries: readonly Delivery[]): Promise<void> {
  if (deliveries.length === 0) return;
  await receiver.settle(deliveries.map((delivery) => ({ delivery, outcome: RELEASE })));
}

function settleWith(
  loans: Loans,
  receipt: string,
  outcomeOf: (delivery: Delivery) => Outcome,
  sink: Sink<SettleResult>,
  position: number,
): void {
  const delivery = loans.find(receipt) ?? foreign(receipt);
  const outcome = outcomeOf(delivery);
  loans.settlements.add({ delivery, outcome }, outcomeSize(outcome), sink, position);
}

class SettledSink extends Deferred<void> implements Sink<SettleResult> {
  settle(_position: number, result: SettleResult): void {
    if (result.ok) this.resolve();
    else this.reject(result.error);
  }
}

/** A receipt that this process did not receive, or has settled: the platform knows what it is worth. */
function foreign(receipt: string): Delivery {
  return { id: "", receipt, body: "", headers: { kind: "text" }, attempt: 1, sentAt: 0 };
}
