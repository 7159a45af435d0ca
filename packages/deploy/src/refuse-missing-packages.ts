import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire, isBuiltin } from "node:module";
import { dirname, join, resolve } from "node:path";
import { installFix } from "@alienplatform/core";
import type { Metafile } from "esbuild";
import { locatedError } from "./located-error.ts";
import { together } from "./other-problems.ts";

/**
 * Throws FUNCTION_BUILD_FAILED where a source imports packages that are not installed: node would end the process before
 * any code of ours runs in it, and name the bundle, which nobody wrote.
 */
export async function refuseMissingPackages(
  { inputs }: Metafile,
  directory: string,
): Promise<void> {
  const missing = Object.entries(inputs).flatMap(([input, { imports }]) => {
    const file = resolve(directory, input);
    return imports
      .filter(({ kind, external }) => external === true && kind === "import-statement")
      .filter(({ path }) => !isInstalled(path, file))
      .map(({ path }) => ({ path, file }));
  });
  if (missing.length === 0) return;
  const packages = new Set(missing.map(({ path }) => packageOf(path)));
  const fix = `${installFix(packages)}; then save the file.`;
  const errors = await Promise.all(
    missing.map(async ({ path, file }) => {
      const text = `"${path}" is not installed`;
      const place = await placeOf(path, file);
      return locatedError("FUNCTION_BUILD_FAILED", text, directory, place, {
        fix,
        details: { file },
      });
    }),
  );
  throw together(errors);
}

function isInstalled(path: string, file: string): boolean {
  if (isBuiltin(path) || /^[#./]|^[a-z]+:/.test(path)) return true;
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "node_modules", packageOf(path)))) return true;
    if (folder === dirname(folder)) break;
  }
  try {
    createRequire(file).resolve(path);
    return true;
  } catch (error) {
    // A package that only names itself, or one that a loader keeps elsewhere, is there and may refuse this way in.
    return !(error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND");
  }
}

function packageOf(path: string): string {
  return /^(@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path;
}

/** Where a source names the package. */
async function placeOf(path: string, file: string) {
  const lines = (await readFile(file, "utf8").catch(() => "")).split("\n");
  for (const [index, text] of lines.entries()) {
    const column = Math.max(text.indexOf(`"${path}"`), text.indexOf(`'${path}'`));
    if (column >= 0) return { file, line: index + 1, column: column + 1 };
  }
  return undefined;
}
