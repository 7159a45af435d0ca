import type { JobStatus } from "@alienplatform/bindings";
import { AlienError, nearest } from "@alienplatform/core";

/** As they are typed. */
export const jobStatuses = ["pending", "running", "succeeded", "dead", "failed", "cancelled"];

/** Reads a status, so that one that is none is named as it was typed. */
export function jobStatus(given: string): JobStatus {
  const typed = given.toLowerCase();
  // The same words in capitals.
  if (jobStatuses.includes(typed)) return typed.toUpperCase() as JobStatus;
  const [near] = nearest(typed, jobStatuses);
  throw new AlienError("OPTION_INVALID", `there is no status "${given}"`, {
    fix: near === undefined ? `Use one of ${jobStatuses.join(", ")}.` : `Did you mean ${near}?`,
  });
}
