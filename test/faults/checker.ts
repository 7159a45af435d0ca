import type { Recorded } from "./history.ts";

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
 * The one checker of all campaigns. The history must end with a full drain, so that what was neither
 * acknowledged nor found dead is lost.
 */
export function check(history: readonly Recorded[], maxAttempts: number): Verdict {
  const violations: string[] = [];
  const started = new Set<string>();
  const sent = new Map<string, string>();
  const life = new Map<string, Life>();
  let deliveries = 0;
  let redelivered = 0;
  let killed = 0;
  const killedAt = new Map<string, number>();
  for (const event of history) {
    if (event.kind === "killed") {
      killed += 1;
      killedAt.set(event.victim, event.at);
    }
  }
  const lifeOf = (id: string): Life => {
    const known = life.get(id);
    if (known !== undefined) return known;
    const fresh: Life = { deliveries: [], settled: [], deadCount: 0 };
    life.set(id, fresh);
    return fresh;
  };

  for (const event of history) {
    switch (event.kind) {
      case "send-start":
        started.add(event.key);
        break;
      case "send-ok":
        sent.set(event.key, event.id);
        break;
      case "deliver": {
        deliveries += 1;
        const one = lifeOf(event.id);
        one.key = event.key;
        if (!started.has(event.key)) violations.push(`phantom: ${event.key} was never sent`);
        if (event.attempt > maxAttempts) {
          violations.push(`${event.key}: delivered ${event.attempt} times of ${maxAttempts}`);
        }
        const last = one.deliveries.at(-1);
        if (last !== undefined) {
          redelivered += 1;
          checkAgainstLast(event, last, one, killedAt, violations);
        }
        one.deliveries.push(event);
        break;
      }
      case "settle-start":
      case "settle-ok":
        lifeOf(event.id).settled.push(event);
        break;
      case "dead": {
        const one = lifeOf(event.id);
        one.key = event.key;
        one.deadCount += 1;
        if (one.deadCount === 2) violations.push(`${event.key}: dead twice`);
        if (one.settled.some((s) => s.kind === "settle-ok" && s.outcome === "ack")) {
          violations.push(`${event.key}: acknowledged, and dead all the same`);
        }
        break;
      }
      case "settle-refused":
      case "killed":
        break;
    }
  }

  const finished = new Set<string>();
  const seen = new Set<string>();
  let acked = 0;
  let dead = 0;
  for (const one of life.values()) {
    if (one.key === undefined) continue;
    seen.add(one.key);
    const ackTried = one.settled.some((s) => s.kind === "settle-start" && s.outcome === "ack");
    if (one.settled.some((s) => s.kind === "settle-ok" && s.outcome === "ack")) acked += 1;
    if (one.deadCount > 0) dead += 1;
    if (ackTried || one.deadCount > 0) finished.add(one.key);
  }
  for (const key of sent.keys()) {
    if (!finished.has(key)) {
      violations.push(`lost: ${key} was acknowledged as sent and never finished`);
    }
  }
  const inDoubt = [...started].filter((key) => !sent.has(key));
  const ids = new Map<string, string>();
  for (const [id, one] of life) {
    if (one.key === undefined) continue;
    const other = ids.get(one.key);
    if (other !== undefined && other !== id) {
      violations.push(`${one.key}: one send became two messages, ${other} and ${id}`);
    }
    ids.set(one.key, id);
  }
  return {
    sent: sent.size,
    inDoubt: inDoubt.length,
    recovered: inDoubt.filter((key) => seen.has(key)).length,
    deliveries,
    redelivered,
    acked,
    dead,
    killed,
    violations,
  };
}

type Delivered = Extract<Recorded, { kind: "deliver" }>;
type Settled = Extract<Recorded, { kind: "settle-start" | "settle-ok" }>;

interface Life {
  key?: string;
  readonly deliveries: Delivered[];
  readonly settled: Settled[];
  deadCount: number;
}

/** What must hold between one delivery of a message and the next. */
function checkAgainstLast(
  event: Delivered,
  last: Delivered,
  one: Life,
  killedAt: ReadonlyMap<string, number>,
  violations: string[],
): void {
  const final = one.settled.find((s) => s.kind === "settle-ok" && s.outcome !== "nack");
  if (final !== undefined && event.takenAt > final.at) {
    violations.push(`resurrected: ${event.key} came back after its ${final.outcome} was answered`);
  }
  if (event.attempt <= last.attempt) {
    violations.push(`${event.key}: attempt ${event.attempt} after attempt ${last.attempt}`);
  }
  const released = one.settled.some((s) => s.actor === last.actor && s.at >= last.at);
  const died = killedAt.get(last.actor) !== undefined;
  // One millisecond of grace: the actor computes the lease's end on another clock than the store.
  const expired = event.at >= last.leaseEnds - 1;
  if (!released && !died && !expired) {
    violations.push(`${event.key}: on loan to ${last.actor} and to ${event.actor} at once`);
  }
}
