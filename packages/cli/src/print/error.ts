import { AlienError } from "@alienplatform/core";
import type { OtherProblem } from "@alienplatform/deploy";
import type { Colors } from "../terminal.ts";
import { visible } from "./visible.ts";

/** Who has more to mend saves more than once. */
const MOST_OTHERS = 9;

/** What there is to tell of an error; never its cause, which may hold anything. */
export interface ErrorReport {
  /** An ErrorCode, or the name of what was thrown. */
  readonly code: string;
  readonly message: string;
  readonly fix?: string;
  readonly retryable?: boolean;
  readonly details?: Readonly<Record<string, unknown>>;
  /** The command that says more; only our own errors have it. */
  readonly more?: string;
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
      more: explanationOf(code),
    };
  }
  if (!(error instanceof Error)) return { code: "Error", message: String(error) };
  const { name, message, stack } = error;
  return { code: name, message, ...(stack === undefined ? {} : { stack }) };
}

/** The same where an earlier version runs until it is corrected, which does not consume the queues that are `waiting`. */
export function whileBeforeGoesOn(
  report: ErrorReport,
  waiting: readonly string[] = [],
): ErrorReport {
  const wait = waiting.length === 0 ? "" : `, and messages of ${waiting.join(", ")} wait`;
  const fix = `${report.fix ?? "Correct it."} (until then what ran before goes on${wait})`;
  return { ...report, fix };
}

/** The command that explains a code. */
export function explanationOf(code: string): string {
  return `alien explain ${code}`;
}

/** What happened, what to do about it, where to read more. */
export function printError(report: ErrorReport, colors: Colors): string {
  const { code, message, fix, details, more, stack } = report;
  const lines = [`${colors.red("error")} ${colors.bold(code)}  ${indented(message)}`];
  if (typeof details?.frame === "string") lines.push(`  ${indented(details.frame)}`);
  lines.push(...printOthers(details?.others, colors));
  if (fix !== undefined) lines.push(`  ${colors.green("fix")}  ${visible(fix)}`);
  if (more !== undefined) lines.push(colors.dim(`  more ${more}`));
  else if (stack !== undefined) lines.push(colors.dim(`  ${indented(placesOf(stack))}`));
  return lines.join("\n");
}

/** What is wrong besides, each in the source; a page of it at most. */
function printOthers(others: unknown, colors: Colors): readonly string[] {
  if (!Array.isArray(others)) return [];
  const shown = others
    .slice(0, MOST_OTHERS)
    .flatMap(({ message, frame, fix }: OtherProblem) => [
      `  ${indented(message)}`,
      ...(frame === undefined ? [] : [`  ${indented(frame)}`]),
      ...(fix === undefined ? [] : [`  ${colors.green("fix")}  ${visible(fix)}`]),
    ]);
  const left = others.length - MOST_OTHERS;
  return left > 0 ? [...shown, colors.dim(`  and ${left} more`)] : shown;
}

/** What else is known of an error, for whoever looks into it. */
export function printDetails(error: unknown, colors: Colors): string {
  const { details, retryable } = reportOf(error);
  const stack = error instanceof Error ? placesOf(error.stack ?? "") : "";
  return [
    `  ${colors.dim("details")}  ${visible(JSON.stringify(details ?? {}))}`,
    `  ${colors.dim("repeat")}  ${retryable === true ? "may help" : "does not help"}`,
    `  ${colors.dim("thrown")}  ${colors.dim(indented(stack))}`,
  ].join("\n");
}

/** The same for programs, one line. */
export function printErrorJson(report: ErrorReport): string {
  return JSON.stringify({ version: 1, error: report });
}

/** Lines after the first one stand under it. */
export function indented(text: string): string {
  return visible(text).replaceAll("\n", "\n  ");
}

/** A stack without the message on top, which is printed already. */
function placesOf(stack: string): string {
  const lines = stack.split("\n").filter((line) => /^\s+at /.test(line));
  return lines.map((line) => line.trim()).join("\n");
}
