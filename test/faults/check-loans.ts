import { beginOf, isOneTake, type Ledger, type Life, type Of } from "./ledger.ts";

/**
 * I4 and I6: a message is on loan to one receiver at a time, for as long as that one was promised; so is a FIFO group;
 * of a concurrency key no more are on loan than its limit says. A receipt settles its own loan and no later one.
 */
export function checkLoans(ledger: Ledger): string[] {
  const broken: string[] = [];
  const groups = new Map<string, Loan[]>();
  const keys = new Map<string, Loan[]>();
  for (const life of ledger.lives.values()) {
    const loans = life.deliveries.map((delivery): Loan => ({ life, delivery }));
    for (const [index, loan] of loans.entries()) {
      const { delivery } = loan;
      const { takenAt, leaseEnds, leaseMs = 0, at } = delivery;
      if (leaseMs > 0 && leaseEnds < takenAt + leaseMs && ledger.jumped(takenAt, at) === 0) {
        broken.push(`${delivery.key}: lent for less than the ${leaseMs} ms that were asked for`);
      }
      const last = loans[index - 1];
      if (last !== undefined && !life.twice && !isOver(ledger, last, delivery)) {
        broken.push(both(last, loan));
      }
    }
    if (ledger.rules.fencing !== "none") broken.push(...staleOutcomes(life));
    const { group, concurrency } = (life.key && ledger.starts.get(life.key)) || {};
    if (concurrency !== undefined) {
      keys.set(concurrency.key, [...(keys.get(concurrency.key) ?? []), ...loans]);
    }
    if (group !== undefined) groups.set(group, [...(groups.get(group) ?? []), ...loans]);
  }
  for (const [group, loans] of groups) {
    loans.sort(
      (a, b) => beginOf(a.delivery) - beginOf(b.delivery) || a.delivery.order - b.delivery.order,
    );
    for (const [index, loan] of loans.entries()) {
      const last = loans[index - 1];
      if (last === undefined || last.life === loan.life) continue;
      if (isOneTake(last.delivery, loan.delivery) || last.life.twice || loan.life.twice) continue;
      if (!isOver(ledger, last, loan.delivery)) broken.push(`group ${group}: ${both(last, loan)}`);
    }
  }
  for (const [key, loans] of keys) broken.push(...overLimit(ledger, key, loans));
  return broken;
}

interface Loan {
  readonly life: Life;
  readonly delivery: Of<"deliver">;
}

function both(last: Loan, next: Loan): string {
  const names = [...new Set([last.delivery.key, next.delivery.key])].join(" and ");
  return `${names}: on loan to ${last.delivery.actor} and to ${next.delivery.actor} at once`;
}

/** Each message obeys its own limit when it is given out. */
function overLimit(ledger: Ledger, key: string, loans: readonly Loan[]): string[] {
  const broken: string[] = [];
  for (const { life, delivery } of loans) {
    const limit = ledger.starts.get(delivery.key)?.concurrency?.limit ?? Number.POSITIVE_INFINITY;
    const others = loans.filter(
      (other) =>
        other.life !== life &&
        beginOf(other.delivery) < beginOf(delivery) &&
        !isOver(ledger, other, delivery),
    );
    if (others.length >= limit) {
      const names = others.map((other) => other.delivery.key).join(", ");
      broken.push(
        `key ${key}: ${delivery.key} was given out beside ${names}, its limit is ${limit}`,
      );
    }
  }
  return broken;
}

/** One receipt has one outcome, and none after its message was given to somebody else. */
function staleOutcomes({ settling, deliveries, key }: Life): string[] {
  const broken: string[] = [];
  for (const delivery of deliveries) {
    const { receipt } = delivery;
    if (receipt === undefined) continue;
    const tried = settling.filter((one) => one.receipt === receipt);
    const known = tried.filter(({ answer }) => answer?.kind === "settle-ok");
    if (new Set(known.map(({ outcome }) => outcome)).size > 1) {
      broken.push(`${key}: one receipt has had two outcomes`);
    }
    const [first] = known;
    const later = deliveries.some(
      (other) =>
        first !== undefined &&
        other.grantedAt !== undefined &&
        other.grantedAt < first.at &&
        beginOf(other) > beginOf(delivery),
    );
    const before = tried.some(({ order }) => first !== undefined && order < first.order);
    if (later && !before) broken.push(`${key}: settled with a receipt of before its last delivery`);
  }
  return broken;
}

/** Whether the earlier loan may have ended when the later one began. */
function isOver(ledger: Ledger, { life, delivery: last }: Loan, next: Of<"deliver">): boolean {
  if (ledger.triedOn(life, last).some(({ order }) => order < next.order)) return true;
  const ended = ledger.ends.get(last.actor);
  if (ended?.some(({ at }) => at >= beginOf(last) && at <= next.at)) return true;
  // Other campaigns learn of a death after it.
  if (last.receipt === undefined && ended?.some(({ kind }) => kind === "killed")) return true;
  const until = endOf(life, last, next);
  const grace = ledger.rules.toleranceMs ?? 0;
  return beginOf(next) >= until - grace - ledger.jumped(last.takenAt, next.at);
}

/** When a loan ended by itself as far as the next receiver could know; an extension without an answer may have done anything. */
function endOf(life: Life, last: Of<"deliver">, next: Of<"deliver">): number {
  const ofThis = ({ receipt, order }: Of<"extend-start"> | Of<"extend-ok">): boolean =>
    receipt === last.receipt && order < next.order;
  const known = life.extended.filter(ofThis);
  if (life.extending.filter(ofThis).length > known.length) return Number.NEGATIVE_INFINITY;
  return known.at(-1)?.leaseEnds ?? last.leaseEnds;
}
