import type { Attempt } from "@alienplatform/bindings";
import { iso } from "../json.ts";

/** Attempts as the API tells them. */
export function attemptsOf(history: readonly Attempt[]) {
  return history.map(({ startedAt, endedAt, redrivenAt, ...attempt }) => ({
    ...attempt,
    startedAt: iso(startedAt),
    endedAt: iso(endedAt),
    redrivenAt: iso(redrivenAt),
  }));
}
