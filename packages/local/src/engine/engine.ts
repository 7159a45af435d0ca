import type { Delivery, Outgoing, SendResult, SettleResult } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import { storageFull } from "../store/damage.ts";
import { type Call, calls } from "./calls.ts";
import type { Durability, EngineOptions } from "./options.ts";
import { Plans } from "./plans.ts";
import type {
  CallAnswer,
  CallContext,
  CallName,
  CallParameters,
  LocalQueues,
  Origin,
  QueueSpec,
  ReceiptSettlement,
  TakeOptions,
} from "./port.ts";
import { Presence } from "./presence.ts";
import { Reopening } from "./reopening.ts";
import type { Holder } from "./sessions.ts";
import { type EngineState, loadState } from "./state.ts";
import { sentBySystem } from "./system-times.ts";

/** The local queues in this process, which owns their store. */
export class Engine implements LocalQueues {
  /** Raised at each opening of the store: a reply of a lower term comes from an owner that is no more. */
  readonly term: number;
  readonly #options: EngineOptions;
  /** Cancelled at the end. */
  readonly #plans: Plans;
  readonly #presence: Presence;
  readonly #reopening: Reopening;
  #closing: Promise<void> | undefined;

  private constructor(options: EngineOptions, state: EngineState) {
    this.#options = options;
    this.term = state.term;
    this.#plans = new Plans(options.clock);
    const presence = new Presence(options, this.#plans);
    this.#presence = presence;
    this.#reopening = new Reopening(state, options, this.#plans, (opened) =>
      presence.settleIn(opened),
    );
  }

  /** Opens the store and brings back what was in flight: work for that, whatever the backlog. */
  static async open(options: EngineOptions): Promise<Engine> {
    return new Engine(options, await loadState(options));
  }

  get #state(): EngineState {
    return this.#reopening.state;
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
      if (this.#reopening.full) throw storageFull();
      const { clock, commit } = this.#state.store;
      const isNew = this.#presence.isNew(this.#state, origin);
      const results = target.send(sentBySystem(messages, clock), !isNew);
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
      if (origin !== undefined) this.#presence.seen(origin.session);
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
      const { sessions, store } = this.#state;
      const isNew = this.#presence.isNew(this.#state, origin);
      if (origin === undefined || isNew) {
        const results = target.settle(settlements);
        if (origin !== undefined && results.some(({ ok }) => !ok)) {
          sessions.refused(origin, store.clock.now());
        }
        return store.commit.durable().then(() => results);
      }
      const results = target.settledBefore(settlements, sessions.wasRefused(origin));
      return store.commit.durable().then(() => results);
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

  call<Name extends CallName>(
    queue: string,
    name: Name,
    parameters: CallParameters<Name>,
    { origin, signal }: CallContext = {},
  ): Promise<CallAnswer<Name>> {
    return this.#attempt(() => {
      const { catalog, sessions, store } = this.#state;
      const target = catalog.find(queue);
      const call: Call<Name> = calls[name];
      if (origin !== undefined) this.#presence.seen(origin.session);
      if (call.how === "look") return call.run(target, parameters, signal);
      let repeated = false;
      const change = (run: () => Promise<CallAnswer<Name>>) =>
        store.commit.alone(async () => {
          if (origin !== undefined && sessions.wasAppliedAlone(origin)) {
            repeated = true;
            return call.repeated(parameters, target);
          }
          const answer = await run();
          if (origin !== undefined && call.refused?.(answer) !== true) {
            sessions.appliedAlone(origin, store.clock.now());
          }
          return answer;
        });
      if ("prepare" in call) return call.prepare(target, parameters).then(change);
      const changed = change(() => call.run(target, parameters, signal));
      const { afterwards } = call;
      if (afterwards === undefined) return changed;
      return changed.then(async (answer) => {
        if (!repeated) await afterwards(store, target);
        return answer;
      });
    });
  }

  /** A process is here, maybe again: what it has on loan stays with it. */
  attachSession(session: string, holder?: Holder, durability?: Durability): void {
    this.#presence.attach(this.#state, session, durability);
    if (holder === undefined || this.#closing !== undefined) return;
    this.#presence.hold(this.#state, session, holder);
  }

  /**
   * A process is gone: what it had on loan is ready again at once, or, after a clean end, can be settled by anybody.
   * Where only its connection is gone, it has the grace to come back.
   */
  endSession(session: string, options: { readonly clean?: boolean } = {}): Promise<void> {
    return this.#attempt(() => {
      this.#presence.end(this.#state, session, options.clean === true, () => this.#state);
      return this.#state.store.commit.durable();
    });
  }

  /** Runs a step, unless nothing can be done any more; what it throws is the answer. */
  #attempt<Result>(step: () => Promise<Result>): Promise<Result> {
    if (this.#closing !== undefined) return Promise.reject(closedError());
    const { failure, running } = this.#reopening;
    if (failure !== undefined) {
      // While the store is being opened again it is worth the wait; once.
      if (running === undefined) return Promise.reject(failure);
      return running.then(() => {
        const after = this.#reopening.failure;
        return after === undefined ? this.#attempt(step) : Promise.reject(after);
      });
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
    this.#reopening.stop();
    await this.#reopening.running;
    this.#plans.cancelAll();
    for (const queue of this.#state.catalog.queues()) queue.close(closedError());
    await this.#state.store.commit.close();
    await this.#options.storage.close();
  }
}

function closedError(): AlienError {
  return new AlienError("CLOSED", "the local queues were closed", {
    fix: "Close them after their last use.",
  });
}
