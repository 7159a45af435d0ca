import type { Delivery, Outgoing, SendResult, SettleResult } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import type {
  CallAnswer,
  CallContext,
  CallName,
  CallParameters,
  LocalQueues,
  QueueSpec,
  ReceiptSettlement,
  TakeOptions,
} from "../engine/port.ts";
import type { Election } from "./election.ts";

/** Where the queues are at the moment. */
type Found = Pick<Election, "owned" | "link" | "keepAlive" | "queues">;

/**
 * One user's hold on the queues of a directory, whichever process owns them: the engine where it is this
 * one, the link to it else. Closing it closes nothing for the others.
 */
export class SharedQueues implements LocalQueues {
  readonly #election: Found;
  readonly #release: () => Promise<void>;
  #closing: Promise<void> | undefined;

  constructor(election: Found, release: () => Promise<void>) {
    this.#election = election;
    this.#release = release;
  }

  async declare(specs: readonly QueueSpec[]): Promise<void> {
    return (await this.#queues()).declare(specs);
  }

  async list(): Promise<readonly QueueSpec[]> {
    return (await this.#queues()).list();
  }

  send(queue: string, messages: readonly Outgoing[]): Promise<readonly SendResult[]> {
    if (this.#closing !== undefined) return closed();
    return this.#election.queues().send(queue, messages);
  }

  take(queue: string, options: TakeOptions, signal?: AbortSignal): Promise<readonly Delivery[]> {
    if (this.#closing !== undefined) return closed();
    const { owned, link, keepAlive } = this.#election;
    if (owned === undefined) return this.#election.queues().take(queue, options, signal);
    // What is on loan to this process comes back at once when it dies, as for any other.
    const origin = { session: link.session, request: link.nextNumber() };
    const taken = owned.take(queue, options, signal, origin);
    if (options.waitMs === 0) return taken;
    keepAlive.hold();
    return taken
      .catch((error) => {
        // A wait that ends because the store is given up here has found nothing, and no fault.
        if (this.#election.owned === owned) throw error;
        return [];
      })
      .finally(() => keepAlive.release());
  }

  settle(
    queue: string,
    settlements: readonly ReceiptSettlement[],
  ): Promise<readonly SettleResult[]> {
    if (this.#closing !== undefined) return closed();
    return this.#election.queues().settle(queue, settlements);
  }

  extend(
    queue: string,
    receipts: readonly string[],
    leaseMs: number,
  ): Promise<readonly SettleResult[]> {
    if (this.#closing !== undefined) return closed();
    return this.#election.queues().extend(queue, receipts, leaseMs);
  }

  async call<Name extends CallName>(
    queue: string,
    name: Name,
    parameters: CallParameters<Name>,
    context?: CallContext,
  ): Promise<CallAnswer<Name>> {
    return (await this.#queues()).call(queue, name, parameters, context);
  }

  close(): Promise<void> {
    this.#closing ??= this.#release();
    return this.#closing;
  }

  async #queues(): Promise<LocalQueues> {
    return this.#closing === undefined ? this.#election.queues() : closed();
  }
}

function closed(): Promise<never> {
  return Promise.reject(
    new AlienError("CLOSED", "these local queues were closed", {
      fix: "Close them after their last use.",
    }),
  );
}
