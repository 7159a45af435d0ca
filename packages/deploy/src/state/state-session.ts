import { randomUUID } from "node:crypto";
import { AlienError, type Clock } from "@alienplatform/core";
import type { Place } from "../deploy-platform.ts";
import { persist } from "../persist.ts";
import { giveBack } from "./give-back.ts";
import { putState, storeError } from "./put-state.ts";
import { type ReadState, readState } from "./read-state.ts";
import type { State, StateLock } from "./state.ts";
import type { StateStore } from "./state-store.ts";
import { LOCK_MS, StateWriter } from "./state-writer.ts";
import { watchLock } from "./watch-lock.ts";

const HEARTBEAT_MS = LOCK_MS / 3;

export interface SessionOptions {
  /** "ann@laptop, process 4711". */
  readonly owner: string;
  /** "deploy", for whoever is kept out by it. */
  readonly operation: string;
  /** Whose state it is to be, where there is none yet. */
  readonly place: Place;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly random?: () => number;
  /** What was read just now, so that it is not read again. */
  readonly found?: ReadState | undefined;
  /** Somebody's lock is watched, for so long at most, to see whether its owner lives. */
  onWatch?(lock: StateLock, forMs: number): void;
  /** Throws where the state is not the one to be worked on; before anything is written. */
  check?(state: State | undefined): void;
  /** What is to be written along with the lock. */
  begin?(state: State): State;
}

/**
 * A stage's state while this process alone may change it. The lock is taken with one conditional write, which also
 * raises the fence; every later write is one too, so that a session that has lost its lock cannot write any more.
 */
export class StateSession {
  readonly #writer: StateWriter;
  readonly #clock: Clock;
  #stopHeartbeat: () => void = () => undefined;

  private constructor(writer: StateWriter, clock: Clock) {
    this.#writer = writer;
    this.#clock = clock;
    this.#beat();
  }

  /** Takes the lock, also of who does not move it on any more; throws STATE_LOCKED where somebody else has it. */
  static async open(store: StateStore, options: SessionOptions): Promise<StateSession> {
    const { clock, signal, random = Math.random } = options;
    const id = randomUUID();
    const translate = (thrown: unknown) => storeError(store, thrown);
    const read = () =>
      persist(() => readState(store, signal), { clock, random, signal, translate });
    const { onWatch } = options;
    const watch = { clock, signal, read, ...(onWatch === undefined ? {} : { onWatch }) };
    for (let next = options.found ?? (await read()); ; next = await read()) {
      const found = await watchLock(store, next, watch);
      options.check?.(found?.state);
      const state = locked(found?.state ?? emptyState(options.place), id, clock.now(), options);
      const put = { clock, signal, until: state.lock.until };
      const version = await putState(store, state, found?.version, put).catch(async (error) => {
        const inDoubt = signal.aborted || (error instanceof AlienError && error.retryable);
        if (inDoubt) await giveBack(store, { wanted: state, replaced: found }, clock);
        throw error;
      });
      // Undefined: somebody was faster. Who, the next round tells.
      if (version === undefined) continue;
      const writer = new StateWriter(store, { clock, state, lock: state.lock, version });
      return new StateSession(writer, clock);
    }
  }

  /** As it is now, with changes that are not written yet. */
  get state(): State {
    return this.#writer.state;
  }

  /** Aborts when the lock is lost or the state cannot be written any more; its reason is the error. */
  get ended(): AbortSignal {
    return this.#writer.ended;
  }

  /** Changes the state at once; resolves when that is stored. Changes that come together share a write. */
  change(change: (state: State) => State): Promise<void> {
    return this.#writer.write(change);
  }

  /** Writes what is not written yet and gives the lock back. */
  async release(): Promise<void> {
    this.#stopHeartbeat();
    await this.#writer.release();
  }

  #beat(): void {
    this.#stopHeartbeat = this.#clock.schedule(HEARTBEAT_MS, () => {
      if (this.ended.aborted) return;
      // That it failed is told by `ended`.
      this.#writer.write((state) => state).catch(() => "told by `ended`");
      this.#beat();
    });
  }
}

function locked(before: State, id: string, now: number, options: SessionOptions) {
  const { owner, operation, begin = (state: State) => state } = options;
  const state = begin(before);
  const fence = before.fence + 1;
  return {
    ...state,
    serial: before.serial + (state === before ? 0 : 1),
    fence,
    lock: { id, fence, owner, operation, since: now, until: now + LOCK_MS },
  };
}

function emptyState(place: Place): State {
  const lineage = randomUUID();
  return { version: 1, lineage, serial: 0, fence: 0, place, parts: {}, bindings: {} };
}
