import { AlienError } from "@alienplatform/core";
import type { PartContext } from "../controller.ts";
import { pause } from "../pause.ts";

const FIRST_MS = 250;
const LONGEST_MS = 4_000;

/**
 * Asks until the vendor has done what it was asked, with growing pauses: undefined is "not yet". NOT_READY after
 * `withinMs`, which the engine repeats.
 */
export async function settle<T>(
  { clock, signal }: PartContext<unknown>,
  what: string,
  withinMs: number,
  ask: () => Promise<T | undefined>,
): Promise<T> {
  const end = clock.now() + withinMs;
  for (let waitMs = FIRST_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_MS)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (clock.now() >= end) {
      throw new AlienError(
        "NOT_READY",
        `the platform has not finished after ${withinMs / 1_000} s: ${what}`,
        {
          fix: "Deploy again a little later; look at the vendor's page for the state of its services.",
          retryable: true,
        },
      );
    }
    await pause(clock, waitMs, signal);
    signal.throwIfAborted();
  }
}
