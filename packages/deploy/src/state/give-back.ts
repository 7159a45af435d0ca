import type { Clock } from "@alienplatform/core";
import { type ReadState, readState, stateText } from "./read-state.ts";
import type { State } from "./state.ts";
import type { StateStore } from "./state-store.ts";

/** Whoever has asked for a stop does not wait longer for it. */
const WITHIN_MS = 5_000;

/** What somebody wanted to put in the place of what was there, and does not know whether it arrived. */
export interface InDoubt {
  readonly wanted: State & { readonly lock: { readonly id: string } };
  readonly replaced: ReadState | undefined;
}

/**
 * Takes a lock back of which it is not known whether it was taken: its write was given up while it was under way. What was
 * there before is written again, under the fence after it, so that a write that is still on its way is refused.
 */
export async function giveBack(
  store: StateStore,
  { wanted, replaced }: InDoubt,
  clock: Clock,
): Promise<void> {
  const late = new AbortController();
  const cancel = clock.schedule(WITHIN_MS, () => late.abort());
  try {
    for (;;) {
      const found = await readState(store, late.signal);
      const isOurs = found?.state.lock?.id === wanted.lock.id;
      const isUntouched = found !== undefined && found.version === replaced?.version;
      if (!isOurs && !isUntouched) return;
      const { lock: _, ...before } = replaced?.state ?? { ...wanted, parts: {}, bindings: {} };
      const free = { ...before, fence: wanted.fence + 1 };
      if ((await store.write(stateText(free), found.version, late.signal)) !== undefined) return;
    }
  } catch {
    // It was tried; what is left of the lock ends by itself, and whoever stopped it is told of the stop.
  } finally {
    cancel();
  }
}
