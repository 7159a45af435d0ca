import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import type { StackData } from "@alienplatform/core";

/** What alien.ts declared when its files last had these contents. */
interface CachedStack {
  readonly version: 1;
  readonly file: string;
  /** SHA-256 by path, of alien.ts and everything of the project that it imports. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly stack: StackData;
}

/** Signs that a declaration depends on more than its files: the environment, other files, the clock. */
const OUTSIDE =
  /\bprocess\b|\bglobalThis\b|\bDate\b|\bMath\.random\b|\brequire\b|\bimport\s*\(|\bimport\.meta\b/;
const IMPORTED = /\bfrom\s*["']([^"']+)["']|\bimport\s*["']([^"']+)["']/g;

/**
 * What alien.ts declares. Loading it takes a bundler and a process; a second program that asks for the
 * same, unchanged file reads the answer from the data directory. One that looks at more than its files is
 * loaded every time.
 */
export async function cachedStack(file: string, dataDirectory: string): Promise<StackData> {
  const path = join(dataDirectory, "stack.json");
  const cached = await readCached(path);
  if (cached?.file === file && (await unchanged(cached.inputs))) return cached.stack;
  const { loadStack } = await import("@alienplatform/deploy");
  const { stack, inputs } = await loadStack(file);
  const alone = await Promise.all(inputs.map(isSelfContained));
  if (!alone.every(Boolean)) return stack;
  await write(path, dataDirectory, {
    version: 1,
    file,
    inputs: Object.fromEntries(
      await Promise.all(inputs.map(async (input) => [input, await hashOf(input)] as const)),
    ),
    stack,
  });
  return stack;
}

async function readCached(path: string): Promise<CachedStack | undefined> {
  try {
    // Written by this file, into a directory that only its user can write to.
    const cached = JSON.parse(await readFile(path, "utf8")) as CachedStack;
    return cached.version === 1 ? cached : undefined;
  } catch {
    // Not there, or cut short by a crash: the stack is loaded again.
    return undefined;
  }
}

async function unchanged(inputs: CachedStack["inputs"]): Promise<boolean> {
  const same = await Promise.all(
    Object.entries(inputs).map(
      async ([input, hash]) => hash !== "" && (await hashOf(input)) === hash,
    ),
  );
  return same.length > 0 && same.every(Boolean);
}

/** Looks at the text only: in doubt the answer is no, which costs time and nothing else. */
async function isSelfContained(path: string): Promise<boolean> {
  const source = await readFile(path, "utf8").catch(() => undefined);
  if (source === undefined || OUTSIDE.test(source)) return false;
  return [...source.matchAll(IMPORTED)].every(([, from, bare]) => {
    return !isBuiltin(from ?? bare ?? "");
  });
}

/** "" for a file that cannot be read, which no hash equals. */
async function hashOf(path: string): Promise<string> {
  const content = await readFile(path).catch(() => undefined);
  return content === undefined ? "" : createHash("sha256").update(content).digest("hex");
}

/** Renamed into place, so that another program never reads half of it. */
async function write(path: string, directory: string, cached: CachedStack): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, JSON.stringify(cached), { mode: 0o600 });
  await rename(draft, path);
}
