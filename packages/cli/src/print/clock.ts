import type { StoreTime } from "@alienplatform/local/operate";
import type { Colors } from "../terminal.ts";
import { printDuration } from "./duration.ts";

/** The time of the local queues: "2026-11-22T19:43:00.000Z  2h ahead". */
export function printClock({ now, aheadMs }: StoreTime, colors: Colors): string {
  const ahead =
    aheadMs === 0 ? colors.dim("the system's") : colors.yellow(`${printDuration(aheadMs)} ahead`);
  return `${new Date(now).toISOString()}  ${ahead}`;
}

/** The same for programs. */
export function clockJson({ now, aheadMs }: StoreTime): string {
  return JSON.stringify({ version: 1, now: new Date(now).toISOString(), aheadMs });
}
