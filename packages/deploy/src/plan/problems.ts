import { isDeepStrictEqual } from "node:util";
import type { Place } from "../deploy-platform.ts";
import { ownerText } from "../part/ownership.ts";
import type { Part } from "../part/part.ts";
import type { State } from "../state/state.ts";
import { thingKey } from "../state/things.ts";
import type { PlanProblem, Step } from "./plan.ts";

/** A state of elsewhere: what it knows is not where we look, so that all would be made twice. */
export function otherPlace(state: State | undefined, place: Place): PlanProblem | undefined {
  if (state === undefined || Object.keys(state.parts).length === 0) return undefined;
  if (isDeepStrictEqual(state.place, place)) return undefined;
  return {
    code: "PLACE_CHANGED",
    problem: `the state is of ${placeText(state.place)}, not of ${placeText(place)}`,
    fix: "Sign in to the account and region of the state, or keep another state with --stage or --state.",
  };
}

function placeText(place: Place): string {
  const settings = Object.entries(place.settings).map(([name, value]) => `${name} ${value}`);
  return [place.platform, ...settings, ownerText(place)].join(", ");
}

/** Parts that would be one and the same thing, and those that want a name which another one has still. */
export function collisions(
  parts: readonly Part[],
  contested: ReadonlyMap<string, string>,
): readonly PlanProblem[] {
  const first = new Map<string, Part>();
  const problems: PlanProblem[] = [];
  for (const part of parts) {
    const other = first.get(thingKey(part));
    const holder = contested.get(part.id);
    if (other === undefined) first.set(thingKey(part), part);
    if (other !== undefined) {
      problems.push({
        code: "NAME_COLLISION",
        part: part.id,
        problem: `"${other.id}" and "${part.id}" would both be ${part.type} "${part.name}"`,
        fix: `Give "${other.resource}" or "${part.resource}" another id in alien.ts.`,
      });
    } else if (holder !== undefined) {
      problems.push({
        code: "NAME_COLLISION",
        part: part.id,
        problem: `${part.type} "${part.name}" is still that of "${holder}"`,
        fix: `Deploy "${holder}" under its new name first, then "${part.id}".`,
      });
    }
  }
  return problems;
}

/** What would be lost without consent. */
export function losses(
  steps: readonly Step[],
  allowDataLoss: readonly string[],
): readonly PlanProblem[] {
  return steps.flatMap(({ loses, resource, part, type, name, action }): PlanProblem[] => {
    if (loses === undefined || allowDataLoss.includes(resource)) return [];
    const verb = action === "delete" ? "deleting" : "replacing";
    return [
      {
        code: "DATA_LOSS",
        part,
        problem: `${verb} ${type} "${name}" loses ${loses}`,
        fix: `Take it out first, or accept the loss with --allow-data-loss ${resource}.`,
      },
    ];
  });
}
