import { AlienError } from "@alienplatform/core";
import type { ApiSlots } from "../api-slots.ts";
import { asAlienError } from "../as-alien-error.ts";
import { controllerOf } from "../controller-of.ts";
import type { Step } from "../plan/plan.ts";
import type { ApplyEvent } from "./apply-event.ts";
import { deletePart } from "./delete-part.ts";
import { keptState } from "./kept-state.ts";
import { makePart } from "./make-part.ts";
import type { Run } from "./run.ts";
import type { Outcome } from "./walk.ts";

/** Does one step when there is room at its API, and tells what became of it; never throws. */
export async function doStep(
  run: Run,
  step: Step,
  slots: ApiSlots,
  onEvent: (event: ApplyEvent) => void,
): Promise<Outcome> {
  if (step.action === "none") return keep(run, step);
  try {
    const { api } = controllerOf(run.cloud.controllers, step);
    return await slots.run(api, () => timed(run, step, onEvent));
  } catch (thrown) {
    const error = asAlienError(run.cloud, thrown, `${step.type} "${step.name}"`);
    onEvent({ kind: "failed", step, error, tookMs: 0 });
    return { kind: "failed", error };
  }
}

/** Needs no room, and no wait: the next write takes it along, at the latest the one that gives the lock back. */
function keep(run: Run, step: Step): Outcome {
  const part = run.plan.parts.find(({ id }) => id === step.part);
  if (part === undefined || run.signal.aborted) return { kind: "stopped" };
  const { session } = run;
  session
    .change((state) => keptState(state, step, part, run.lookup))
    .catch(() => "told by `ended`");
  return { kind: "done" };
}

async function timed(run: Run, step: Step, onEvent: (event: ApplyEvent) => void): Promise<Outcome> {
  if (run.signal.aborted) return { kind: "stopped" };
  const began = run.clock.now();
  onEvent({ kind: "started", step });
  try {
    await perform(run, step);
    onEvent({ kind: "done", step, tookMs: run.clock.now() - began });
    return { kind: "done" };
  } catch (thrown) {
    const error = asAlienError(run.cloud, thrown, `${step.type} "${step.name}"`);
    const tookMs = run.clock.now() - began;
    if (run.signal.aborted) {
      // Whatever it was refused in passing, it would have gone on.
      onEvent({ kind: "interrupted", step, tookMs });
      return { kind: "interrupted" };
    }
    onEvent({ kind: "failed", step, error, tookMs });
    return { kind: "failed", error };
  }
}

function perform(run: Run, step: Step): Promise<void> {
  if (step.action === "delete" || step.action === "forget") return deletePart(run, step);
  const part = run.plan.parts.find(({ id }) => id === step.part);
  if (part !== undefined) return makePart(run, step, part);
  throw new AlienError("PLAN_REFUSED", `the plan has a step for "${step.part}", but no such part`);
}
