import type { QueueStats } from "@alienplatform/bindings";

type Counts = Pick<QueueStats, "ready" | "dead"> & {
  readonly [State in "delayed" | "inFlight"]?: number | undefined;
};

/** "3 ready, 0 delayed, 1 in flight, 2 dead"; what the platform counts among the ready is said so, and is no 0. */
export function printCounts({ ready, delayed, inFlight, dead }: Counts): string {
  const among = [
    ...(delayed === undefined ? ["delayed"] : []),
    ...(inFlight === undefined ? ["in flight"] : []),
  ];
  return [
    among.length === 0 ? `${ready} ready` : `${ready} ready (${among.join(" and ")} included)`,
    ...(delayed === undefined ? [] : [`${delayed} delayed`]),
    ...(inFlight === undefined ? [] : [`${inFlight} in flight`]),
    `${dead} dead`,
  ].join(", ");
}
