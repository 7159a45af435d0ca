import { readFile, realpath, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { AlienError, Stack, type StackData, toId } from "@alienplatform/core";
import { build } from "esbuild";
import { buildError } from "./build-error.ts";
import { buildOptions, inputsOf } from "./build-options.ts";
import { type EvaluateOptions, evaluate } from "./evaluate.ts";
import type { Evaluation, QueueSchema } from "./evaluation.ts";
import { evaluationError } from "./evaluation-error.ts";
import { isFile } from "./find-stack-file.ts";
import { projectCache } from "./project-cache.ts";

/** What alien.ts declares, as plain JSON, and where it came from. */
export interface LoadedStack {
  /** Without the queues' schemas, which are code: see `schemas`. */
  readonly stack: StackData;
  /** Of each queue that has one, by id. */
  readonly schemas: Readonly<Record<string, QueueSchema>>;
  readonly file: string;
  /** The folder of alien.ts: every relative path in it counts from here. */
  readonly directory: string;
  /** The project's files that it is made of, absolute: what a watcher has to watch. */
  readonly inputs: readonly string[];
}

let loads = 0;

/** Bundles alien.ts, evaluates it in a process of its own, and answers the stack. */
export async function loadStack(file: string, options: EvaluateOptions = {}): Promise<LoadedStack> {
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
    `stack-${process.pid}-${++loads}.mjs`,
  );
  try {
    const { metafile } = await build({
      ...buildOptions(directory, entry(path)),
      outfile: bundle,
    }).catch(async (cause: unknown) => {
      throw await buildError("STACK_LOAD_FAILED", cause, directory);
    });
    const inputs = inputsOf(metafile, directory);
    const evaluation = await evaluate(bundle, path, options);
    if (!evaluation.ok) throw await evaluationError(evaluation.error, directory, inputs);
    const stack = await stackOf(evaluation, path);
    return { stack, schemas: evaluation.schemas, file: path, directory, inputs };
  } finally {
    await rm(bundle, { force: true });
  }
}

/** JSON.stringify is what makes a name with quotes safe. */
function entry(file: string): string {
  return `import { collect } from "@alienplatform/core/collect";
export const collected = await collect(() => import(${JSON.stringify(file)}));`;
}

/** The exported stack, or everything that a bare alien.ts builds. */
async function stackOf(
  { exported, resources, stacks }: Evaluation & { ok: true },
  file: string,
): Promise<StackData> {
  if (typeof exported === "object") return exported;
  const example = "export default new alien.Stack(...).add(...).build();";
  if (exported === "builder") {
    throw refused(file, "its default export was not built", `Call .build() last: ${example}`);
  }
  if (exported === "other") {
    throw refused(file, "its default export is not a stack", `Write: ${example}`);
  }
  const [unexported] = stacks;
  if (unexported !== undefined) {
    throw refused(
      file,
      `it builds the stack "${unexported}" and does not export it`,
      `Write: ${example}`,
    );
  }
  if (resources.length === 0) {
    throw refused(file, "it declares nothing", `Begin with: new alien.Queue("tasks").build();`);
  }
  const stack = new Stack(await stackName(dirname(file)));
  for (const resource of resources) stack.add(resource);
  return stack.build();
}

function refused(file: string, problem: string, fix: string): AlienError {
  return new AlienError("STACK_LOAD_FAILED", `${basename(file)}: ${problem}`, {
    fix,
    details: { file },
  });
}

/** The package's name without its scope, else the folder's. */
async function stackName(directory: string): Promise<string> {
  const name = packageName(
    await readFile(join(directory, "package.json"), "utf8").catch(() => "{}"),
  );
  return toId(name) || toId(basename(directory)) || "stack";
}

function packageName(json: string): string {
  try {
    const { name } = JSON.parse(json) as { name?: unknown };
    return typeof name === "string" ? name.replace(/^@[^/]*\//, "") : "";
  } catch {
    // A broken package.json is npm's to report; the folder has a name, too.
    return "";
  }
}
