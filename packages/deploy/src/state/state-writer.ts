import { AlienError, type Clock } from "@alienplatform/core";
import { putState, storeError } from "./put-state.ts";
import type { State, StateLock } from "./state.ts";
import type { StateStore } from "./state-store.ts";

/** How long a lock holds that nobody renews. */
export const LOCK_MS = 60_000;

export interface WriterOptions {
  readonly clock: Clock;
  /** What was stored with the lock. */
  readonly state: State;
  readonly lock: StateLock;
  readonly version: string;
}

/** Writes a state whose lock it has: one write at a time, which takes along all changes that came meanwhile. */
export class StateWriter {
  readonly #store: StateStore;
  readonly #clock: Clock;
  readonly #ended = new AbortController();
  readonly #lock: StateLock;
  #state: State;
  #version: string;
  #until: number;
  #stopDeadline: () => void = () => undefined;
  #changed = false;
  #released = false;
  #writing: Promise<unknown> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(store: StateStore, { clock, state, lock, version }: WriterOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#state = state;
    this.#lock = lock;
    this.#until = lock.until;
    this.#version = version;
    this.#keepTo(lock.until);
  }

  /** As it is now, with changes that are not written yet. */
  get state(): State {
    return this.#state;
  }

  /** Aborts when nothing can be written any more; its reason is the error. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Changes the state at once; resolves when that is stored, and the lock is renewed by it. */
  write(change: (state: State) => State): Promise<void> {
    const next = change(this.#state);
    this.#changed ||= next !== this.#state;
    this.#state = next;
    return this.#flush();
  }

  /** Stores the state without the lock. */
  async release(): Promise<void> {
    this.#released = true;
    const { lock: _, ...state } = this.#state;
    this.#state = state;
    await this.#flush();
    this.#stopDeadline();
    this.#ended.abort(new AlienError("CLOSED", `the lock of ${this.#store.url} was given back`));
  }

  #flush(): Promise<void> {
    if (this.#next !== undefined) return this.#next;
    const write = this.#writing.then(() => {
      // What changes from here on belongs to the next write.
      this.#next = undefined;
      return this.#put();
    });
    this.#next = write;
    this.#writing = write.catch(() => "told by `ended`");
    return write;
  }

  async #put(): Promise<void> {
    this.ended.throwIfAborted();
    if (this.#changed) this.#state = { ...this.#state, serial: this.#state.serial + 1 };
    this.#changed = false;
    const { lock: _, ...content } = this.#state;
    const until = this.#clock.now() + LOCK_MS;
    const state = this.#released ? content : { ...content, lock: { ...this.#lock, until } };
    try {
      const version = await putState(this.#store, state, this.#version, {
        clock: this.#clock,
        signal: this.ended,
        until: this.#until,
      });
      if (version === undefined) throw this.#lost();
      this.#version = version;
      this.#keepTo(until);
    } catch (thrown) {
      const error = storeError(this.#store, thrown);
      const final = error.retryable ? this.#lost(error) : error;
      this.#ended.abort(final);
      throw final;
    }
  }

  /** From then on somebody else may have the lock, who has watched it: nothing more is done, whatever is under way. */
  #keepTo(until: number): void {
    this.#stopDeadline();
    this.#until = until;
    this.#stopDeadline = this.#clock.schedule(Math.max(0, until - this.#clock.now()), () => {
      this.#ended.abort(this.#lost(new AlienError("SERVICE_UNAVAILABLE", "no answer in time")));
    });
  }

  #lost(cause?: AlienError): AlienError {
    const { url } = this.#store;
    const problem =
      cause === undefined
        ? `somebody else has taken the lock of ${url}`
        : `the lock of ${url} has run out, because the state could not be written: ${cause.message}`;
    return new AlienError("LOCK_LOST", problem, {
      fix: "Make sure that no other deploy is running, then plan and deploy again.",
      details: { url, fence: this.#lock.fence },
      ...(cause === undefined ? {} : { cause }),
    });
  }
}
