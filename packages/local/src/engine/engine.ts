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
import { AlienError } from "@alienplatform/core";
import { failureOf, storageFull } from "../store/damage.ts";
import type { Catalog } from "./catalog.ts";
import type { Durability, EngineOptions } from "./options.ts";
import type { LocalQueues, Origin, QueueSpec, ReceiptSettlement, TakeOptions } from "./port.ts";
import type { LocalQueue } from "./queue.ts";
import { clearPurged } from "./recovery.ts";
import type { Holder } from "./sessions.ts";
import { type EngineState, loadState } from "./state.ts";

const GRACE_MS = 1_500;
/** How often a failed store is tried again, and a full disk looked at. */
const RETRY_MS = 1_000;

/** The local queues in this process, which owns their store. */
export class Engine implements LocalQueues {
  /** Raised at each opening of the store: a reply of a lower term comes from an owner that is no more. */
  readonly term: number;
  readonly #options: EngineOptions;
  #state: EngineState;
  readonly #attached = new Set<string>();
  /** Of the attached, those to whom what is acknowledged has to survive the power. */
  readonly #wantingPower = new Set<string>();
  /** Cancels what is planned for later. */
  readonly #plans = new Map<string, () => void>();
  /** The disk is full: nothing new is taken in. */
  #full = false;
  /** Why the store could not be opened again, the last time it was tried. */
  #broken: AlienError | undefined;
  #reopening: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  private constructor(options: EngineOptions, state: EngineState) {
    this.#options = options;
    this.#state = state;
    this.term = state.term;
    this.#settleIn(state);
  }

  /** Opens the store and brings back what was in flight: work for that, whatever the backlog. */
  static async open(options: EngineOptions): Promise<Engine> {
    return new Engine(options, await loadState(options));
  }

  #settleIn(state: EngineState): void {
    state.store.commit.onFailure = (error) => {
      for (const queue of state.catalog.queues()) queue.close(error);
      if (this.#closing !== undefined) return;
      if (error.code === "STORAGE_FULL") this.#startReopening();
      else if (error.retryable) this.#reopenLater();
    };
    this.#chooseSync(state);
    this.#planGrace("grace", () => this.#endAbsent(state));
  }

  /** One that wants its messages on the disk gets it, whoever owns the store. */
  #chooseSync({ store }: EngineState): void {
    store.commit.sync = this.#options.durability === "power" || this.#wantingPower.size > 0;
  }

  #plan(name: string, delayMs: number, run: () => void): void {
    this.#plans.get(name)?.();
    const cancel = this.#options.clock.schedule(delayMs, () => {
      this.#plans.delete(name);
      run();
    });
    this.#plans.set(name, cancel);
  }

  #planGrace(name: string, run: () => void): void {
    this.#plan(name, this.#options.graceMs ?? GRACE_MS, run);
  }

  #reopenLater(): void {
    this.#plan("reopen", RETRY_MS, () => this.#startReopening());
  }

  #startReopening(): void {
    this.#reopening = this.#reopen().finally(() => {
      this.#reopening = undefined;
    });
  }

  /**
   * A failed write has made memory run ahead of the disk. Of a full one, what was kept in reserve is enough to open the
   * store again and to settle; nothing new is taken in until there is space. Damage is the end: each call answers it.
   */
  async #reopen(): Promise<void> {
    const { storage } = this.#options;
    const failure = this.#failure;
    if (failure?.code === "STORAGE_FULL") this.#full = true;
    try {
      await storage.close();
      if (this.#full) await storage.spendReserve();
      this.#state = await loadState(this.#options);
      this.#broken = undefined;
      this.#settleIn(this.#state);
    } catch (error) {
      this.#broken = failureOf(error);
    }
    if (this.#closing !== undefined) return;
    if (this.#broken?.retryable === true) this.#reopenLater();
    else if (this.#broken === undefined && this.#full) this.#lookForSpace();
  }

  /** Why nothing can be done now. */
  get #failure(): AlienError | undefined {
    return this.#broken ?? this.#state.store.commit.failure;
  }

  #lookForSpace(): void {
    this.#plan("space", RETRY_MS, () => {
      if (this.#failure !== undefined) return;
      this.#options.storage.keepReserve().then(
        () => {
          this.#full = false;
        },
        () => this.#lookForSpace(),
      );
    });
  }

  declare(specs: readonly QueueSpec[]): Promise<void> {
    return this.#attempt(async () => {
      this.#state.catalog.declare(specs);
      await this.#state.store.commit.durable();
    });
  }

  async list(): Promise<readonly QueueSpec[]> {
    return this.#state.catalog.queues().map(({ spec }) => spec);
  }

  send(
    queue: string,
    messages: readonly Outgoing[],
    origin?: Origin,
  ): Promise<readonly SendResult[]> {
    return this.#attempt(() => {
      const target = this.#state.catalog.find(queue);
      if (this.#full) throw storageFull();
      const results = target.send(messages, !this.#isNew(origin));
      const { commit } = this.#state.store;
      const durable = commit.durable();
      commit.hurry(messages.length);
      return durable.then(() => results);
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
      return this.#state.catalog.find(queue).take(options, signal, origin);
    });
  }

  settle(
    queue: string,
    settlements: readonly ReceiptSettlement[],
    origin?: Origin,
  ): Promise<readonly SettleResult[]> {
    return this.#attempt(() => {
      const target = this.#state.catalog.find(queue);
      const results = this.#isNew(origin)
        ? target.settle(settlements)
        : settlements.map((): SettleResult => ({ ok: true, applied: true }));
      return this.#state.store.commit.durable().then(() => results);
    });
  }

  extend(
    queue: string,
    receipts: readonly string[],
    leaseMs: number,
  ): Promise<readonly SettleResult[]> {
    return this.#attempt(() => {
      const results = this.#state.catalog.find(queue).extend(receipts, leaseMs);
      return this.#state.store.commit.durable().then(() => results);
    });
  }

  stats(queue: string): Promise<QueueStats> {
    return this.#attempt(() => this.#state.catalog.find(queue).stats());
  }

  peek(queue: string, options: PeekOptions): Promise<readonly PeekedMessage[]> {
    return this.#attempt(() => this.#state.catalog.find(queue).peek(options));
  }

  purge(queue: string): Promise<number> {
    return this.#attempt(async () => {
      const target = this.#state.catalog.find(queue);
      const removed = await this.#state.store.commit.alone(() => target.purge());
      await clearPurged(this.#options.storage);
      return removed;
    });
  }

  deadLetters(queue: string, options: PeekOptions): Promise<readonly DeadLetter[]> {
    return this.#attempt(() => this.#state.catalog.find(queue).deadLetters(options));
  }

  redrive(
    queue: string,
    ids: readonly string[],
    origin?: Origin,
  ): Promise<readonly SettleResult[]> {
    return this.#once(queue, ids, origin, (target) => target.redrive(ids));
  }

  discard(
    queue: string,
    ids: readonly string[],
    origin?: Origin,
  ): Promise<readonly SettleResult[]> {
    return this.#once(queue, ids, origin, (target) => target.discard(ids));
  }

  /** In a commit of its own, and not again for a request that is repeated: that was applied. */
  #once(
    queue: string,
    ids: readonly string[],
    origin: Origin | undefined,
    run: (target: LocalQueue) => Promise<readonly SettleResult[]>,
  ): Promise<readonly SettleResult[]> {
    return this.#attempt(() => {
      const { catalog, sessions, store } = this.#state;
      const target = catalog.find(queue);
      if (origin !== undefined) this.#attached.add(origin.session);
      return store.commit.alone(async () => {
        if (origin === undefined) return run(target);
        if (sessions.wasAppliedAlone(origin)) {
          return ids.map((): SettleResult => ({ ok: true, applied: true }));
        }
        const results = await run(target);
        sessions.appliedAlone(origin, store.clock.now());
        return results;
      });
    });
  }

  /** A process is here, maybe again: what it has on loan stays with it. */
  attachSession(session: string, holder?: Holder, durability?: Durability): void {
    this.#attached.add(session);
    if (durability === "power") this.#wantingPower.add(session);
    this.#chooseSync(this.#state);
    if (holder === undefined || this.#closing !== undefined) return;
    this.#state.sessions.attach(session, holder, this.#state.store.clock.now());
  }

  /**
   * A process is gone: what it had on loan is ready again at once, or, after a clean end, can be settled by anybody.
   * Where only its connection is gone, it has the grace to come back.
   */
  endSession(session: string, options: { readonly clean?: boolean } = {}): Promise<void> {
    return this.#attempt(() => {
      this.#attached.delete(session);
      this.#wantingPower.delete(session);
      this.#chooseSync(this.#state);
      const { catalog, sessions, store } = this.#state;
      if (options.clean === true) {
        for (const queue of catalog.queues())
          queue.leaveSession(queue.parts.leases.ofSession(session));
        sessions.forget(session);
      } else if (sessions.mayReturn(session)) {
        this.#planGrace(`session ${session}`, () => {
          if (!this.#attached.has(session)) this.#endLeases(this.#state, session);
        });
      } else this.#endLeases(this.#state, session);
      return store.commit.durable();
    });
  }

  #endLeases({ store, catalog }: EngineState, session: string): void {
    if (store.commit.failure !== undefined) return;
    try {
      for (const queue of catalog.queues()) {
        const leases = queue.parts.leases.ofSession(session);
        if (leases.length > 0) queue.endLeases(leases);
      }
    } catch (error) {
      // Also called by timers: a damaged row fails the store, not the process.
      store.commit.fail(error);
    }
  }

  /** Sessions of before the opening that did not come back in time and whose process is gone died with the last owner. */
  #endAbsent(state: EngineState): void {
    const { catalog, sessions, store } = state;
    if (store.commit.failure !== undefined) return;
    let expected = false;
    for (const session of catalog.inheritedSessions) {
      if (this.#attached.has(session)) continue;
      // A process that is only busy, or stopped, keeps what it has until its leases end.
      if (!sessions.mayReturn(session)) this.#endLeases(state, session);
      else if (hasLeases(catalog, session)) expected = true;
    }
    if (expected) this.#planGrace("grace", () => this.#endAbsent(state));
  }

  #isNew(origin: Origin | undefined): boolean {
    if (origin === undefined) return true;
    this.#attached.add(origin.session);
    return this.#state.sessions.apply(origin, this.#state.store.clock.now());
  }

  /** Runs a step, unless nothing can be done any more; what it throws is the answer. */
  #attempt<Result>(step: () => Promise<Result>): Promise<Result> {
    if (this.#closing !== undefined) return Promise.reject(closedError());
    if (this.#failure !== undefined) {
      // While the store is being opened again it is worth the wait; once.
      if (this.#reopening === undefined) return Promise.reject(this.#failure);
      return this.#reopening.then(() =>
        this.#failure === undefined ? this.#attempt(step) : Promise.reject(this.#failure),
      );
    }
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
    await this.#reopening;
    for (const cancel of this.#plans.values()) cancel();
    for (const queue of this.#state.catalog.queues()) queue.close(closedError());
    await this.#state.store.commit.close();
    await this.#options.storage.close();
  }
}

function hasLeases(catalog: Catalog, session: string): boolean {
  return catalog.queues().some(({ parts }) => parts.leases.ofSession(session).length > 0);
}

function closedError(): AlienError {
  return new AlienError("CLOSED", "the local queues were closed", {
    fix: "Close them after their last use.",
  });
}
