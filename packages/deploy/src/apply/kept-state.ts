import { isDeepStrictEqual } from "node:util";
import { hasUnknown, type Lookup, resolve } from "../part/expression.ts";
import { dependenciesOf } from "../part/order.ts";
import type { Part } from "../part/part.ts";
import type { Step } from "../plan/plan.ts";
import type { State } from "../state/state.ts";
import { type Thing, thingKey, thingsOf, withOwn } from "../state/things.ts";

/** The state after a step that has nothing to do at the vendor: what was read, declared and depended on is written down. */
export function keptState(state: State, step: Step, part: Part, lookup: Lookup): State {
  const before = thingsOf(state, part.id).find((thing) => thingKey(thing) === thingKey(part));
  const resolved = resolve(part.config, lookup);
  const remote = step.read ?? before?.remote;
  const { type, name, resource } = part;
  const after: Thing = {
    type,
    name,
    resource,
    status: "ready",
    config: hasUnknown(resolved) && before !== undefined ? before.config : resolved,
    ...(remote === undefined ? {} : { remote }),
    dependsOn: dependenciesOf(part),
  };
  return isDeepStrictEqual(before, after) ? state : withOwn(state, part.id, after);
}
