import { AlienError, formatDuration } from "@alienplatform/core";
import type { Clock } from "../clock.ts";
import type { Sink } from "./batcher.ts";
import type { QueueOptions } from "./binding.ts";
import { overBudget } from "./budget.ts";
import { decode } from "./decode.ts";
import { Deferred } from "./deferred.ts";
import type { Delivery, Outcome, QueueDriver, Receiver, SettleResult } from "./driver.ts";
import { GroupSink } from "./group-sink.ts";
import { JsonText } from "./json-text.ts";
import { foreign, Loans } from "./loans.ts";
import type { ReceivedMessage } from "./message.ts";
import type { Schema } from "./schema.ts";
import { type ReceiveWatch, type Telemetry, watched } from "./telemetry.ts";
import { toReceived } from "./to-message.ts";

export interface InboxOptions {
  readonly driver: QueueDriver;
  readonly queue: string;
  readonly options: QueueOptions;
  readonly schema: Schema | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly telemetry: Telemetry | undefined;
}

/** What is to be received. */
export interface Wanted {
  readonly max: number;
  readonly waitMs: number;
  readonly leaseMs: number;
  /** Whether JSON is given as its own text. */
  readonly asText: boolean;
  readonly signal: AbortSignal | undefined;
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
  async receive(wanted: Wanted): Promise<ReceivedMessage[]> {
    this.#receiving++;
    try {
      const watch = this.#given.telemetry?.receive();
      const receiving = this.#receive(wanted, watch);
      const messages = await (watch === undefined ? receiving : watched(receiving, watch));
      if (!this.#closing) return messages;
      // Nobody could settle them any more: they go back uncounted.
      await Promise.all(messages.map((message) => this.settle(message.receiptHandle, released)));
      return [];
    } finally {
      if (--this.#receiving === 0) this.#onIdle();
    }
  }

  async #receive(
    { max, waitMs, leaseMs, asText, signal }: Wanted,
    watch: ReceiveWatch | undefined,
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
        const message = this.#hand(delivery, loans, asText);
        const ready = message instanceof Promise ? await message : message;
        if (ready === undefined) continue;
        messages.push(ready);
        watch?.took(delivery);
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
    home.settle(receipt, outcomeOf, sink, 0);
    return sink.promise;
  }

  /** One result per receipt, in order. */
  async ackAll(receipts: readonly string[]): Promise<readonly SettleResult[]> {
    const sink = new GroupSink<SettleResult>(receipts.length);
    const home = this.#opened[0] ?? (await this.#loans(this.#given.options.leaseMs));
    for (let index = 0; index < receipts.length; index++) {
      const receipt = receipts[index] as string; // the index is below the length
      (this.#homeOf(receipt) ?? home).settle(receipt, acked, sink, index);
    }
    return sink.promise;
  }

  async extend(receipt: string, leaseMs: number): Promise<void> {
    const loans = this.#homeOf(receipt) ?? (await this.#loans(this.#given.options.leaseMs));
    const delivery = loans.find(receipt) ?? foreign(receipt);
    const { leaseMaxMs } = this.#given.driver.capabilities;
    const [result] = await loans.receiver.extend([delivery], Math.min(leaseMs, leaseMaxMs));
    if (result === undefined) throw new AlienError("DRIVER_FAILED", "the driver gave no result");
    if (!result.ok) throw result.error;
    loans.turn();
    loans.add(delivery, leaseMs);
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
      await result.value.close();
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
    const loans = await this.#loans(this.#given.options.leaseMs);
    loans.settle(receipt, outcomeOf, sink, 0);
    return sink.promise;
  }

  #hand(
    delivery: Delivery,
    loans: Loans,
    asText: boolean,
  ): ReceivedMessage | undefined | Promise<ReceivedMessage | undefined> {
    const { queue, schema, options } = this.#given;
    const spent = overBudget(delivery, options);
    if (spent !== undefined) {
      loans.add(delivery);
      return this.#bury(delivery, spent);
    }
    const decoded = decode(delivery, schema);
    loans.add(delivery);
    if (!(decoded instanceof Promise) && decoded.ok) {
      return toReceived(queue, delivery, asText ? textOf(delivery) : decoded.payload);
    }
    return this.#handSlowly(delivery, decoded, asText);
  }

  /** What cannot be decoded goes to the dead letters at once, so that nobody receives it for ever. */
  async #handSlowly(
    delivery: Delivery,
    decoding: ReturnType<typeof decode>,
    asText: boolean,
  ): Promise<ReceivedMessage | undefined> {
    const decoded = await decoding;
    if (decoded.ok) {
      const payload = asText ? textOf(delivery) : decoded.payload;
      return toReceived(this.#given.queue, delivery, payload);
    }
    const { error } = decoded;
    this.#given.telemetry?.refused(error);
    return this.#bury(delivery, { kind: "deadLetter", error });
  }

  /** Where that fails it comes back when its lease ends; those taken with it are handed over all the same. */
  async #bury(delivery: Delivery, outcome: Outcome): Promise<undefined> {
    await this.settle(delivery.receipt, () => outcome).catch(() => undefined);
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
    const { driver, queue, options, clock, random } = this.#given;
    const { capabilities } = driver;
    const { leaseMaxMs, extend, service, max } = capabilities;
    if (leaseMs > leaseMaxMs && !extend) throw tooLong(queue, service, leaseMaxMs);
    const own = Math.min(leaseMs, leaseMaxMs);
    const receiver = await driver.open({ credit: max.receive, leaseMs: own });
    const given = { receiver, capabilities, queue, options, leaseMs, clock, random };
    const loans = new Loans(given);
    this.#opened.push(loans);
    return loans;
  }
}

const ACK: Outcome = { kind: "ack" };
export const acked = (): Outcome => ACK;

const RELEASE: Outcome = { kind: "release" };
const released = (): Outcome => RELEASE;

function tooLong(queue: string, service: string, leaseMaxMs: number): AlienError {
  const longest = formatDuration(leaseMaxMs);
  const text = `queue "${queue}" is on ${service}, which lends for at most ${longest} and cannot extend`;
  return new AlienError("UNSUPPORTED", text, {
    fix: `Use a lease of at most ${longest}.`,
    details: { option: "lease" },
  });
}

/** The payload letter by letter, of a delivery that is known to be what its kind says. */
function textOf({ body, headers }: Delivery): string | JsonText {
  const text = typeof body === "string" ? body : utf8.decode(body);
  return headers.kind === "json" ? new JsonText(text) : text;
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

async function giveBack(receiver: Receiver, deliveries: readonly Delivery[]): Promise<void> {
  if (deliveries.length === 0) return;
  await receiver.settle(deliveries.map((delivery) => ({ delivery, outcome: RELEASE })));
}

class SettledSink extends Deferred<void> implements Sink<SettleResult> {
  settle(_position: number, result: SettleResult): void {
    if (result.ok) this.resolve();
    else this.reject(result.error);
  }
}
