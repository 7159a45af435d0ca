import type { Backoff } from "@alienplatform/core";

/** How long to wait after the `attempt`-th delivery failed: initial * factor^(attempt-1), capped, then jitter. */
export function backoffDelay(backoff: Backoff, attempt: number, random: () => number): number {
  const exact = Math.min(backoff.maxMs, backoff.initialMs * backoff.factor ** (attempt - 1));
  return Math.round(backoff.jitter === "full" ? random() * exact : exact);
}
