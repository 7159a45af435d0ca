import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import {
  AlienError,
  type EndpointResource,
  type FunctionResource,
  installFix,
} from "@alienplatform/core";
import type { BuildOptions, Metafile, OutputFile } from "esbuild";
import { buildError } from "./build-error.ts";
import { buildOptions, inputsOf } from "./build-options.ts";
import { context } from "./bundler.ts";
import { functionEntry } from "./function-entry.ts";
import { deploySource, devSource } from "./function-source.ts";
import { type FunctionTarget, targetOptions } from "./function-target.ts";
import type { LoadedStack } from "./load-stack.ts";
import { projectCache } from "./project-cache.ts";
import { refuseMissingPackages } from "./refuse-missing-packages.ts";

interface BundledFunction {
  readonly stack: LoadedStack;
  /** An endpoint is run as a function without code of its own, which posts the messages. */
  readonly function: FunctionResource | EndpointResource;
  /** Where the bundle goes: a folder inside the project. Default one in .alien. */
  readonly outDir?: string;
}

export type BundleFunctionOptions = BundledFunction &
  (
    | {
        /** One file with inline source maps; packages stay outside, so that each exists once. */
        readonly mode: "dev";
      }
    | {
        /** One file with everything in it, minified, and its source map. */
        readonly mode: "deploy";
        readonly target: FunctionTarget;
        /** A queue's id by what the platform's events call it. */
        readonly sources: Readonly<Record<string, string>>;
      }
  );

/** A function's code as one file: for node, with `nodeArguments()` and `--enable-source-maps`, or for its platform. */
export interface FunctionBundle {
  readonly file: string;
  /** The project's files of the last good build, absolute: what a watcher has to watch. */
  readonly inputs: readonly string[];
  /** What the last good build is made of, in esbuild's form. */
  readonly metafile: Metafile;
  /** Builds again into the same file; a failure leaves the last good one. */
  rebuild(): Promise<void>;
  dispose(): Promise<void>;
}

/** Bundles a function with a generated entry: one that starts its handlers, or hands them to a platform. */
export async function bundleFunction(options: BundleFunctionOptions): Promise<FunctionBundle> {
  const { directory } = options.stack;
  const file = await bundleFile(options);
  const builder = await context({ ...(await optionsOf(options)), outfile: file, write: false });
  let metafile: Metafile = { inputs: {}, outputs: {} };
  const rebuild = async () => {
    // A file that is gone is named as such; esbuild would name the generated entry, which nobody wrote.
    await userFile(options);
    const built = await builder.rebuild().catch(async (cause: unknown) => {
      const error = await buildError("FUNCTION_BUILD_FAILED", cause, directory);
      throw options.mode === "deploy" ? platformMissing(error, options.target) : error;
    });
    if (options.mode === "dev") await refuseMissingPackages(built.metafile, directory);
    for (const { path, contents } of mapsFirst(built.outputFiles))
      await replaceFile(path, contents);
    metafile = built.metafile;
  };
  try {
    await rebuild();
  } catch (error) {
    await builder.dispose();
    throw error;
  }
  return {
    file,
    get inputs() {
      return inputsOf(metafile, directory);
    },
    get metafile() {
      return metafile;
    },
    rebuild,
    dispose: () => builder.dispose(),
  };
}

/** A platform gets a folder of its own for each function, with nothing else in it. */
async function bundleFile(options: BundleFunctionOptions): Promise<string> {
  const { id } = options.function;
  const { directory } = options.stack;
  if (options.mode === "dev") {
    return resolve(options.outDir ?? (await projectCache(directory, "functions")), `${id}.mjs`);
  }
  const outDir =
    options.outDir ?? (await projectCache(directory, join("bundles", options.target.platform)));
  return resolve(outDir, id, "index.mjs");
}

async function optionsOf(
  options: BundleFunctionOptions,
): Promise<BuildOptions & { metafile: true }> {
  const { stack, function: resource } = options;
  const source = { stack, resource, file: await userFile(options) };
  if (options.mode === "dev") return buildOptions(stack.directory, devSource(source));
  const { target, sources } = options;
  return targetOptions(stack.directory, deploySource(source, target, sources), target);
}

/** Undefined for an endpoint. */
async function userFile({ stack, function: resource }: BundleFunctionOptions) {
  return resource.type === "endpoint" ? undefined : functionEntry(stack, resource);
}

/** The generated entry imports the platform's package: nobody wrote that line, so nobody could correct it. */
function platformMissing(error: AlienError, { platform, entry }: FunctionTarget): AlienError {
  if (!error.message.includes(`Could not resolve "${entry}"`)) return error;
  const text = `the package of platform "${platform}" is not installed`;
  const name = /^(@[^/]+\/)?[^/]+/.exec(entry)?.[0] ?? entry;
  return new AlienError("PLATFORM_MISSING", text, {
    fix: installFix([name]),
    details: { platform },
    cause: error,
  });
}

/** A source map before the file that refers to it. */
function mapsFirst(files: readonly OutputFile[]): readonly OutputFile[] {
  const isMap = ({ path }: OutputFile) => path.endsWith(".map");
  return [...files.filter(isMap), ...files.filter((each) => !isMap(each))];
}

/** In one step: a process that starts meanwhile reads the old file or the new one, never half of it. */
async function replaceFile(file: string, contents: Uint8Array): Promise<void> {
  const next = `${file}.${process.pid}.next`;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(next, contents);
  await rename(next, file);
}
