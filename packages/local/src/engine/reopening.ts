import type { AlienError } from "@alienplatform/core";
import { failureOf } from "../store/damage.ts";
import type { EngineOptions } from "./options.ts";
import type { Plans } from "./plans.ts";
import { type EngineState, loadState } from "./state.ts";

/** How often a failed store is tried again, and a full disk looked at. */
const RETRY_MS = 1_000;

/** The state of an open store, and how it is opened again where a write failed. */
export class Reopening {
  readonly #options: EngineOptions;
  readonly #plans: Plans;
  readonly #settleIn: (state: EngineState) => void;
  #state: EngineState;
  /** The disk is full: nothing new is taken in. */
  #full = false;
  /** Why the store could not be opened again, the last time it was tried. */
  #broken: AlienError | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  /** `settleIn` is told of each state, the first included, before anybody uses it. */
  constructor(
    state: EngineState,
    options: EngineOptions,
    plans: Plans,
    settleIn: (state: EngineState) => void,
  ) {
    this.#options = options;
    this.#plans = plans;
    this.#settleIn = settleIn;
    this.#state = state;
    this.#watch(state);
  }

  get state(): EngineState {
    return this.#state;
  }

  get full(): boolean {
    return this.#full;
  }

  /** Why nothing can be done now. */
  get failure(): AlienError | undefined {
    return this.#broken ?? this.#state.store.commit.failure;
  }

  /** While the store is being opened again; never rejects. */
  get running(): Promise<void> | undefined {
    return this.#running;
  }

  /** From now on what fails stays failed. */
  stop(): void {
    this.#stopped = true;
  }

  #watch(state: EngineState): void {
    state.store.commit.onFailure = (error) => {
      for (const queue of state.catalog.queues()) queue.close(error);
      if (this.#stopped) return;
      if (error.code === "STORAGE_FULL") this.#start();
      else if (error.retryable) this.#later();
    };
    state.store.commit.full = this.#full;
    this.#settleIn(state);
  }

  #later(): void {
    this.#plans.plan("reopen", RETRY_MS, () => this.#start());
  }

  #start(): void {
    this.#running = this.#reopen().finally(() => {
      this.#running = undefined;
    });
  }

  /**
   * A failed write has made memory run ahead of the disk. Of a full one, what was kept in reserve is enough to open the
   * store again and to settle; nothing new is taken in until there is space. Damage is the end: each call answers it.
   */
  async #reopen(): Promise<void> {
    const { storage } = this.#options;
    if (this.failure?.code === "STORAGE_FULL") this.#full = true;
    try {
      await storage.close();
      if (this.#full) await storage.spendReserve();
      this.#state = await loadState(this.#options);
      this.#broken = undefined;
      this.#watch(this.#state);
    } catch (error) {
      this.#broken = failureOf(error);
    }
    if (this.#stopped) return;
    if (this.#broken?.retryable === true) this.#later();
    else if (this.#broken === undefined && this.#full) this.#lookForSpace();
  }

  #lookForSpace(): void {
    this.#plans.plan("space", RETRY_MS, () => {
      if (this.failure !== undefined) return;
      this.#options.storage.keepReserve().then(
        () => {
          this.#full = false;
          const { store, catalog } = this.#state;
          store.commit.full = false;
          // What has waited for space goes on.
          for (const queue of catalog.queues()) store.commit.touch(queue);
        },
        () => this.#lookForSpace(),
      );
    });
  }
}
