import { AlienError, type Clock } from "@alienplatform/core";
import { pause } from "../pause.ts";
import { readState, stateText } from "./read-state.ts";
import type { State } from "./state.ts";
import type { StateStore } from "./state-store.ts";

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;

export interface PutOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** When to give up, milliseconds since the epoch. */
  readonly until: number;
}

/**
 * Puts a state in the place of a version, and finds out what became of a write that failed: it may have taken place, at
 * once or late. Answers the new version, or undefined where somebody else has written.
 */
export async function putState(
  store: StateStore,
  state: State,
  replaced: string | undefined,
  { clock, signal, until }: PutOptions,
): Promise<string | undefined> {
  const text = stateText(state);
  for (let failures = 1; ; failures++) {
    try {
      const written = await store.write(text, replaced, signal);
      if (written !== undefined) return written;
      const found = await readState(store, signal);
      // Nobody else writes this text: it names the lock, or the fence that it was taken with.
      return found !== undefined && stateText(found.state) === text ? found.version : undefined;
    } catch (thrown) {
      const error = storeError(store, thrown);
      const delayMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
      if (!error.retryable || signal.aborted || clock.now() + delayMs > until) throw error;
      await pause(clock, delayMs, signal);
    }
  }
}

/** What a store threw, with a name. */
export function storeError(store: StateStore, thrown: unknown): AlienError {
  if (thrown instanceof AlienError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return new AlienError("STORAGE_FAILED", `the state in ${store.url} cannot be used: ${text}`, {
    fix: "Make sure that it can be read and written, then try again.",
    cause: thrown,
  });
}
