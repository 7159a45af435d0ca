import { checkAttempts } from "./check-attempts.ts";
import { checkKeys } from "./check-keys.ts";
import { checkLiveness } from "./check-liveness.ts";
import { checkLoans } from "./check-loans.ts";
import { checkOrder } from "./check-order.ts";
import { checkPresence } from "./check-presence.ts";
import type { Recorded } from "./history.ts";
import { Ledger, type Rules } from "./ledger.ts";

/** What a campaign promises: counts of what was done, and every broken promise in words. */
export interface Verdict {
  readonly sent: number;
  readonly inDoubt: number;
  readonly recovered: number;
  readonly deliveries: number;
  readonly redelivered: number;
  readonly acked: number;
  readonly dead: number;
  readonly killed: number;
  readonly violations: readonly string[];
}

/**
 * The one checker of all campaigns. The history must end with a full drain and a list of the dead letters, so that
 * what was neither acknowledged nor found dead is lost.
 */
export function check(history: readonly Recorded[], rules: Rules): Verdict {
  const ledger = new Ledger(history, rules);
  const lives = [...ledger.lives.values()];
  const seen = new Set(
    lives
      .filter(({ deliveries, dead }) => deliveries.length + dead.length > 0)
      .map(({ key }) => key),
  );
  const inDoubt = [...ledger.starts.keys()].filter((key) => !ledger.answers.has(key));
  const deliveries = lives.reduce((sum, life) => sum + life.deliveries.length, 0);
  return {
    sent: ledger.answers.size,
    inDoubt: inDoubt.length,
    recovered: inDoubt.filter((key) => seen.has(key)).length,
    deliveries,
    redelivered: deliveries - lives.filter((life) => life.deliveries.length > 0).length,
    acked: lives.filter(({ settled }) => settled.some(({ outcome }) => outcome === "ack")).length,
    dead: lives.filter(({ dead }) => dead.length > 0).length,
    killed: ledger.killed,
    violations: [
      ...checkPresence(ledger),
      ...checkLoans(ledger),
      ...checkAttempts(ledger),
      ...checkOrder(ledger),
      ...checkKeys(ledger),
      ...checkLiveness(ledger),
    ],
  };
}
