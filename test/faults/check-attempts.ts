import { beginOf, type Ledger, type Life, type Of } from "./ledger.ts";

/** I9: each failed delivery counts once, a release does not, and a message is dead when its attempts are used up, not before. */
export function checkAttempts(ledger: Ledger): string[] {
  const broken: string[] = [];
  for (const life of ledger.lives.values()) {
    const budget = ledger.budgetOf(life);
    for (const [index, delivery] of life.deliveries.entries()) {
      const { key, attempt } = delivery;
      if (attempt > budget) broken.push(`${key}: delivered ${attempt} times of ${budget}`);
      const { given } = life;
      const before = ({ order }: { readonly order: number }) => order < delivery.order;
      // A take that was given up may have been given it, unseen.
      const givenUp = ledger.takes.filter(({ from, to }) => to === undefined && before(from));
      const times = given.filter(before).length + givenUp.length;
      if (given.length > 0 && attempt > times) {
        broken.push(`${key}: attempt ${attempt}, though it was given out ${times} times`);
      }
      if (life.twice) continue;
      const last = life.deliveries[index - 1];
      const fault =
        last === undefined
          ? firstFault(ledger, life, delivery)
          : followFault(ledger, life, last, delivery);
      if (fault !== undefined) broken.push(`${key}: ${fault}`);
    }
    const [dead] = life.dead;
    if (dead === undefined) continue;
    if (dead.attempts > budget)
      broken.push(`${dead.key}: dead after ${dead.attempts} of ${budget}`);
    const given = life.settling.some(({ outcome }) => outcome === "deadLetter");
    if (dead.attempts < budget && !given) {
      broken.push(`${dead.key}: dead after ${dead.attempts} of ${budget} attempts`);
    }
  }
  return broken;
}

/** A delivery that nobody saw counts too, where a take has no answer. */
function firstFault(ledger: Ledger, life: Life, delivery: Of<"deliver">): string | undefined {
  if (delivery.attempt === 1 || delivery.receipt === undefined) return undefined;
  // How often it was given out is known, and checked.
  if (life.given.length > 0) return undefined;
  const unseen = unseenBefore(ledger, delivery.order);
  return delivery.attempt - 1 > unseen && life.redriving.length === 0
    ? `attempt ${delivery.attempt} at first`
    : undefined;
}

function followFault(
  ledger: Ledger,
  life: Life,
  last: Of<"deliver">,
  next: Of<"deliver">,
): string | undefined {
  const redriven = life.redriving.some(({ at }) => at >= beginOf(last) && at <= next.at);
  if (redriven) return undefined;
  const tried = ledger.triedOn(life, last);
  const released = tried.some(({ outcome }) => outcome === "release");
  // Where it was known to count, at least one more; a release may have been applied or not.
  const least = last.attempt + (released ? 0 : 1);
  if (next.attempt < least) return `attempt ${next.attempt} after attempt ${last.attempt}`;
  if (next.receipt === undefined || life.given.length > 0) return undefined;
  const outcome = ledger.outcomeOf(life, last);
  const counted = outcome?.outcome === "release" ? 0 : 1;
  const most = last.attempt + counted + unseenBefore(ledger, next.order);
  return next.attempt > most
    ? `attempt ${next.attempt} after ${last.attempt}, too many`
    : undefined;
}

/**
 * How many deliveries nobody may have seen. A take of before `to` that had no answer by then may have been given one
 * after the other, each time it was asked again.
 */
function unseenBefore(ledger: Ledger, to: number): number {
  const inDoubt = ledger.takes.some(
    (take) => take.from.order < to && (take.to === undefined || take.to.order > to),
  );
  return inDoubt ? Number.POSITIVE_INFINITY : 0;
}
