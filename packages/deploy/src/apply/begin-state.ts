import { attributesOf } from "../part/attributes.ts";
import { type Lookup, resolve } from "../part/expression.ts";
import { dependenciesOf } from "../part/order.ts";
import type { Part } from "../part/part.ts";
import type { Plan, Step } from "../plan/plan.ts";
import { isMadeAnew } from "../plan/plan-part.ts";
import type { State } from "../state/state.ts";
import {
  holdings,
  type Thing,
  thingKey,
  thingsOf,
  withOwn,
  withoutThing,
  withThings,
} from "../state/things.ts";

/**
 * The state with the intents of a plan: what may be there, or may be gone, as soon as its steps begin. They are written
 * along with the lock, so that a step costs no write of its own before it may call the vendor. A config that is not
 * known yet holds unknowns; its step writes the intent again before it begins.
 */
export function beginState(plan: Plan, state: State): State {
  const { kept } = holdings(plan.parts, state);
  const anew = new Set(plan.steps.filter(isMadeAnew).map(({ part }) => part));
  const lookup = attributesOf(plan.parts, (id) =>
    anew.has(id) ? undefined : kept.get(id)?.thing.remote,
  );
  const parts = new Map(plan.parts.map((part) => [part.id, part]));
  let next: State = { ...state, place: plan.place };
  for (const step of plan.steps) {
    const part = parts.get(step.part);
    if (step.action === "delete") next = withLeaving(next, step);
    if (step.action === "delete" || step.action === "forget" || part === undefined) continue;
    const found = kept.get(part.id);
    if (found !== undefined && found.under !== part.id) {
      next = withoutThing(next, found.under, found.thing);
    }
    next = withOwn(next, part.id, intent(step, part, found?.thing, lookup));
  }
  return next;
}

function intent(step: Step, part: Part, kept: Thing | undefined, lookup: Lookup): Thing {
  const seen = step.read === undefined ? {} : { remote: step.read };
  if (kept === undefined || step.action === "create") {
    const { type, name, resource } = part;
    return {
      type,
      name,
      resource,
      status: step.action === "adopt" ? "updating" : "creating",
      config: resolve(part.config, lookup),
      dependsOn: dependenciesOf(part),
      ...seen,
    };
  }
  if (step.action === "none") return { ...kept, ...seen };
  return { ...kept, ...seen, status: step.action === "replace" ? "deleting" : "updating" };
}

/** What goes stays where it is in the state until it is gone. */
function withLeaving(state: State, step: Step): State {
  const things = thingsOf(state, step.part).map((thing): Thing => {
    if (thingKey(thing) !== thingKey(step)) return thing;
    return {
      ...thing,
      status: "deleting",
      ...(step.read === undefined ? {} : { remote: step.read }),
    };
  });
  return withThings(state, step.part, things);
}
