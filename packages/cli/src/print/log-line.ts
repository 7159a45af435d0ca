import type { LogLine } from "@alienplatform/deploy";
import type { Colors } from "../terminal.ts";
import { visible } from "./visible.ts";

/** "2026-11-22T09:05:07.123Z  the line" */
export function printLogLine({ at, text }: LogLine, colors: Colors): string {
  return `${colors.dim(new Date(at).toISOString())}  ${visible(text)}`;
}
