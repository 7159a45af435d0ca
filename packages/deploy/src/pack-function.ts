import { createHash } from "node:crypto";
import { readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import type { EndpointResource, FunctionResource } from "@alienplatform/core";
import { zipSync } from "fflate";
import { bundleFunction } from "./bundle-function.ts";
import type { Artifact } from "./deploy-platform.ts";
import type { FunctionTarget } from "./function-target.ts";
import type { LoadedStack } from "./load-stack.ts";
import { projectCache } from "./project-cache.ts";

export interface PackFunctionOptions {
  readonly stack: LoadedStack;
  readonly function: FunctionResource | EndpointResource;
  readonly target: FunctionTarget;
  /** A queue's id by what the platform's events call it. */
  readonly sources: Readonly<Record<string, string>>;
}

/** A function's bundle as the zip that a controller uploads. */
export interface PackedFunction {
  readonly artifact: Artifact;
  /** The zip, relative to the folder of alien.ts. */
  readonly file: string;
}

/** Older ones may be what a plan that was kept names. */
const KEPT = 5;

/** The oldest time that a zip can hold: with it the same code is the same file on every day and machine. */
const NO_TIME = new Date(1980, 0, 1);

/** Bundles a function and packs it, so that unchanged code is an unchanged file. */
export async function packFunction(options: PackFunctionOptions): Promise<PackedFunction> {
  const { stack, function: resource, target } = options;
  const bundle = await bundleFunction({ ...options, mode: "deploy" });
  await bundle.dispose();
  const folder = dirname(bundle.file);
  const names = (await readdir(folder)).sort();
  const bundled = await Promise.all(
    names.map(async (name) => [name, await readFile(join(folder, name))] as const),
  );
  const beside = Object.entries(target.files ?? {}).map(
    ([name, text]) => [name, Buffer.from(text)] as const,
  );
  const files = Object.fromEntries([...bundled, ...beside]);
  const packed = zipSync(files, { mtime: NO_TIME, level: 6 });
  const sha256 = createHash("sha256").update(packed).digest("hex");
  const artifacts = await projectCache(stack.directory, join("artifacts", target.platform));
  const file = join(artifacts, `${resource.id}-${sha256.slice(0, 16)}.zip`);
  await writeFile(`${file}.${process.pid}.next`, packed);
  await rename(`${file}.${process.pid}.next`, file);
  await removeOld(artifacts, resource.id, basename(file));
  return {
    artifact: { sha256, bytes: packed.length },
    file: relative(stack.directory, file).replaceAll("\\", "/"),
  };
}

async function removeOld(folder: string, id: string, newest: string): Promise<void> {
  const own = (await readdir(folder)).filter(
    (name) => name !== newest && name.startsWith(`${id}-`) && HASHED.test(name.slice(id.length)),
  );
  const dated = await Promise.all(
    own.map(async (name) => ({ name, at: (await stat(join(folder, name))).mtimeMs })),
  );
  dated.sort((one, other) => other.at - one.at);
  for (const { name } of dated.slice(KEPT - 1)) {
    await rm(join(folder, name), { force: true });
    await rm(join(folder, handlersOf(name)), { force: true });
  }
}

/** Beside a packed function's file: what checking its handlers found. */
export function handlersOf(zip: string): string {
  return zip.replace(/\.zip$/, ".handlers.json");
}

/** What follows the id in a name, so that "mail" leaves those of "mail-out" alone. */
const HASHED = /^-[0-9a-f]{16}\.zip$/;
