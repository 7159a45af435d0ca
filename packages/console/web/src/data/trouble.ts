import type { QueueSummary } from "./model.ts";

/** What may be wrong with a queue, worst first. */
export type Trouble = "dead letters" | "failing" | "no consumer" | "late" | "paused";

/** How a trouble is said; red is what has failed, amber what waits for somebody. */
export const TROUBLES: Readonly<
  Record<Trouble, { readonly text: string; readonly tone: "dead" | "warn" }>
> = {
  "dead letters": { text: "has dead letters", tone: "dead" },
  failing: { text: "fails more than it handles", tone: "dead" },
  "no consumer": { text: "no function consumes it", tone: "warn" },
  late: { text: "messages wait for over a minute", tone: "warn" },
  paused: { text: "is paused", tone: "warn" },
};

/** What is wrong with a queue, worst first; nothing where all is well. */
export function troublesOf({ stats, paused, consumer }: QueueSummary): readonly Trouble[] {
  const { dead = 0, ready = 0, oldestAgeMs = 0, rates } = stats ?? {};
  const has: Readonly<Record<Trouble, boolean>> = {
    "dead letters": dead > 0,
    failing: (rates?.failed ?? 0) > (rates?.acked ?? 0),
    "no consumer": consumer === undefined && ready > 0,
    late: paused === undefined && consumer !== undefined && oldestAgeMs > LATE_MS,
    paused: paused !== undefined,
  };
  return (Object.keys(TROUBLES) as Trouble[]).filter((trouble) => has[trouble]); // its own keys
}

/** A message that has been ready for so long waits for somebody. */
const LATE_MS = 60_000;

/** The worst first, then by name. */
export function byTrouble(a: QueueSummary, b: QueueSummary): number {
  return weight(b) - weight(a) || a.id.localeCompare(b.id);
}

function weight(queue: QueueSummary): number {
  const troubles = troublesOf(queue);
  return troubles.length + (troubles.includes("dead letters") ? 10 : 0);
}
