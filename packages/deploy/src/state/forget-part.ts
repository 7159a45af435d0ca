import type { Clock } from "@alienplatform/core";
import type { State, StateLock } from "./state.ts";
import { StateSession } from "./state-session.ts";
import type { StateStore } from "./state-store.ts";

export interface ForgetPartOptions {
  /** Who does it, for whoever is kept out meanwhile. */
  readonly owner: string;
  readonly place: State["place"];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Somebody's lock is watched, for so long at most, to see whether its owner lives. */
  onWatch?(lock: StateLock, forMs: number): void;
}

/** Takes a part out of the state, under its lock; the part itself stays where it is. */
export async function forgetPart(
  store: StateStore,
  part: string,
  options: ForgetPartOptions,
): Promise<void> {
  const session = await StateSession.open(store, { ...options, operation: "forget a part" });
  try {
    await session.change((state) => {
      const { [part]: _, ...parts } = state.parts;
      return { ...state, parts };
    });
  } finally {
    await session.release();
  }
}
