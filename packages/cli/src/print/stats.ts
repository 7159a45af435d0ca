import type { QueueStats } from "@alienplatform/bindings";
import type { Colors } from "../terminal.ts";
import { printDuration } from "./duration.ts";
import { printPause } from "./pause.ts";
import { printTable } from "./table.ts";

/** A queue's name and its numbers, where its service tells them. */
export interface NamedStats extends Partial<QueueStats> {
  readonly queue: string;
}

/** One row per queue, and below them what "-" stands for, and why some are paused. */
export function printStats(queues: readonly NamedStats[], colors: Colors, now: number): string {
  const rows = queues.map((stats) => [
    stats.queue,
    stats.ready ?? "-",
    stats.delayed ?? "-",
    stats.inFlight ?? "-",
    stats.dead ?? "-",
    printRate(stats.rates?.sent),
    printRate(stats.rates?.acked),
    stats.oldestAgeMs === undefined ? "-" : printDuration(stats.oldestAgeMs),
  ]);
  const headings = [
    "queue",
    "ready",
    "delayed",
    "in flight",
    "dead",
    "sent/s",
    "acked/s",
    "oldest",
  ];
  const pauses = queues.flatMap(({ queue, paused }) =>
    paused === undefined ? [] : [`${colors.yellow("paused")} ${queue}: ${printPause(paused, now)}`],
  );
  const among = amongReady(queues);
  const notes =
    among.length === 0
      ? []
      : [`"-" under ${among.join(" and ")}: the platform counts them as ready`];
  return [printTable(headings, rows, colors), ...notes.map(colors.dim), ...pauses].join("\n");
}

/** What some queues' platforms do not tell apart from what is ready. */
function amongReady(queues: readonly NamedStats[]): readonly string[] {
  const counted = queues.filter(({ ready }) => ready !== undefined);
  return [
    ...(counted.some(({ delayed }) => delayed === undefined) ? ["delayed"] : []),
    ...(counted.some(({ inFlight }) => inFlight === undefined) ? ["in flight"] : []),
  ];
}

/** Over the last minute; a few an hour are not none. */
function printRate(perSecond: number | undefined): string | number {
  if (perSecond === undefined) return "-";
  if (perSecond > 0 && perSecond < 0.1) return "<0.1";
  return perSecond < 10 ? Math.round(perSecond * 10) / 10 : Math.round(perSecond);
}
