import type { ActivityEvent } from "@alienplatform/bindings/operate";
import type { Colors } from "../terminal.ts";
import { printCount } from "./count.ts";
import { printCounts } from "./counts.ts";
import { printDuration } from "./duration.ts";
import { visible, visibleLine } from "./visible.ts";

const WIDTH = "discarded".length;
const REASON_LENGTH = 120;

/** "17:02:11  retried    01k2...  attempt 2  TIMEOUT  smtp down" */
export function printActivity(event: ActivityEvent, colors: Colors): string {
  const { type, id, at, attempt, waitedMs, error } = event;
  return [
    colors.dim(timeOf(at)),
    colorOf(type, colors)(type.padEnd(WIDTH)),
    visible(id),
    ...(attempt === undefined ? [] : [`attempt ${attempt}`]),
    ...(waitedMs === undefined ? [] : [colors.dim(`waited ${printDuration(waitedMs)}`)]),
    ...(error === undefined
      ? []
      : [`${visible(error.code)}  ${visibleLine(error.message, REASON_LENGTH)}`]),
  ].join("  ");
}

/** What was not told. */
export function printSkipped(count: number, colors: Colors): string {
  return colors.yellow(`${printCount(count, "event")} not shown: too many at once`);
}

/** The counts at one time, where they are all there is. */
export function printTailStats(
  counts: {
    readonly at: number;
    readonly ready: number;
    readonly delayed: number | undefined;
    readonly inFlight: number | undefined;
    readonly dead: number;
  },
  colors: Colors,
): string {
  return `${colors.dim(timeOf(counts.at))}  ${printCounts(counts)}`;
}

function timeOf(at: number): string {
  return new Date(at).toTimeString().slice(0, 8);
}

function colorOf(type: ActivityEvent["type"], colors: Colors): (text: string) => string {
  if (type === "acked") return colors.green;
  if (type === "dead") return colors.red;
  if (type === "retried" || type === "expired") return colors.yellow;
  return (text) => text;
}
