import type { Outcome } from "./driver.ts";
import { utf8Size } from "./text.ts";

/** About how many bytes an outcome adds to a call: what settles many at once must not outgrow one. */
export function outcomeSize(outcome: Outcome): number {
  if (outcome.kind === "release") return 0;
  if (outcome.kind === "ack") {
    return outcome.result === undefined ? 0 : utf8Size(outcome.result);
  }
  return utf8Size(JSON.stringify(outcome.error));
}
