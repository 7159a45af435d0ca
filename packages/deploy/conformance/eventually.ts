import type { Clock } from "@alienplatform/core";
import { pause } from "../src/pause.ts";

const TRIES = 8;
const PAUSE_MS = 1_000;
const never = new AbortController().signal;

/** Checks until it holds: vendors' lists show late what was made, and go on showing what is gone. */
export async function eventually<Result>(
  clock: Clock,
  check: () => Promise<Result>,
): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await check();
    } catch (error) {
      if (tries === TRIES) throw error;
      await pause(clock, PAUSE_MS, never);
    }
  }
}
