import type { Ledger, Life, Purge } from "./ledger.ts";

/** I1, I2, I3 and I11: nothing is lost, nothing comes back that is over, nothing is there that nobody sent. */
export function checkPresence(ledger: Ledger): string[] {
  const broken: string[] = [];
  const idOf = new Map<string, string>();
  for (const life of ledger.lives.values()) {
    const name = life.key ?? life.id;
    const seen = life.deliveries.length + life.dead.length > 0;
    if (seen && life.key !== undefined && !ledger.starts.has(life.key)) {
      broken.push(`phantom: ${life.key} was never sent`);
    }
    if (life.key !== undefined) {
      const other = idOf.get(life.key);
      if (other !== undefined) {
        broken.push(`${life.key}: one send became two messages, ${other} and ${life.id}`);
      }
      idOf.set(life.key, life.id);
    }
    if (life.sent.length > 0 && !isAccountedFor(ledger, life)) {
      broken.push(`lost: ${name} was acknowledged as sent and never finished`);
    }
    if (life.twice) continue;
    broken.push(...resurrections(ledger, life));
    if (life.dead.length > 1) broken.push(`${name}: dead twice`);
    const acked = life.settled.some(
      (settled) => settled.outcome === "ack" && ledger.isPromise(life, settled),
    );
    if (life.dead.length > 0 && acked) {
      broken.push(`${name}: acknowledged, and dead all the same`);
    }
    if (life.dead.length > 0 && life.discarded.length > 0 && life.redriving.length === 0) {
      broken.push(`${name}: discarded, and dead all the same`);
    }
    const redriven = life.redriven.at(-1);
    if (
      redriven !== undefined &&
      life.dead.length > 0 &&
      !mayHaveDiedAfter(ledger, life, redriven.order)
    ) {
      broken.push(`${name}: redriven, and dead all the same`);
    }
  }
  return broken;
}

/** Whether what became of it is known, or may have happened to it unseen. A redrive begins anew. */
function isAccountedFor(ledger: Ledger, life: Life): boolean {
  if (life.dead.length > 0) return true;
  const redriven = life.redriven.at(-1);
  let from = 0;
  if (redriven !== undefined) {
    from = life.redriving.findLast(({ order }) => order < redriven.order)?.order ?? 0;
  }
  if (life.discarding.some(({ order }) => order > from)) return true;
  const acked = life.deliveries.some((delivery) =>
    ledger.triedOn(life, delivery).some((tried) => tried.outcome === "ack" && tried.order > from),
  );
  return acked || ledger.purges.some((purge) => mayHaveTaken(ledger, purge, life, from));
}

/** A purge takes what waits or is on loan, and never what is dead. */
function mayHaveTaken(ledger: Ledger, { from, to }: Purge, life: Life, since: number): boolean {
  const end = to?.order ?? Number.POSITIVE_INFINITY;
  if (end < since) return false;
  const started = life.key === undefined ? undefined : ledger.starts.get(life.key);
  if (started !== undefined && started.order > end) return false;
  const died = diedBefore(ledger, life, from.order);
  return died === undefined || life.redriving.some(({ order }) => order > died && order < end);
}

/** Since when it was certainly dead, as somebody asked, where that was answered before this moment. */
function diedBefore(ledger: Ledger, life: Life, moment: number): number | undefined {
  const budget = ledger.budgetOf(life);
  let died: number | undefined;
  const asked = new Set<string>();
  for (const { outcome, receipt, order, answer } of life.settling) {
    // Asked again it says nothing new.
    const again = receipt !== undefined && asked.has(`${receipt} ${outcome}`);
    asked.add(`${receipt} ${outcome}`);
    if (again || answer?.kind !== "settle-ok" || answer.order > moment) continue;
    if (outcome === "deadLetter") died = order;
    else if (outcome === "nack" && receipt !== undefined) {
      const delivery = life.deliveries.find((one) => one.receipt === receipt);
      // A purge before drops it in place of burying it.
      const purged = ledger.purges.some(({ from }) => from.order < answer.order);
      if (delivery !== undefined && delivery.attempt >= budget && !purged) died = order;
    }
  }
  return died;
}

function resurrections(ledger: Ledger, life: Life): string[] {
  const broken: string[] = [];
  const name = life.key ?? life.id;
  for (const delivery of life.deliveries) {
    const over = life.settled.find(
      (settled) =>
        (settled.outcome === "ack" || settled.outcome === "deadLetter") &&
        settled.at < delivery.takenAt &&
        ledger.isPromise(life, settled),
    );
    if (over !== undefined) {
      const again =
        over.outcome === "deadLetter" && life.redriving.some(({ order }) => order < delivery.order);
      if (!again)
        broken.push(`resurrected: ${name} came back after its ${over.outcome} was answered`);
    }
    if (life.redriving.length > 0) continue;
    if (life.discarded.some(({ at }) => at < delivery.takenAt)) {
      broken.push(`resurrected: ${name} came back after it was discarded`);
    }
    const purged = ledger.purges.find(
      ({ from, to }) =>
        to !== undefined &&
        to.at < delivery.takenAt &&
        life.sent.some(({ order }) => order < from.order),
    );
    if (purged !== undefined) broken.push(`resurrected: ${name} came back after a purge`);
  }
  return broken;
}

/** A delivery after the redrive, seen or not, may have been its last. */
function mayHaveDiedAfter(ledger: Ledger, life: Life, redriven: number): boolean {
  return (
    ledger.takes.some(({ to }) => to === undefined || to.order > redriven) ||
    life.deliveries.some(({ order }) => order > redriven) ||
    life.redriving.some(({ order }) => order > redriven)
  );
}
