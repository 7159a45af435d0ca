import { AlienError } from "@alienplatform/core";
import type { Colors } from "../terminal.ts";
import { visible } from "./visible.ts";

/** What there is to tell of an error; never its cause, which may hold anything. */
export interface ErrorReport {
  /** An ErrorCode, or the name of what was thrown. */
  readonly code: string;
  readonly message: string;
  readonly fix?: string;
  readonly retryable?: boolean;
  readonly details?: Readonly<Record<string, unknown>>;
  /** Where to read more; only our own errors have it. */
  readonly docs?: string;
  /** Of what is not our own error: the place is all there is to go by. */
  readonly stack?: string;
}

/** An error of any kind as plain data. */
export function reportOf(error: unknown): ErrorReport {
  if (error instanceof AlienError) {
    const { code, message, fix, retryable, details } = error;
    return {
      code,
      message,
      ...(fix === undefined ? {} : { fix }),
      retryable,
      details,
      docs: documentOf(code),
    };
  }
  if (!(error instanceof Error)) return { code: "Error", message: String(error) };
  const { name, message, stack } = error;
  return { code: name, message, ...(stack === undefined ? {} : { stack }) };
}

/** The page that explains a code. */
export function documentOf(code: string): string {
  return `docs/errors.md#${code.toLowerCase()}`;
}

/** What happened, what to do about it, where to read more. */
export function printError(report: ErrorReport, colors: Colors): string {
  const { code, message, fix, details, docs, stack } = report;
  const lines = [`${colors.red("error")} ${colors.bold(code)}  ${indented(message)}`];
  if (typeof details?.frame === "string") lines.push(`  ${indented(details.frame)}`);
  if (fix !== undefined) lines.push(`  ${colors.green("fix")}  ${visible(fix)}`);
  if (docs !== undefined) lines.push(colors.dim(`  more ${docs}`));
  else if (stack !== undefined) lines.push(colors.dim(`  ${indented(placesOf(stack))}`));
  return lines.join("\n");
}

/** The same for programs, one line. */
export function printErrorJson(report: ErrorReport): string {
  return JSON.stringify({ version: 1, error: report });
}

function indented(text: string): string {
  return visible(text).replaceAll("\n", "\n  ");
}

/** A stack without the message on top, which is printed already. */
function placesOf(stack: string): string {
  const lines = stack.split("\n").filter((line) => /^\s+at /.test(line));
  return lines.map((line) => line.trim()).join("\n");
}
