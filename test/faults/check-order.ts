import { beginOf, isOneTake, type Ledger, type Life, type Of } from "./ledger.ts";

/** I5 and I7: nothing is given out before it is due, and nothing of a FIFO group before what was sent earlier. */
export function checkOrder(ledger: Ledger): string[] {
  const broken: string[] = [];
  const groups = new Map<string, Placed[]>();
  for (const life of ledger.lives.values()) {
    const start = life.key === undefined ? undefined : ledger.starts.get(life.key);
    if (start === undefined) continue;
    if (!life.twice) broken.push(...early(ledger, life, start));
    const { group, delayMs = 0 } = start;
    // What was delayed or redriven joins its group later.
    if (group === undefined || delayMs > 0 || life.redriving.length > 0) continue;
    const answer = ledger.answers.get(start.key);
    if (answer === undefined) continue;
    const placed = { life, start, answer };
    groups.set(group, [...(groups.get(group) ?? []), placed]);
  }
  for (const [group, all] of groups) {
    for (const first of all) {
      for (const second of all) {
        if (first.answer.order >= second.start.order) continue;
        const [delivery] = second.life.deliveries;
        if (delivery === undefined || mayBeFinished(ledger, first.life, delivery)) continue;
        if (first.life.deliveries.some((one) => isOneTake(one, delivery))) continue;
        broken.push(
          `group ${group}: ${second.start.key} was given out before ${first.start.key} was finished`,
        );
      }
    }
  }
  return broken;
}

interface Placed {
  readonly life: Life;
  readonly start: Of<"send-start">;
  readonly answer: Of<"send-ok">;
}

function early(ledger: Ledger, life: Life, { delayMs = 0, at, key }: Of<"send-start">): string[] {
  const broken: string[] = [];
  const [first] = life.deliveries;
  const grace = ledger.rules.toleranceMs ?? 0;
  if (first !== undefined && first.receipt !== undefined && life.redriving.length === 0) {
    const due = at + delayMs - ledger.jumped(at, first.at) - grace;
    if (beginOf(first) < due)
      broken.push(`${key}: given out ${due - beginOf(first)} ms before it was due`);
  }
  for (const [index, delivery] of life.deliveries.entries()) {
    const next = life.deliveries[index + 1];
    const outcome = ledger.outcomeOf(life, delivery);
    if (next === undefined || outcome?.outcome !== "nack") continue;
    const tried = ledger.triedOn(life, delivery).find((one) => one.outcome === "nack");
    if (tried?.delayMs === undefined || tried.order > next.order) continue;
    if (life.redriving.some(({ order }) => order > tried.order && order < next.order)) continue;
    const due = tried.at + tried.delayMs - ledger.jumped(tried.at, next.at) - grace;
    if (beginOf(next) < due) {
      broken.push(`${key}: given out ${due - beginOf(next)} ms before its retry was due`);
    }
  }
  return broken;
}

/** Whether the earlier message may have been over when the later one was given out. */
function mayBeFinished(ledger: Ledger, life: Life, next: Of<"deliver">): boolean {
  for (const delivery of life.deliveries) {
    const tried = ledger.triedOn(life, delivery).filter(({ order }) => order < next.order);
    if (tried.some(({ outcome }) => outcome === "ack" || outcome === "deadLetter")) return true;
    // The last attempt: any end of it is the message's.
    if (delivery.attempt >= ledger.budgetOf(life) && delivery.takenAt <= next.at) return true;
  }
  // Only what is dead can be discarded; since when it was is not known.
  if (life.discarding.length > 0) return true;
  // Its last attempts may have been given to nobody.
  const buried = life.settling.some(
    ({ outcome, answer }) => outcome === "deadLetter" && answer?.kind !== "settle-refused",
  );
  if (life.dead.length > 0 && !buried) {
    const last = life.deliveries.at(-1);
    if (last === undefined || last.attempt < ledger.budgetOf(life)) return true;
  }
  return ledger.purges.some(({ from }) => from.order < next.order);
}
