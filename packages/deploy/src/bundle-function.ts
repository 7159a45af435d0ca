import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import type { FunctionResource } from "@alienplatform/core";
import { context } from "esbuild";
import { buildError } from "./build-error.ts";
import { buildOptions, inputsOf } from "./build-options.ts";
import { functionEntry } from "./function-entry.ts";
import type { LoadedStack } from "./load-stack.ts";
import { projectCache } from "./project-cache.ts";

export interface BundleFunctionOptions {
  readonly stack: LoadedStack;
  readonly function: FunctionResource;
  /** Where the bundle goes: a folder inside the project. Default .alien/functions. */
  readonly outDir?: string;
  /** "dev": one file with inline source maps; packages stay outside, so that each exists once. */
  readonly mode: "dev";
}

/** A function's code as one file that node runs, with `nodeArguments()` and `--enable-source-maps`. */
export interface FunctionBundle {
  readonly file: string;
  /** The project's files of the last good build, absolute: what a watcher has to watch. */
  readonly inputs: readonly string[];
  /** Builds again into the same file; a failure leaves the last good one. */
  rebuild(): Promise<void>;
  dispose(): Promise<void>;
}

/** Bundles a function with a generated entry that starts its handlers. */
export async function bundleFunction(options: BundleFunctionOptions): Promise<FunctionBundle> {
  const { directory } = options.stack;
  const { id } = options.function;
  const outDir = options.outDir ?? (await projectCache(directory, "functions"));
  const file = resolve(outDir, `${id}.mjs`);
  const entry = await functionEntry(options.stack, options.function);
  const builder = await context({
    ...buildOptions(directory, entrySource(options, entry)),
    outfile: file,
    write: false,
  });
  let inputs: readonly string[] = [];
  const rebuild = async () => {
    // A file that is gone is named as such; esbuild would name the generated entry, which nobody wrote.
    await functionEntry(options.stack, options.function);
    const { metafile, outputFiles } = await builder.rebuild().catch(async (cause: unknown) => {
      throw await buildError("FUNCTION_BUILD_FAILED", cause, directory);
    });
    const [output] = outputFiles;
    if (output !== undefined) await replaceFile(file, output.contents);
    inputs = inputsOf(metafile, directory);
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
      return inputs;
    },
    rebuild,
    dispose: () => builder.dispose(),
  };
}

/** In one step: a process that starts meanwhile reads the old file or the new one, never half of it. */
async function replaceFile(file: string, contents: Uint8Array): Promise<void> {
  const next = `${file}.${process.pid}.next`;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(next, contents);
  await rename(next, file);
}

/** Starts the handlers of the user's module; alien.ts comes along where a queue's schema is needed. */
function entrySource(options: BundleFunctionOptions, entry: string): string {
  const { stack, function: resource } = options;
  const file = relative(stack.directory, entry);
  const typed = resource.triggers.some(({ queue }) => stack.schemas[queue] !== undefined);
  const queues = typed
    ? `(await collect(() => import(${JSON.stringify(stack.file)}))).resources.filter(({ type }) => type === "queue")`
    : "[]";
  return `${typed ? `import { collect } from "@alienplatform/core/collect";\n` : ""}import { startFunction } from "@alienplatform/sdk/function";
const queues = async () => ${queues};
await startFunction(() => import(${JSON.stringify(entry)}), { file: ${JSON.stringify(file)}, queues });`;
}
