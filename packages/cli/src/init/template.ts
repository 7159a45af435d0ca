import { readdir, readFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../package-root.ts";
import type { Manifest } from "./manifest.ts";

/** What a project of its own is told and checked by; one that is there has its own. */
const OF_A_PROJECT = new Set(["README.md", "tsconfig.json"]);

/** The files by path that a folder gets; `manifest` is that of the project which is there. */
export async function template(
  target: string,
  manifest: Manifest | undefined,
): Promise<ReadonlyMap<string, string>> {
  const files = await filesOf("basic");
  if (manifest !== undefined) {
    for (const path of OF_A_PROJECT) files.delete(path);
    // CommonJS has no await outside of functions.
    if (manifest.type !== "module") {
      for (const [path, content] of await filesOf("commonjs")) files.set(path, content);
    }
  }
  const name = packageName(target);
  return new Map(
    [...files]
      .map(([path, content]) => [path, content.replaceAll("{{name}}", name)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

async function filesOf(folder: string): Promise<Map<string, string>> {
  const root = fileURLToPath(new URL(`templates/${folder}/`, packageRoot()));
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = new Map<string, string>();
  for (const entry of entries.filter((each) => each.isFile())) {
    const file = join(entry.parentPath, entry.name);
    // npm leaves every .gitignore out of a package, so the template's has no dot.
    const path = relative(root, file).replace(/^gitignore$/, ".gitignore");
    files.set(path, await readFile(file, "utf8"));
  }
  return files;
}

/** The folder's name as npm accepts one. */
function packageName(target: string): string {
  const name = basename(target)
    .toLowerCase()
    .replace(/[^a-z0-9-_.]+/g, "-")
    .replace(/^[-_.]+|[-_.]+$/g, "");
  return name === "" ? "alien-app" : name;
}
