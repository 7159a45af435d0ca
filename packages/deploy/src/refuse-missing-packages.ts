import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire, isBuiltin } from "node:module";
import { dirname, join, resolve } from "node:path";
import type { Metafile } from "esbuild";
import { locatedError } from "./located-error.ts";

/**
 * Throws FUNCTION_BUILD_FAILED where a source imports a package that is not installed: node would end the process before
 * any code of ours runs in it, and name the bundle, which nobody wrote.
 */
export async function refuseMissingPackages(
  { inputs }: Metafile,
  directory: string,
): Promise<void> {
  for (const [input, { imports }] of Object.entries(inputs)) {
    const file = resolve(directory, input);
    for (const { path, kind, external } of imports) {
      if (external !== true || kind !== "import-statement" || isInstalled(path, file)) continue;
      const text = `"${path}" is not installed`;
      throw await locatedError(
        "FUNCTION_BUILD_FAILED",
        text,
        directory,
        await placeOf(path, file),
        {
          fix: `Run: npm install ${packageOf(path)}`,
          details: { file },
        },
      );
    }
  }
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
