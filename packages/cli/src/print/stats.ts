import type { QueueStats } from "@alienplatform/bindings";
import type { Colors } from "../terminal.ts";
import { printDuration } from "./duration.ts";
import { printTable } from "./table.ts";

/** A queue's name and its numbers. */
export interface NamedStats extends QueueStats {
  readonly queue: string;
}

/** One row per queue. */
export function printStats(queues: readonly NamedStats[], colors: Colors): string {
  const rows = queues.map((stats) => [
    stats.queue,
    stats.ready,
    stats.delayed,
    stats.inFlight,
    stats.dead,
    stats.oldestAgeMs === undefined ? "-" : printDuration(stats.oldestAgeMs),
  ]);
  return printTable(["queue", "ready", "delayed", "in flight", "dead", "oldest"], rows, colors);
}
