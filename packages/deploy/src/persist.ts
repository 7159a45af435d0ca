import type { AlienError, Clock } from "@alienplatform/core";
import { pause } from "./pause.ts";

/** What fails in passing is repeated for so long, by the clock. */
const BUDGET_MS = 120_000;
const FIRST_MS = 500;
const LONGEST_MS = 15_000;

export interface Persistence {
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Names what was thrown. */
  readonly translate: (thrown: unknown) => AlienError;
  onWait?(error: AlienError, delayMs: number): void;
}

/** Repeats what fails in passing, with growing, jittered pauses, or as long as the service asks for. */
export async function persist<Result>(
  attempt: () => Promise<Result>,
  { clock, random, signal, translate, onWait }: Persistence,
): Promise<Result> {
  const until = clock.now() + BUDGET_MS;
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (thrown) {
      const error = translate(thrown);
      const delayMs = delayAfter(error, failures, random);
      if (!error.retryable || signal.aborted || clock.now() + delayMs > until) throw error;
      onWait?.(error, delayMs);
      await pause(clock, delayMs, signal);
      if (signal.aborted) throw error;
    }
  }
}

/** At least half of the exact backoff, so that a service that is called too often gets its rest. */
function delayAfter(error: AlienError, failures: number, random: () => number): number {
  const exact = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
  const { retryAfterMs } = error.details;
  const asked = typeof retryAfterMs === "number" && retryAfterMs > 0 ? retryAfterMs : 0;
  return Math.round(Math.max((exact * (1 + random())) / 2, asked * (1 + random() / 10)));
}
