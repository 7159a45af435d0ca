import type { Ledger, Of } from "./ledger.ts";

const WINDOW_MS = 24 * 60 * 60 * 1000;

/** I8: an idempotency key makes one message in 24 hours, and nothing else is taken for a repetition. */
export function checkKeys(ledger: Ledger): string[] {
  const broken: string[] = [];
  const made = new Map<string, { readonly id: string; readonly start: Of<"send-start"> }[]>();
  for (const life of ledger.lives.values()) {
    const start = life.key === undefined ? undefined : ledger.starts.get(life.key);
    const key = start?.idempotencyKey;
    if (start === undefined || key === undefined) continue;
    const others = made.get(key) ?? [];
    for (const other of others) {
      const [first, second] =
        start.order < other.start.order ? [start, other.start] : [other.start, start];
      // The store has the later one when that is answered, at the latest.
      const until = ledger.answers.get(second.key)?.at ?? Number.POSITIVE_INFINITY;
      const apart = second.at - first.at + ledger.jumped(first.at, until);
      if (apart < WINDOW_MS) {
        broken.push(`key ${key}: two messages, ${other.start.key} and ${start.key}`);
      }
    }
    made.set(key, [...others, { id: life.id, start }]);
  }
  for (const answer of ledger.answers.values()) {
    const start = ledger.starts.get(answer.key);
    if (answer.deduplicated !== true || start === undefined) continue;
    if (start.idempotencyKey === undefined) {
      broken.push(`${answer.key}: taken for a repetition without a key`);
      continue;
    }
    const original = ledger.lives.get(answer.id)?.key;
    const of = original === undefined ? undefined : ledger.starts.get(original);
    if (of !== undefined && of.idempotencyKey !== start.idempotencyKey) {
      broken.push(`${answer.key}: taken for a repetition of ${original}, which has another key`);
    }
  }
  return broken;
}
