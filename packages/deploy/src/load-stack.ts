import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { AlienError, Stack, type StackData, toId } from "@alienplatform/core";
import { bundleStack } from "./bundle-stack.ts";
import { type EvaluateOptions, evaluate } from "./evaluate.ts";
import type { Evaluation, PayloadIssue, QueueSchema } from "./evaluation.ts";
import { evaluationError } from "./evaluation-error.ts";

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
  /** What is wrong with the payload that was to be checked; undefined where nothing is. */
  readonly issues?: readonly PayloadIssue[];
}

/** Bundles alien.ts, evaluates it in a process of its own, and answers the stack. */
export async function loadStack(
  given: string,
  options: EvaluateOptions = {},
): Promise<LoadedStack> {
  const { bundle, file, directory, inputs, remove } = await bundleStack(given);
  try {
    const evaluation = await evaluate(bundle, file, options);
    if (!evaluation.ok) throw await evaluationError(evaluation.error, directory, inputs);
    const stack = await stackOf(evaluation, file);
    const { schemas, issues } = evaluation;
    return { stack, schemas, file, directory, inputs, ...(issues && { issues }) };
  } finally {
    await remove();
  }
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
