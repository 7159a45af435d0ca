import { systemClock } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import { type ApplyResult, applyPlan, type Plan } from "@alienplatform/deploy";
import type { Context } from "../context.ts";
import { printApplied, printAppliedJson } from "../print/applied.ts";
import type { Deployment } from "./deployment.ts";
import { lockOwner } from "./lock-owner.ts";
import { Progress } from "./progress.ts";

export interface ApplyCommandOptions {
  readonly signal: AbortSignal;
  readonly json: boolean;
}

/** Does what a plan says, shows it happen, and throws the first root cause where something failed. */
export async function apply(
  { terminal }: Pick<Context, "terminal">,
  { cloud, store, stack }: Deployment,
  plan: Plan,
  { signal, json }: ApplyCommandOptions,
): Promise<void> {
  const progress = new Progress(terminal, json);
  const started = performance.now();
  const result = await applyPlan(plan, {
    cloud,
    store,
    directory: stack.directory,
    owner: lockOwner(),
    clock: systemClock,
    signal,
    onEvent: progress.show,
  }).finally(() => progress.end());
  const tookMs = performance.now() - started;
  terminal.data(
    json
      ? printAppliedJson(plan, result, tookMs)
      : printApplied(plan, result, tookMs, terminal.colors),
  );
  const failure = failureOf(plan, result);
  if (failure !== undefined) throw failure;
}

/** One error for all: the first root cause, with the others in its details. */
function failureOf({ operation }: Plan, { failed, because }: ApplyResult): AlienError | undefined {
  // Whoever stopped it knows; the exit status says so.
  if (because !== undefined && because.code !== "ABORTED") return because;
  const [first] = failed;
  if (first === undefined) return undefined;
  const { code, message, fix, retryable, details } = first.error;
  const again = `then run alien ${operation} again: it goes on from here.`;
  return new AlienError(code, message, {
    fix:
      fix === undefined ? `See what failed above, ${again}` : `${fix.replace(/\.$/, "")}; ${again}`,
    retryable,
    details: { ...details, failed: failed.map(({ step, error }) => ({ part: step.part, error })) },
    cause: first.error,
  });
}
