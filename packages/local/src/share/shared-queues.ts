import type {
  DeadLetter,
  Delivery,
  Outgoing,
  PeekedMessage,
  PeekOptions,
  QueueStats,
  SendResult,
  SettleResult,
} from "@alienplatform/bindings";
import type { LocalQueues, QueueSpec, ReceiptSettlement, TakeOptions } from "../engine/port.ts";
import { Election, type ElectionOptions } from "./election.ts";

/** The queues of a directory, whichever process owns them: the engine where it is this one, a link to it else. */
export class SharedQueues implements LocalQueues {
  readonly #election: Election;

  constructor(options: ElectionOptions) {
    this.#election = new Election(options);
  }

  declare(specs: readonly QueueSpec[]): Promise<void> {
    return this.#queues().declare(specs);
  }

  list(): Promise<readonly QueueSpec[]> {
    return this.#queues().list();
  }

  send(queue: string, messages: readonly Outgoing[]): Promise<readonly SendResult[]> {
    return this.#queues().send(queue, messages);
  }

  take(queue: string, options: TakeOptions, signal?: AbortSignal): Promise<readonly Delivery[]> {
    const { owned, link, keepAlive } = this.#election;
    if (owned === undefined) return this.#election.linked().take(queue, options, signal);
    // What is on loan to this process comes back at once when it dies, as for any other.
    const origin = { session: link.session, request: link.nextNumber() };
    const taken = owned.take(queue, options, signal, origin);
    if (options.waitMs === 0) return taken;
    keepAlive.hold();
    return taken.finally(() => keepAlive.release());
  }

  settle(
    queue: string,
    settlements: readonly ReceiptSettlement[],
  ): Promise<readonly SettleResult[]> {
    return this.#queues().settle(queue, settlements);
  }

  extend(
    queue: string,
    receipts: readonly string[],
    leaseMs: number,
  ): Promise<readonly SettleResult[]> {
    return this.#queues().extend(queue, receipts, leaseMs);
  }

  stats(queue: string): Promise<QueueStats> {
    return this.#queues().stats(queue);
  }

  peek(queue: string, options: PeekOptions): Promise<readonly PeekedMessage[]> {
    return this.#queues().peek(queue, options);
  }

  purge(queue: string): Promise<number> {
    return this.#queues().purge(queue);
  }

  deadLetters(queue: string, options: PeekOptions): Promise<readonly DeadLetter[]> {
    return this.#queues().deadLetters(queue, options);
  }

  redrive(queue: string, ids: readonly string[]): Promise<readonly SettleResult[]> {
    return this.#queues().redrive(queue, ids);
  }

  discard(queue: string, ids: readonly string[]): Promise<readonly SettleResult[]> {
    return this.#queues().discard(queue, ids);
  }

  /** Leaves in good order; a later request starts anew. */
  close(): Promise<void> {
    return this.#election.leave();
  }

  /** Whether there is nothing to close. */
  get idle(): boolean {
    return this.#election.idle;
  }

  #queues(): LocalQueues {
    return this.#election.owned ?? this.#election.linked();
  }
}
