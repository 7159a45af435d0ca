import { AlienError, type Clock } from "@alienplatform/core";
import { pause } from "../pause.ts";
import type { ReadState } from "./read-state.ts";
import type { StateLock } from "./state.ts";
import { stateLocked } from "./state-locked.ts";
import type { StateStore } from "./state-store.ts";
import { LOCK_MS } from "./state-writer.ts";

const LOOK_MS = LOCK_MS / 12;

export interface WatchOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Reads what is stored now. */
  readonly read: () => Promise<ReadState | undefined>;
  /** A lock is watched from now on, for so long at most. */
  onWatch?(lock: StateLock, forMs: number): void;
}

/**
 * What is stored as soon as nobody has its lock; STATE_LOCKED where somebody has. A lock is over when it has not moved while it
 * was watched for as long as one lasts, by the clock of who watches: whose clock is right, and by how much the owner's
 * differs, does not matter. Only what was moved on lately, as far as both clocks can say, is refused without a look.
 */
export async function watchLock(
  { url }: StateStore,
  found: ReadState | undefined,
  { clock, signal, read, onWatch }: WatchOptions,
): Promise<ReadState | undefined> {
  const held = found?.state.lock;
  if (held === undefined) return found;
  if (isFresh(held, clock.now())) throw stateLocked(url, held, clock.now());
  onWatch?.(held, LOCK_MS);
  for (let waitedMs = 0; waitedMs < LOCK_MS; waitedMs += LOOK_MS) {
    await pause(clock, LOOK_MS, signal);
    if (signal.aborted) throw aborted(held);
    const now = await read();
    if (now?.version === found?.version) continue;
    const lock = now?.state.lock;
    if (lock === undefined) return now;
    // It moves: its owner lives, whatever it takes the time for.
    throw stateLocked(url, lock, clock.now());
  }
  return found;
}

function aborted({ owner }: StateLock): AlienError {
  const text = `stopped while the lock of ${owner} was watched; nothing was changed`;
  return new AlienError("ABORTED", text, { fix: "Run it again." });
}

/** Whether a lock was moved on within the time that it lasts, if its owner's clock is this one. */
export function isFresh({ until }: StateLock, now: number): boolean {
  return until > now && until <= now + LOCK_MS;
}
