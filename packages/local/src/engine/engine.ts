import type {
  Clock,
  DeadLetter,
  Delivery,
  Outgoing,
  PeekedMessage,
  PeekOptions,
  QueueStats,
  SendResult,
  SettleResult,
} from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import { damaged, isCorruption } from "../store/damage.ts";
import type { Storage } from "../store/storage.ts";
import { Catalog } from "./catalog.ts";
import { Commit } from "./commit.ts";
import { table, tableRange } from "./keys.ts";
import type { Lease } from "./lease.ts";
import { openStore } from "./opening.ts";
import type { LocalQueues, Origin, QueueSpec, ReceiptSettlement, TakeOptions } from "./port.ts";
import type { LocalQueue, StoreParts } from "./queue.ts";
import { clearPurged } from "./recovery.ts";
import { SessionBook } from "./sessions.ts";
import { type Random, TokenSource } from "./token.ts";
import { WindowBudget } from "./window.ts";

export interface EngineOptions {
  /** Not open yet; the engine opens and closes it. */
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  /** "power": on the disk before a promise resolves. "process": survives the process, not the power. */
  readonly durability: "power" | "process";
  /** How long after opening the sessions of before may come back to what they have on loan. */
  readonly graceMs?: number;
  /** Bytes of segments kept in memory. */
  readonly windowBytes?: number;
}

const GRACE_MS = 1_500;
const WINDOW_BYTES = 32 * 1024 * 1024;

/** The local queues in this process, which owns their store. */
export class Engine implements LocalQueues {
  /** Raised at each opening of the store: a reply of a lower term comes from an owner that is no more. */
  readonly term: number;
  readonly #store: StoreParts;
  readonly #catalog: Catalog;
  readonly #sessions: SessionBook;
  readonly #attached = new Set<string>();
  #cancelGrace: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  private constructor(term: number, store: StoreParts, catalog: Catalog, sessions: SessionBook) {
    this.term = term;
    this.#store = store;
    this.#catalog = catalog;
    this.#sessions = sessions;
    store.commit.onFailure = (error) => {
      for (const queue of catalog.queues()) queue.close(error);
    };
  }

  /** Opens the store and brings back what was in flight: work for that, whatever the backlog. */
  static async open(options: EngineOptions): Promise<Engine> {
    const { storage, clock } = options;
    await storage.open();
    try {
      const { term, commits } = await openStore(storage);
      const commit = new Commit(storage, { sync: options.durability === "power", count: commits });
      const store: StoreParts = {
        storage,
        commit,
        clock,
        tokens: new TokenSource(options.random),
        budget: new WindowBudget(options.windowBytes ?? WINDOW_BYTES),
      };
      const catalog = await Catalog.read(store);
      const sessions = new SessionBook(commit);
      for (const [key, row] of await storage.rows(tableRange(table.session), 100_000)) {
        sessions.restore(key, row, clock.now());
      }
      const engine = new Engine(term, store, catalog, sessions);
      engine.#awaitSessions(options.graceMs ?? GRACE_MS);
      clearPurged(storage).catch((error) => commit.fail(error));
      return engine;
    } catch (error) {
      await storage.close();
      throw isCorruption(error) ? damaged("a row cannot be read", error) : error;
    }
  }

  declare(specs: readonly QueueSpec[]): Promise<void> {
    return this.#attempt(async () => {
      this.#catalog.declare(specs);
      await this.#store.commit.durable();
    });
  }

  async list(): Promise<readonly QueueSpec[]> {
    return this.#catalog.queues().map(({ spec }) => spec);
  }

  send(
    queue: string,
    messages: readonly Outgoing[],
    origin?: Origin,
  ): Promise<readonly SendResult[]> {
    return this.#attempt(() => {
      const target = this.#catalog.find(queue);
      if (this.#isNew(origin)) target.send(messages);
      return this.#store.commit
        .durable()
        .then(() => messages.map(({ id }) => ({ ok: true, id, deduplicated: false })));
    });
  }

  take(
    queue: string,
    options: TakeOptions,
    signal?: AbortSignal,
    origin?: Origin,
  ): Promise<readonly Delivery[]> {
    return this.#attempt(() => {
      if (signal?.aborted === true) return Promise.resolve([]);
      if (origin !== undefined) this.#attached.add(origin.session);
      return this.#catalog.find(queue).take(options, signal, origin);
    });
  }

  settle(
    queue: string,
    settlements: readonly ReceiptSettlement[],
    origin?: Origin,
  ): Promise<readonly SettleResult[]> {
    return this.#attempt(() => {
      const target = this.#catalog.find(queue);
      const results = this.#isNew(origin)
        ? target.settle(settlements)
        : settlements.map((): SettleResult => ({ ok: true, applied: true }));
      return this.#store.commit.durable().then(() => results);
    });
  }

  extend(
    queue: string,
    receipts: readonly string[],
    leaseMs: number,
  ): Promise<readonly SettleResult[]> {
    return this.#attempt(() => {
      const results = this.#catalog.find(queue).extend(receipts, leaseMs);
      return this.#store.commit.durable().then(() => results);
    });
  }

  stats(queue: string): Promise<QueueStats> {
    return this.#attempt(() => this.#catalog.find(queue).stats());
  }

  peek(queue: string, options: PeekOptions): Promise<readonly PeekedMessage[]> {
    return this.#attempt(() => this.#catalog.find(queue).peek(options));
  }

  purge(queue: string): Promise<number> {
    return this.#attempt(async () => {
      const target = this.#catalog.find(queue);
      const removed = await this.#store.commit.alone(() => target.purge());
      await clearPurged(this.#store.storage);
      return removed;
    });
  }

  deadLetters(queue: string, options: PeekOptions): Promise<readonly DeadLetter[]> {
    return this.#attempt(() => this.#catalog.find(queue).deadLetters(options));
  }

  redrive(queue: string, ids: readonly string[]): Promise<readonly SettleResult[]> {
    return this.#attempt(() => {
      const target = this.#catalog.find(queue);
      return this.#store.commit.alone(() => target.redrive(ids));
    });
  }

  discard(queue: string, ids: readonly string[]): Promise<readonly SettleResult[]> {
    return this.#attempt(() => {
      const target = this.#catalog.find(queue);
      return this.#store.commit.alone(() => target.discard(ids));
    });
  }

  /** A process is here, maybe again: what it has on loan stays with it. */
  attachSession(session: string): void {
    this.#attached.add(session);
  }

  /** A process is gone: what it had on loan is ready again at once, or, after a clean end, can be settled by anybody. */
  endSession(session: string, options: { readonly clean?: boolean } = {}): Promise<void> {
    return this.#attempt(() => {
      this.#attached.delete(session);
      const clean = options.clean === true;
      for (const queue of this.#catalog.queues()) {
        const leases = queue.parts.leases.ofSession(session);
        if (clean) queue.leaveSession(leases);
        else this.#endLeases(queue, leases);
      }
      if (clean) this.#sessions.forget(session);
      return this.#store.commit.durable();
    });
  }

  #endLeases(queue: LocalQueue, leases: readonly Lease[]): void {
    if (leases.length > 0) queue.endLeases(leases);
  }

  /** Sessions of before the opening that do not come back in time died with the last owner. */
  #awaitSessions(graceMs: number): void {
    this.#cancelGrace = this.#store.clock.schedule(graceMs, () => {
      if (this.#store.commit.failure !== undefined) return;
      for (const queue of this.#catalog.queues()) {
        const { leases } = queue.parts;
        for (const session of this.#catalog.inheritedSessions) {
          if (!this.#attached.has(session)) this.#endLeases(queue, leases.ofSession(session));
        }
      }
    });
  }

  #isNew(origin: Origin | undefined): boolean {
    if (origin === undefined) return true;
    this.#attached.add(origin.session);
    return this.#sessions.apply(origin, this.#store.clock.now());
  }

  /** Runs a step, unless nothing can be done any more; what it throws is the answer. */
  #attempt<Result>(step: () => Promise<Result>): Promise<Result> {
    if (this.#closing !== undefined) return Promise.reject(closedError());
    if (this.#store.commit.failure !== undefined) return Promise.reject(this.#store.commit.failure);
    try {
      return step();
    } catch (error) {
      return Promise.reject(error);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#cancelGrace?.();
    for (const queue of this.#catalog.queues()) queue.close(closedError());
    await this.#store.commit.close();
    await this.#store.storage.close();
  }
}

function closedError(): AlienError {
  return new AlienError("CLOSED", "the local queues were closed", {
    fix: "Close them after their last use.",
  });
}
