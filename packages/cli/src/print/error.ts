import { AlienError } from "@alienplatform/core";
import type { Colors } from "../terminal.ts";
import { visible } from "./visible.ts";

/** What happened, what to do about it, where to read more. */
export function printError(error: unknown, colors: Colors): string {
  if (!(error instanceof AlienError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `${colors.red("error")}  ${visible(text)}`;
  }
  const indented = visible(error.message).replaceAll("\n", "\n  ");
  const lines = [`${colors.red("error")} ${colors.bold(error.code)}  ${indented}`];
  const { frame } = error.details;
  if (typeof frame === "string") lines.push(`  ${visible(frame).replaceAll("\n", "\n  ")}`);
  if (error.fix !== undefined) lines.push(`  ${colors.green("fix")}  ${visible(error.fix)}`);
  lines.push(colors.dim(`  more ${documentOf(error)}`));
  return lines.join("\n");
}

/** The same for programs, one line. */
export function printErrorJson(error: unknown): string {
  return JSON.stringify({ version: 1, error: errorData(error) });
}

/** An error as plain data: never its cause, which may hold anything. */
export function errorData(error: unknown): Record<string, unknown> {
  if (!(error instanceof AlienError)) {
    return { message: error instanceof Error ? error.message : String(error) };
  }
  const { code, message, fix, retryable, details } = error;
  return { code, message, fix, retryable, details, docs: documentOf(error) };
}

function documentOf(error: AlienError): string {
  return `docs/errors.md#${error.code.toLowerCase()}`;
}
