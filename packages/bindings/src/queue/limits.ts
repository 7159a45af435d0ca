import { AlienError, type Duration, formatDuration, parseDuration } from "@alienplatform/core";
import type { QueueCapabilities } from "./driver.ts";

const MOST_RECEIVED = 100;
const LONGEST_LEASE_MS = 12 * 3_600_000;
const LONGEST_RETRY_MS = 7 * 86_400_000;

export function readMax(max: number): number {
  if (Number.isInteger(max) && max >= 1 && max <= MOST_RECEIVED) return max;
  throw invalid(`receive takes 1 to ${MOST_RECEIVED} messages, not ${String(max)}`, "max");
}

export function readLease(lease: Duration): number {
  const leaseMs = parseDuration(lease, "lease");
  if (leaseMs > 0 && leaseMs <= LONGEST_LEASE_MS) return leaseMs;
  throw invalid(`a lease of ${lease} is out of range: more than 0, at most 12h`, "lease");
}

/** How long a retry is to wait, where the platform can. */
export function readRetryDelay(
  delay: Duration,
  { retryDelay, service }: QueueCapabilities,
): number {
  const delayMs = parseDuration(delay, "delay");
  if (delayMs > LONGEST_RETRY_MS) throw invalid(`a retry delay of ${delay} is over 7d`, "delay");
  if (delayMs <= retryDelay.maxMs) return delayMs;
  const longest = formatDuration(retryDelay.maxMs);
  throw new AlienError("UNSUPPORTED", `${service} delays a retry by at most ${longest}`, {
    fix: `Use a delay of at most ${longest}.`,
    details: { option: "delay" },
  });
}

function invalid(message: string, option: string): AlienError {
  return new AlienError("OPTION_INVALID", message, {
    fix: `Choose a ${option} in that range.`,
    details: { option },
  });
}
