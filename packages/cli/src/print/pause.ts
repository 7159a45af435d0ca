import type { Pause } from "@alienplatform/bindings";
import { printDuration } from "./duration.ts";
import { printLocalTime } from "./local-time.ts";
import { visibleLine } from "./visible.ts";

/** Why a queue is paused, until when, and what becomes of its messages. */
export function printPause({ reason, until, whilePaused }: Pause, now: number): string {
  const end =
    until === undefined
      ? "until it is resumed"
      : `until ${printLocalTime(until)} (in ${printDuration(Math.max(0, until - now))})`;
  const meanwhile = whilePaused === "wait" ? "messages wait" : "messages go to the dead letters";
  return `${visibleLine(reason, 200)}; ${end}; ${meanwhile}`;
}
