import { resolve } from "node:path";
import type { AlienError, ErrorCode } from "@alienplatform/core";
import type { BuildFailure } from "esbuild";
import type { SourceLocation } from "./code-frame.ts";
import { locatedError } from "./located-error.ts";

/** What esbuild reports, as one error at the first place; the others are in `details.others`. */
export async function buildError(
  code: ErrorCode,
  cause: unknown,
  directory: string,
): Promise<AlienError> {
  if (!isBuildFailure(cause)) throw cause;
  const [first, ...others] = cause.errors.map((error) => ({
    text: error.text,
    location: error.location === null ? undefined : located(directory, error.location),
  }));
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  return locatedError(code, `${first?.text ?? cause.message}${more}`, directory, first?.location, {
    fix: "Correct the source and save it.",
    details: others.length === 0 ? {} : { others },
    cause,
  });
}

function isBuildFailure(cause: unknown): cause is BuildFailure {
  return cause instanceof Error && "errors" in cause && Array.isArray(cause.errors);
}

function located(
  directory: string,
  at: { file: string; line: number; column: number; lineText: string },
): SourceLocation {
  // esbuild counts columns from 0, in bytes.
  const column = Buffer.from(at.lineText).subarray(0, at.column).toString().length + 1;
  return { file: resolve(directory, at.file), line: at.line, column };
}
