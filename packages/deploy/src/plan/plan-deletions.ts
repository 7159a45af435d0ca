import type { Place } from "../deploy-platform.ts";
import { lossOf } from "../part/loss.ts";
import { isOurs, ownerText } from "../part/ownership.ts";
import type { State } from "../state/state.ts";
import { type Thing, thingKey, thingsOf } from "../state/things.ts";
import type { Step } from "./plan.ts";
import type { Reads } from "./reads.ts";
import { withNews } from "./with-news.ts";

/** A thing that the state has under a part's id and that is wanted no more. */
export interface Leaving {
  readonly under: string;
  readonly thing: Thing;
}

export interface DeletionInput {
  readonly leaving: readonly Leaving[];
  readonly state: State | undefined;
  readonly reads: Reads;
  readonly place: Place;
  /** The names of the parts that stay, by their ids. */
  readonly names: ReadonlyMap<string, string>;
}

/** The steps that remove what is wanted no more, each after all that was built on it, by the state's own edges. */
export function planDeletions({
  leaving,
  state,
  reads,
  place,
  names,
}: DeletionInput): readonly Step[] {
  const dependents = dependentsIn(state);
  return dependentsFirst(leaving).map(({ under, thing }): Step => {
    const { type, name, resource } = thing;
    const successor = names.get(under);
    const first = successor === undefined ? [] : [under];
    const after = [...first, ...(dependents.get(under) ?? [])];
    const base = { part: under, type, name, resource, changes: [], after };
    const remote = reads.get(thingKey(thing));
    if (remote === undefined) return { ...base, action: "forget", because: "it is gone" };
    if (remote.owner !== undefined && !isOurs(remote.owner, place)) {
      return { ...base, action: "forget", because: `it is of ${ownerText(remote.owner)} now` };
    }
    if (remote.owner === undefined && thing.remote === undefined) {
      return { ...base, action: "forget", because: "it was not made by this stage" };
    }
    const loses = lossOf(remote, successor !== undefined);
    const step: Step = {
      ...base,
      action: "delete",
      read: remote,
      ...(successor === undefined ? {} : { because: `"${successor}" takes its place` }),
      ...(loses === undefined ? {} : { loses }),
    };
    return withNews(step, thing);
  });
}

/** By a part's id, the ids of those that were built on it. */
function dependentsIn(state: State | undefined): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const id of Object.keys(state?.parts ?? {}).sort()) {
    for (const needed of new Set(thingsOf(state, id).flatMap(({ dependsOn }) => dependsOn))) {
      if (needed !== id) found.set(needed, [...(found.get(needed) ?? []), id]);
    }
  }
  return found;
}

/** Edges of several deploys may lie in a circle; what would close it is left out. */
function dependentsFirst(leaving: readonly Leaving[]): readonly Leaving[] {
  const ordered = new Set<Leaving>();
  const seen = new Set<Leaving>();
  const visit = (each: Leaving): void => {
    if (seen.has(each)) return;
    seen.add(each);
    for (const other of builtOn.get(each.under) ?? []) visit(other);
    ordered.add(each);
  };
  const builtOn = new Map<string, Leaving[]>();
  for (const each of leaving) {
    for (const id of each.thing.dependsOn) {
      if (id !== each.under) builtOn.set(id, [...(builtOn.get(id) ?? []), each]);
    }
  }
  for (const each of leaving) visit(each);
  return [...ordered];
}
