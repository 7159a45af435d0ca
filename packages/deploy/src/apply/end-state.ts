import { isDeepStrictEqual } from "node:util";
import { attributesOf } from "../part/attributes.ts";
import { hasUnknown, referencesOf, resolve } from "../part/expression.ts";
import type { Json } from "../part/json.ts";
import type { Plan } from "../plan/plan.ts";
import type { PartState, State } from "../state/state.ts";
import { keptState } from "./kept-state.ts";

/** The state with the bindings of the plan, as far as what they refer to is there. */
export function withBindings(plan: Plan, state: State): State {
  const lookup = attributesOf(plan.parts, (id) => state.parts[id]?.remote);
  const bindings: Record<string, Json> = {};
  for (const [queue, binding] of Object.entries(plan.bindings)) {
    const isThere = referencesOf(binding).every(
      ({ $ref }) => state.parts[$ref]?.status === "ready",
    );
    const resolved = resolve(binding, lookup);
    if (isThere && !hasUnknown(resolved)) bindings[queue] = resolved;
  }
  return isDeepStrictEqual(bindings, state.bindings) ? state : { ...state, bindings };
}

/** The state without the intents of parts of which no step was begun: the vendor was never called for them. */
export function withoutIntents(
  before: State | undefined,
  untouched: ReadonlySet<string>,
  state: State,
): State {
  const parts: Record<string, PartState> = { ...state.parts };
  for (const id of untouched) {
    const original = before?.parts[id];
    if (original === undefined) delete parts[id];
    else parts[id] = original;
  }
  return untouched.size === 0 ? state : { ...state, parts };
}

/** What the state would be after a plan that has nothing to do at the vendor; the same object where it is that already. */
export function stateAfterNothing(plan: Plan, state: State): State {
  const steps = new Map(plan.steps.map((step) => [step.part, step]));
  let next = state;
  const lookup = attributesOf(plan.parts, (id) => next.parts[id]?.remote);
  for (const part of plan.parts) {
    const step = steps.get(part.id);
    if (step !== undefined) next = keptState(next, step, part, lookup);
  }
  return withBindings(plan, next);
}
