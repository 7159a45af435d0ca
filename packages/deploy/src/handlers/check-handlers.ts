import { createHash } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { FunctionResource } from "@alienplatform/core";
import { codeFrame } from "../code-frame.ts";
import type { FunctionTarget } from "../function-target.ts";
import type { LoadedStack } from "../load-stack.ts";
import { handlersOf } from "../pack-function.ts";
import type { PlanProblem } from "../plan/plan.ts";
import type { PlanWarning } from "../plan/plan-warning.ts";
import { stackPlaces } from "../stack-places.ts";
import type { ThrownError } from "../thrown-error.ts";
import type { MissingHandler } from "./answer.ts";
import { askFunction } from "./ask-function.ts";
import { functionEnvironment } from "./function-environment.ts";

export interface CheckHandlersOptions {
  readonly stack: LoadedStack;
  readonly function: FunctionResource;
  readonly target: FunctionTarget;
  /** Its packed code, relative to the folder of alien.ts: what was found is kept beside it. */
  readonly file: string;
  readonly signal?: AbortSignal;
  /** When to give up on loading it. Default 10 seconds. */
  readonly timeLimitMs?: number;
}

/** What is to be said of a function's handlers; nothing where each of its triggers has one. */
export interface CheckedHandlers {
  readonly problems: readonly PlanProblem[];
  readonly warnings: readonly PlanWarning[];
}

/** Of this format, and of what is asked. */
const VERSION = 1;

/**
 * Whether a function handles what it is triggered by: it is loaded once for each version of its code, environment and
 * triggers. One that cannot be loaded here may well be loaded where it is deployed, so that is a warning.
 */
export async function checkHandlers(options: CheckHandlersOptions): Promise<CheckedHandlers> {
  const { stack, function: resource, file } = options;
  if (resource.triggers.length === 0 && !resource.http) return { problems: [], warnings: [] };
  const environment = functionEnvironment(resource);
  const key = createHash("sha256")
    .update(JSON.stringify([VERSION, environment]))
    .digest("hex");
  const kept = join(stack.directory, handlersOf(file));
  const known = await readKept(kept, key);
  if (known !== undefined) return found(known);
  const asked = await askFunction({ ...options, environment });
  if (asked.missing === undefined) {
    const warning = await notLoaded(resource, asked.error, asked.inputs, stack.directory);
    return { problems: [], warnings: [warning] };
  }
  await writeFile(`${kept}.${process.pid}.next`, JSON.stringify({ key, missing: asked.missing }));
  await rename(`${kept}.${process.pid}.next`, kept);
  return found(asked.missing);
}

function found(missing: readonly MissingHandler[]): CheckedHandlers {
  const code = "HANDLER_MISSING" as const;
  return {
    problems: missing.map(({ message, fix }) => ({ code, problem: message, fix })),
    warnings: [],
  };
}

/** Undefined where it was never asked like this. */
async function readKept(file: string, key: string): Promise<readonly MissingHandler[] | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined); // it has not been asked yet
  // Written above, in one step.
  const kept = JSON.parse(text ?? "{}") as { key?: string; missing?: readonly MissingHandler[] };
  return kept.key === key ? kept.missing : undefined;
}

async function notLoaded(
  { id }: FunctionResource,
  { name, message, stack }: ThrownError,
  inputs: readonly string[],
  directory: string,
): Promise<PlanWarning> {
  const place = stackPlaces(stack).find(({ file }) => inputs.includes(file));
  const text = name === "Error" || name === "AlienError" ? message : `${name}: ${message}`;
  const where = place && `${relative(directory, place.file)}:${place.line}:${place.column}: `;
  const frame = place && (await codeFrame(place));
  return {
    resource: id,
    warning: `whether function "${id}" has a handler for each of its triggers is not known, since it cannot be loaded here: ${where ?? ""}${text}`,
    ...(frame === undefined ? {} : { frame }),
  };
}
