import { rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { type FunctionResource, formatDuration } from "@alienplatform/core";
import { askProcess } from "../ask-process.ts";
import { inputsOf } from "../build-options.ts";
import { build } from "../bundler.ts";
import { functionEntry } from "../function-entry.ts";
import { type FunctionTarget, targetOptions } from "../function-target.ts";
import type { LoadedStack } from "../load-stack.ts";
import { projectCache } from "../project-cache.ts";
import type { Report } from "../report-once.ts";
import type { ThrownError } from "../thrown-error.ts";
import type { Answer, MissingHandler } from "./answer.ts";
import { checkSource } from "./check-source.ts";
import { standIns } from "./stand-ins.ts";

export interface AskFunctionOptions {
  readonly stack: LoadedStack;
  readonly function: FunctionResource;
  readonly target: FunctionTarget;
  readonly environment: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** When to give up. Default 10 seconds. */
  readonly timeLimitMs?: number;
}

/** What loading a function's file came to. */
export type AskedFunction =
  | { readonly missing: readonly MissingHandler[] }
  | {
      readonly missing?: never;
      readonly error: ThrownError;
      /** The project's files that were loaded, absolute. */
      readonly inputs: readonly string[];
    };

let asked = 0;

/** Loads a function's file in a process of its own, and answers which triggers nothing in it handles. */
export async function askFunction(options: AskFunctionOptions): Promise<AskedFunction> {
  const { stack, function: resource, target, timeLimitMs = 10_000, signal } = options;
  const { directory } = stack;
  const file = await functionEntry(stack, resource);
  const bundle = join(
    await projectCache(directory, "cache"),
    `${resource.id}-${process.pid}-${++asked}.mjs`,
  );
  const { external = [] } = target;
  const isNode = (pattern: string) => pattern.startsWith("node:");
  const built = targetOptions(directory, checkSource(file, relative(directory, file)), {
    ...target,
    platform: "nowhere",
    syntax: "node20",
    external: ["node:*", ...external.filter(isNode)],
  });
  try {
    const { metafile } = await build({
      ...built,
      minify: false,
      sourcemap: "inline",
      plugins: [standIns(external.filter((pattern) => !isNode(pattern))), ...(built.plugins ?? [])],
      outfile: bundle,
    });
    const said = await askProcess(["--enable-source-maps", bundle], {
      directory,
      environment: { ...machine(), ...options.environment },
      signal,
      timeLimitMs,
      // What a function prints when it is loaded is for its log, not for a plan.
      print: () => undefined,
    });
    if (said.report === undefined) {
      const text = said.late
        ? `it did not finish loading within ${formatDuration(timeLimitMs)}`
        : `its process ended with exit code ${String(said.exitCode)}`;
      return { error: { name: "Error", message: text, stack: "" }, inputs: [] };
    }
    // Its entry writes nothing else.
    const report = JSON.parse(said.report) as Report<Answer>;
    return report.ok ? report : { error: report.error, inputs: inputsOf(metafile, directory) };
  } finally {
    await rm(bundle, { force: true });
  }
}

/** What node and its modules look for on a machine; the rest of the deployer's environment is not the function's. */
function machine(): NodeJS.ProcessEnv {
  const names = ["PATH", "HOME", "TMPDIR", "TEMP", "TMP", "SystemRoot", "USERPROFILE"];
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}
