import type { Clock } from "@alienplatform/core";
import { putState } from "./put-state.ts";
import { readState } from "./read-state.ts";
import type { StateLock } from "./state.ts";
import { stateLocked } from "./state-locked.ts";
import type { StateStore } from "./state-store.ts";

/**
 * Opens a lock that somebody else has, and raises the fence, so that its owner cannot write any more. Answers whose it
 * was; undefined where there was none. Where `meant` says which one, another one that was taken since stays: STATE_LOCKED.
 */
export async function unlock(
  store: StateStore,
  {
    clock,
    signal,
    meant,
  }: { readonly clock: Clock; readonly signal: AbortSignal; readonly meant?: StateLock },
): Promise<StateLock | undefined> {
  for (;;) {
    const found = await readState(store, signal);
    if (found?.state.lock === undefined) return undefined;
    const { lock, ...state } = found.state;
    if (meant !== undefined && lock.id !== meant.id)
      throw stateLocked(store.url, lock, clock.now());
    const opened = { ...state, fence: state.fence + 1 };
    const options = { clock, signal, until: clock.now() };
    const version = await putState(store, opened, found.version, options);
    if (version !== undefined) return lock;
  }
}
