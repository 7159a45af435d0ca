import { byPriorityThenPlace, type Stored } from "./stored.ts";

/**
 * What can be delivered, each when it is asked for: the highest priority first, in it the key that was served longest
 * ago, of that the message that was sent first.
 */
export function* inTurn(
  messages: readonly Stored[],
  given: {
    deliverable(stored: Stored): boolean;
    /** When the key of a message was served last. */
    servedAt(stored: Stored): number;
  },
): Iterable<Stored> {
  const sorted = [...messages].sort(byPriorityThenPlace);
  if (!sorted.some(({ message }) => message.concurrency)) {
    for (const stored of sorted) if (given.deliverable(stored)) yield stored;
    return;
  }
  for (;;) {
    const ready = sorted.filter((stored) => given.deliverable(stored));
    const highest = ready[0]?.message.priority ?? 0;
    const first = ready.filter(({ message }) => (message.priority ?? 0) === highest);
    const longest = Math.min(...first.map((stored) => given.servedAt(stored)));
    const next = first.find((stored) => given.servedAt(stored) === longest);
    if (next === undefined) return;
    yield next;
  }
}
