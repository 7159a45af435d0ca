import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { readFile, realpath, rename, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { StackData } from "@alienplatform/core";
import type { EvaluateOptions } from "./evaluate.ts";
import type { LoadedStack } from "./load-stack.ts";
import { projectCache } from "./project-cache.ts";

export { findStackFile } from "./find-stack-file.ts";
export type { LoadedStack } from "./load-stack.ts";

/** What alien.ts declared when its files last had these contents. */
interface CachedStack {
  readonly version: 2;
  /** Of this package, and what says which others are installed. */
  readonly made: string;
  /** SHA-256 by path, of alien.ts, everything of the project that it imports, and package.json, which names it. */
  readonly files: Readonly<Record<string, string>>;
  readonly loaded: Omit<LoadedStack, "issues">;
}

/** Signs that a declaration depends on more than its files, or that it does something besides declaring. */
const OUTSIDE =
  /\b(process|globalThis|Date|Math\.random|require|console|fetch|performance|crypto|Intl|navigator|eval)\b|\bimport\s*\(|\bimport\.meta\b/;
const IMPORTED = /\bfrom\s*["']([^"']+)["']|\bimport\s*["']([^"']+)["']/g;
/** What an import of these declares depends on nothing; of any other package nobody knows. */
const DECLARING =
  /^(\.{1,2}\/|@alienplatform\/core$|(zod|valibot|arktype|yup|joi|superstruct|effect|@sinclair\/typebox)(\/|$))/;
/** What package managers write into node_modules when they change it. */
const INSTALLED = [".package-lock.json", ".modules.yaml", ".yarn-state.yml", ".yarn-integrity"];

/**
 * As loadStack(), which takes a bundler and a process: whoever asks for the same, unchanged alien.ts reads the answer from
 * `.alien/cache` beside it. One that looks at more than its files and its packages, or prints, is loaded every time, and so
 * is one whose schema is to check a payload.
 */
export async function cachedStack(
  file: string,
  options: EvaluateOptions = {},
): Promise<LoadedStack> {
  const directory = await realpath(dirname(file));
  const path = join(directory, ".alien", "cache", "stack.json");
  const made = `${packageVersion()} ${await installedMark(directory)}`;
  const cached = await readCached(path);
  const same = cached?.made === made && cached.loaded.file === join(directory, basename(file));
  if (same && (await unchanged(cached.files))) {
    const { queue } = options.check ?? {};
    if (queue === undefined || !Object.hasOwn(cached.loaded.schemas, queue)) return cached.loaded;
  }
  // What most starts do not need brings a bundler along.
  const { loadStack } = await import("./load-stack.ts");
  const stack = await loadStack(file, options);
  const { issues: _, ...loaded } = stack;
  const alone = await Promise.all(loaded.inputs.map(isSelfContained));
  if (!alone.every(Boolean)) {
    // Never taken for the stack: it only says what was declared last.
    await write(directory, { version: 2, made: "", files: {}, loaded });
    return stack;
  }
  const inputs = [...loaded.inputs, join(directory, "package.json")];
  const hashes = await Promise.all(inputs.map(async (each) => [each, await hashOf(each)] as const));
  await write(directory, { version: 2, made, files: Object.fromEntries(hashes), loaded });
  return stack;
}

/** What the file declared when it was last loaded, which may have changed since: for hints alone. */
export async function lastLoadedStack(file: string): Promise<StackData | undefined> {
  const path = join(await realpath(dirname(file)), ".alien", "cache", "stack.json");
  return (await readCached(path))?.loaded.stack;
}

async function readCached(path: string): Promise<CachedStack | undefined> {
  try {
    // Written by this file, into a directory that only its user can write to.
    const cached = JSON.parse(await readFile(path, "utf8")) as CachedStack;
    return cached.version === 2 ? cached : undefined;
  } catch {
    // Not there, or cut short by a crash: the stack is loaded again.
    return undefined;
  }
}

async function unchanged(files: CachedStack["files"]): Promise<boolean> {
  const same = await Promise.all(
    Object.entries(files).map(async ([file, hash]) => (await hashOf(file)) === hash),
  );
  return same.every(Boolean);
}

/** Looks at the text only: in doubt the answer is no, which costs time and nothing else. */
async function isSelfContained(path: string): Promise<boolean> {
  const source = await readFile(path, "utf8").catch(() => undefined);
  if (source === undefined || OUTSIDE.test(source)) return false;
  return [...source.matchAll(IMPORTED)].every(([, from, bare]) =>
    DECLARING.test(from ?? bare ?? ""),
  );
}

/** "" for a file that is not there. */
async function hashOf(path: string): Promise<string> {
  const content = await readFile(path).catch(() => undefined);
  return content === undefined ? "" : createHash("sha256").update(content).digest("hex");
}

/** Changes when packages are installed: what they declare may be something else then. */
async function installedMark(directory: string): Promise<string> {
  for (let at = directory; ; at = dirname(at)) {
    for (const name of INSTALLED) {
      const found = await stat(join(at, "node_modules", name)).catch(() => undefined);
      if (found !== undefined) return `${found.mtimeMs} ${found.size}`;
    }
    if (at === dirname(at)) return "";
  }
}

function packageVersion(): string {
  let folder = new URL(".", import.meta.url);
  while (!existsSync(new URL("package.json", folder))) folder = new URL("..", folder);
  const manifest: { version: string } = JSON.parse(
    readFileSync(new URL("package.json", folder), "utf8"),
  );
  return manifest.version;
}

/** Renamed into place, so that another program never reads half of it. */
async function write(directory: string, cached: CachedStack): Promise<void> {
  const path = join(await projectCache(directory, "cache"), "stack.json");
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, JSON.stringify(cached), { mode: 0o600 });
  await rename(draft, path);
}
