import { beginOf, type Ledger, type Life, type Of } from "./ledger.ts";

const PATIENCE_MS = 1_000;
/** After this at the latest a session without a connection has ended. */
const SESSION_MS = 1_600;

/** I10 and I12: the counters are what the rows say; without faults, what is ready is given to whoever waits within a second. */
export function checkLiveness(ledger: Ledger): string[] {
  const broken: string[] = [];
  for (const { stats, rows, at } of ledger.counted) {
    const [said, there] = [JSON.stringify(stats), JSON.stringify(rows)];
    if (said !== there) broken.push(`counters at ${at}: ${said} where the rows are ${there}`);
  }
  const { calm } = ledger;
  if (calm === undefined) return broken;
  for (const life of ledger.lives.values()) {
    const start = life.key === undefined ? undefined : ledger.starts.get(life.key);
    if (start?.group !== undefined || start?.concurrency !== undefined) continue;
    if (life.redriving.length > 0) continue;
    const sent = life.sent.find(({ deduplicated }) => deduplicated !== true);
    const [first] = life.deliveries;
    // Sent before: the answer to another send with its idempotency key says nothing of when it was ready.
    const early = sent?.deduplicated === true && start !== undefined && start.order < calm.order;
    if (start !== undefined && sent !== undefined && sent.order > calm.order && !early) {
      const due = Math.max(sent.at, start.at + (start.delayMs ?? 0));
      if (first === undefined || beginOf(first) > due + PATIENCE_MS) {
        broken.push(`${start.key}: ready at ${due}, given out at ${first?.at ?? "no time"}`);
      }
    }
    broken.push(...lateAgain(ledger, life, calm.order));
  }
  return broken;
}

/** What came back after the calm began, or should have. */
function lateAgain(ledger: Ledger, life: Life, calm: number): string[] {
  const broken: string[] = [];
  for (const [index, delivery] of life.deliveries.entries()) {
    const next = life.deliveries[index + 1];
    if (next === undefined || next.order < calm) continue;
    // Somebody whose answer was lost may have had it in between.
    if (next.attempt > delivery.attempt + 1) continue;
    const due = dueAgain(ledger, life, delivery, calm);
    if (beginOf(next) > due + PATIENCE_MS) {
      broken.push(`${delivery.key}: ready again at ${due}, given out at ${beginOf(next)}`);
    }
  }
  return broken;
}

/** When it was ready again at the latest, as far as that is known. */
function dueAgain(ledger: Ledger, life: Life, delivery: Of<"deliver">, calm: number): number {
  const never = Number.POSITIVE_INFINITY;
  const outcome = ledger.outcomeOf(life, delivery);
  const tried = ledger.triedOn(life, delivery);
  if (outcome !== undefined) {
    if (outcome.order < calm) return never;
    if (outcome.outcome === "release") return outcome.at;
    return outcome.outcome === "nack" ? outcome.at + (tried.at(-1)?.delayMs ?? 0) : never;
  }
  if (tried.length > 0 || life.extending.length > 0 || delivery.receipt === undefined) return never;
  const from = Math.max(ledger.calm?.at ?? 0, delivery.at);
  const killed = ledger.ends
    .get(delivery.actor)
    ?.find(({ kind, order }) => kind === "killed" && order > calm);
  if (killed !== undefined) return Math.max(from, killed.at + SESSION_MS);
  // Only the owner that gave it out knows how long it was when the clock is set back.
  const { leaseMs = 0, leaseEnds } = delivery;
  const jumps = ledger.jumps.filter(({ at }) => at >= beginOf(delivery));
  const back = jumps.filter(({ byMs }) => byMs < 0);
  if (back.length > 0 && diedBetween(ledger, beginOf(delivery), calm)) return never;
  const ends = leaseEnds + back.length * leaseMs;
  // What was ready before may be due later by a clock that was set back.
  const endedBefore = ends < from || back.length < jumps.length;
  return back.length > 0 && endedBefore ? never : Math.max(from, ends);
}

/** Whether a process was killed after a moment and before a place in the history. */
function diedBetween(ledger: Ledger, from: number, order: number): boolean {
  const ends = [...ledger.ends.values()].flat();
  return ends.some((end) => end.kind === "killed" && end.at >= from && end.order < order);
}
