import { AlienError, type Duration, formatDuration, parseDuration } from "@alienplatform/core";
import type { QueueOptions } from "./binding.ts";
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

/** How long a retry is to wait. */
export function readDelay(delay: Duration): number {
  const delayMs = parseDuration(delay, "delay");
  if (delayMs <= LONGEST_RETRY_MS) return delayMs;
  throw invalid(`a retry delay of ${delay} is over 7d`, "delay");
}

/** The same, where the platform can. */
export function readRetryDelay(
  delay: Duration,
  { retryDelay, service }: QueueCapabilities,
  { fifo }: QueueOptions,
): number {
  const delayMs = readDelay(delay);
  if (delayMs === 0) return delayMs;
  if (retryDelay.maxMs === 0 || (fifo !== undefined && !retryDelay.fifo)) {
    const which = retryDelay.maxMs === 0 ? "a message" : "a message of a FIFO group";
    throw unsupported(
      "delay",
      `${service} retries ${which} on its own schedule, not after a delay`,
      "Give it back without a delay.",
    );
  }
  if (delayMs <= retryDelay.maxMs) return delayMs;
  const longest = formatDuration(retryDelay.maxMs);
  throw unsupported(
    "delay",
    `${service} delays a retry by at most ${longest}`,
    `Use a delay of at most ${longest}.`,
  );
}

/** How long a loan is to be, where the platform can choose. */
export function readLoan(
  lease: Duration,
  { leases, service }: QueueCapabilities,
  { leaseMs }: QueueOptions,
): number {
  const wantedMs = readLease(lease);
  if (leases === "chosen" || wantedMs === leaseMs) return wantedMs;
  const declared = formatDuration(leaseMs);
  throw unsupported(
    "lease",
    `${service} lends for as long as the queue declares, ${declared}, not for ${lease}`,
    `Leave the lease out, or declare .lease("${lease}") on the queue.`,
  );
}

function unsupported(option: string, message: string, fix: string): AlienError {
  return new AlienError("UNSUPPORTED", message, { fix, details: { option } });
}

function invalid(message: string, option: string): AlienError {
  return new AlienError("OPTION_INVALID", message, {
    fix: `Choose a ${option} in that range.`,
    details: { option },
  });
}
