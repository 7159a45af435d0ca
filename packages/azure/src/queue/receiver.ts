import type { Delivery, Receiver, Settlement, SettleResult } from "@alienplatform/bindings";
import type { ServiceBusReceivedMessage } from "@azure/service-bus";
import type { ServiceBusConnection } from "../client.ts";
import { translate } from "../errors.ts";
import { Lending, type LendingOptions } from "./lending.ts";
import { toReceived } from "./message.ts";
import { type Arrival, ReceiverLink } from "./receiver-link.ts";
import { settle } from "./settler.ts";
import { WaitingLink } from "./waiting-link.ts";

/** How long a link goes on asking for a message that nobody waits for: consumers wait again at once. */
const UNCLAIMED_MS = 1_000;

export interface ReceiverOptions extends Omit<LendingOptions, "onEnd"> {
  readonly connection: ServiceBusConnection;
  /** The queue's name in its namespace. */
  readonly path: string;
  readonly leaseMs: number;
  /** How long Service Bus is given to hand out what is already there. */
  readonly glanceMs: number;
  /** Waits for the network. */
  readonly pause: (ms: number) => Promise<void>;
}

/**
 * Takes messages of a queue without sessions. A link receives for one call at a time, so calls that overlap have
 * a link each; those that are idle are used again. A wait that ends leaves its link asking for the next one, so that
 * a consumer who waits for ever costs nothing.
 */
export class ServiceBusQueueReceiver implements Receiver {
  readonly #given: ReceiverOptions;
  readonly #lending: Lending;
  readonly #idle: ReceiverLink[] = [];
  /** Links that nobody waits for, and what ends each. */
  readonly #unclaimed = new Map<WaitingLink, () => void>();
  #closed = false;

  constructor(options: ReceiverOptions) {
    this.#given = options;
    this.#lending = new Lending({ ...options, onEnd: () => undefined });
  }

  async take(max: number, waitMs: number, signal?: AbortSignal): Promise<readonly Delivery[]> {
    if (this.#closed || signal?.aborted) return [];
    const until = this.#given.clock.now() + waitMs;
    try {
      const waiting = waitMs > 0 ? this.#claim() : undefined;
      if (waiting !== undefined) return await this.#waitFor(waiting, until, signal);
      const there = await this.#look(max);
      if (there.length > 0 || waitMs === 0 || signal?.aborted) return there;
      return await this.#waitFor(new WaitingLink(await this.#free()), until, signal);
    } catch (error) {
      throw translate(error, this.#given.queue);
    }
  }

  settle(batch: readonly Settlement[]): Promise<readonly SettleResult[]> {
    return this.#lending.settle(batch);
  }

  extend(deliveries: readonly Delivery[], leaseMs: number): Promise<readonly SettleResult[]> {
    return this.#lending.extend(deliveries, leaseMs);
  }

  /** Gives back what came and nobody took. What is on loan stays locked. */
  async close(): Promise<void> {
    this.#closed = true;
    const links = this.#idle.splice(0);
    const closing = links.map((link) => link.close());
    await Promise.all([this.#endUnclaimed().then(this.#release), ...closing]);
  }

  /** The connection goes: what is on loan stays locked for as long as its lock lasts. */
  async stop(): Promise<void> {
    this.#lending.stop();
  }

  /** What is there now, of which a link that nobody waits for may have one. */
  async #look(max: number): Promise<readonly Delivery[]> {
    const { clock, glanceMs } = this.#given;
    const lookedAt = clock.now();
    const came = this.#unclaimed.size === 0 ? [] : await this.#endUnclaimed();
    if (came.length >= max) return this.#lend(came, lookedAt);
    try {
      const there = await this.#receive(max - came.length, glanceMs);
      return this.#lend([...came, ...there], lookedAt);
    } catch (error) {
      if (came.length === 0) throw error;
      return this.#lend(came, lookedAt);
    }
  }

  async #receive(max: number, maxWaitMs: number): Promise<readonly Arrival[]> {
    const link = await this.#free();
    try {
      const arrivals = await link.receive(max, maxWaitMs);
      this.#putBack(link);
      return arrivals;
    } catch (error) {
      await link.close();
      throw error;
    }
  }

  /** The next message, or none when the time is over or the signal aborts. */
  async #waitFor(
    waiting: WaitingLink,
    until: number,
    signal: AbortSignal | undefined,
  ): Promise<readonly Delivery[]> {
    const { clock } = this.#given;
    let end: () => void = () => undefined;
    const over = new Promise<"over">((resolve) => {
      end = () => resolve("over");
    });
    const cancel = clock.schedule(until - clock.now(), end);
    signal?.addEventListener("abort", end, { once: true });
    try {
      const arrival = await Promise.race([waiting.next, over]);
      if (arrival === "over") {
        this.#leave(waiting);
        return [];
      }
      this.#putBack(waiting.link);
      return arrival === undefined ? [] : this.#lend([arrival], clock.now());
    } finally {
      cancel();
      signal?.removeEventListener("abort", end);
    }
  }

  #claim(): WaitingLink | undefined {
    for (const [waiting, cancel] of this.#unclaimed) {
      cancel();
      this.#unclaimed.delete(waiting);
      return waiting;
    }
    return undefined;
  }

  /** Nobody waits for this link's message any more; the next one who waits may have it. */
  #leave(waiting: WaitingLink): void {
    const end = () => void this.#end(waiting).then(this.#release);
    if (this.#closed) {
      end();
      return;
    }
    this.#unclaimed.set(waiting, this.#given.clock.schedule(UNCLAIMED_MS, end));
    waiting.next.then(
      (arrival) => {
        if (this.#unclaimed.get(waiting) === undefined || arrival === undefined) return;
        this.#forget(waiting);
        this.#putBack(waiting.link);
        void this.#release([arrival]);
      },
      () => this.#forget(waiting),
    );
  }

  async #endUnclaimed(): Promise<Arrival[]> {
    const came = await Promise.all([...this.#unclaimed.keys()].map((one) => this.#end(one)));
    return came.flat();
  }

  async #end(waiting: WaitingLink): Promise<Arrival[]> {
    this.#forget(waiting);
    const arrival = await waiting.close();
    return arrival === undefined ? [] : [arrival];
  }

  #forget(waiting: WaitingLink): void {
    this.#unclaimed.get(waiting)?.();
    this.#unclaimed.delete(waiting);
  }

  readonly #release = async (arrivals: readonly Arrival[]): Promise<void> => {
    const released = arrivals.map(({ message, link }) => {
      const received = toReceived(message, this.#given.queue);
      return settle(received, { kind: "release" }, link.settling, this.#given);
    });
    await Promise.allSettled(released); // or their locks end
  };

  #lend(arrivals: readonly Arrival[], lockedAt: number): readonly Delivery[] {
    const { lockMs, leaseMs } = this.#given;
    return arrivals.map(({ message, link }) => {
      const lock = { receiver: link.settling, renew: () => this.#renew(message) };
      const received = toReceived(message, this.#given.queue);
      return this.#lending.lend(received, lock, lockedAt + lockMs, lockedAt + leaseMs);
    });
  }

  async #renew(message: ServiceBusReceivedMessage): Promise<void> {
    const { connection, path } = this.#given;
    const connected = await connection.connected();
    await connected.answer(() => connected.unlinked(path).renewMessageLock(message));
  }

  async #free(): Promise<ReceiverLink> {
    for (let link = this.#idle.pop(); link !== undefined; link = this.#idle.pop()) {
      if (!link.isClosed) return link;
      void link.close();
    }
    const { connection, path } = this.#given;
    return ReceiverLink.on(connection, path);
  }

  #putBack(link: ReceiverLink): void {
    if (this.#closed || link.isClosed) void link.close();
    else this.#idle.push(link);
  }
}
