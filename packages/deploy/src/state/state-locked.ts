import { AlienError, formatDuration } from "@alienplatform/core";
import type { StateLock } from "./state.ts";

/** Says who has the lock, and how to get it. */
export function stateLocked(url: string, lock: StateLock, now: number): AlienError {
  const { owner, operation, since, until } = lock;
  const ago = formatDuration(Math.max(0, Math.round((now - since) / 1_000) * 1_000));
  const at = new Date(until).toISOString();
  return new AlienError(
    "STATE_LOCKED",
    `the state in ${url} is locked: ${operation} by ${owner}, since ${ago} ago, until ${at} unless it is renewed`,
    {
      fix: `Wait for it. If that process is dead, run this again after ${at}: a lock that nobody moves on for a minute is taken. Or run "alien state unlock".`,
      retryable: true,
      details: { url, owner, operation, since, until },
    },
  );
}
