import { isBuiltin } from "node:module";
import { resolve } from "node:path";
import { type AlienError, type ErrorCode, installFix } from "@alienplatform/core";
import type { BuildFailure } from "esbuild";
import type { SourceLocation } from "./code-frame.ts";
import { locatedError } from "./located-error.ts";
import { together } from "./other-problems.ts";

/** What esbuild reports, as one error at the first place; the others are in `details.others`. */
export async function buildError(
  code: ErrorCode,
  cause: unknown,
  directory: string,
): Promise<AlienError> {
  if (!isBuildFailure(cause)) throw cause;
  const missing = new Set(cause.errors.flatMap(({ text }) => missingPackage(text) ?? []));
  const install = missing.size === 0 ? undefined : installFix(missing);
  const errors = await Promise.all(
    cause.errors.map(({ text, location }) =>
      locatedError(
        code,
        text,
        directory,
        location === null ? undefined : located(directory, location),
        {
          fix: (missingPackage(text) && install) ?? "Correct the source and save it.",
          cause,
        },
      ),
    ),
  );
  return together(errors);
}

function isBuildFailure(cause: unknown): cause is BuildFailure {
  return cause instanceof Error && "errors" in cause && Array.isArray(cause.errors);
}

/** The package that could not be resolved, where it is one that npm could have: no file, no alias, not node's own. */
function missingPackage(text: string): string | undefined {
  const path = /^Could not resolve "([^"]+)"/.exec(text)?.[1];
  if (path === undefined || isBuiltin(path)) return undefined;
  return /^(@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*(?=\/|$)/.exec(path)?.[0];
}

function located(
  directory: string,
  at: { file: string; line: number; column: number; lineText: string },
): SourceLocation {
  // esbuild counts columns from 0, in bytes.
  const column = Buffer.from(at.lineText).subarray(0, at.column).toString().length + 1;
  return { file: resolve(directory, at.file), line: at.line, column };
}
