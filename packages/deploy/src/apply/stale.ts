import { AlienError } from "@alienplatform/core";

/** What was found is not what the plan was made from. */
export function stale(what: string, details: Readonly<Record<string, unknown>> = {}): AlienError {
  return new AlienError("PLAN_STALE", `${what} since the plan was made`, {
    fix: "Plan again, look at it, and apply that.",
    details,
  });
}
