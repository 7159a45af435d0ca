import { realpath, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { AlienError } from "@alienplatform/core";
import { buildError } from "./build-error.ts";
import { buildOptions, inputsOf } from "./build-options.ts";
import { build } from "./bundler.ts";
import { isFile } from "./find-stack-file.ts";
import { projectCache } from "./project-cache.ts";

/** alien.ts in one file, which a process of its own can import. */
export interface StackBundle {
  /** Where it is; its export `collected` is what the import declares. */
  readonly bundle: string;
  /** alien.ts itself, and its folder, by their real paths. */
  readonly file: string;
  readonly directory: string;
  /** The project's files that it is made of, absolute. */
  readonly inputs: readonly string[];
  /** Once it is imported nobody needs it. */
  remove(): Promise<void>;
}

let bundles = 0;

/** Bundles alien.ts into the project's cache. */
export async function bundleStack(file: string): Promise<StackBundle> {
  const given = resolve(file);
  if (!(await isFile(given))) {
    throw new AlienError("STACK_LOAD_FAILED", `there is no file ${given}`, {
      fix: "Create it, or run this in the project's folder.",
      details: { file: given },
    });
  }
  // Node and the bundler name files by their real paths, so everything here does.
  const directory = await realpath(dirname(given));
  const path = join(directory, basename(given));
  const bundle = join(
    await projectCache(directory, "cache"),
    // Two processes, or two calls, may load the same file at the same time.
    `stack-${process.pid}-${++bundles}.mjs`,
  );
  const { metafile } = await build({
    ...buildOptions(directory, entry(path)),
    outfile: bundle,
  }).catch(async (cause: unknown) => {
    throw await buildError("STACK_LOAD_FAILED", cause, directory);
  });
  const remove = () => rm(bundle, { force: true });
  return { bundle, file: path, directory, inputs: inputsOf(metafile, directory), remove };
}

/** JSON.stringify is what makes a name with quotes safe. */
function entry(file: string): string {
  return `import { collect } from "@alienplatform/core/collect";
export const collected = await collect(() => import(${JSON.stringify(file)}));`;
}
