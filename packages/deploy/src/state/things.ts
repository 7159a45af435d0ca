import type { Part } from "../part/part.ts";
import type { PartState, State } from "./state.ts";

/** One vendor-level thing that the state knows: a part's own, or one whose place that took. */
export type Thing = Omit<PartState, "former">;

/** What a thing is told apart by: no two of one type share a name. */
export function thingKey({ type, name }: Pick<Thing, "type" | "name">): string {
  return `${type} ${name}`;
}

/** All that the state has under a part's id, the part's own first. */
export function thingsOf(state: State | undefined, id: string): readonly Thing[] {
  const entry = state?.parts[id];
  if (entry === undefined) return [];
  const { former = [], ...own } = entry;
  return [own, ...former];
}

/** The state with other things under a part's id, the part's own first. */
export function withThings(state: State, id: string, things: readonly Thing[]): State {
  const [own, ...former] = things;
  if (own === undefined) {
    const { [id]: _, ...parts } = state.parts;
    return { ...state, parts };
  }
  const entry: PartState = former.length === 0 ? own : { ...own, former };
  return { ...state, parts: { ...state.parts, [id]: entry } };
}

/** The state with a thing as the part's own; one of its type and name gives way, any other becomes a former one. */
export function withOwn(state: State, id: string, own: Thing): State {
  return withThings(state, id, [own, ...others(state, id, own)]);
}

/** The state without one thing. */
export function withoutThing(state: State, id: string, thing: Pick<Thing, "type" | "name">): State {
  return withThings(state, id, others(state, id, thing));
}

function others(state: State, id: string, thing: Pick<Thing, "type" | "name">): readonly Thing[] {
  return thingsOf(state, id).filter((each) => thingKey(each) !== thingKey(thing));
}

/** What the state has, seen from the parts that are wanted. */
export interface Holdings {
  /** By a wanted part's id: what the state has of its type and name, and under whose id. */
  readonly kept: ReadonlyMap<string, { readonly under: string; readonly thing: Thing }>;
  /** Everything else, under whose id: it is to go. */
  readonly leaving: readonly { readonly under: string; readonly thing: Thing }[];
  /** By a wanted part's id: the other wanted part that the state has its name for. */
  readonly contested: ReadonlyMap<string, string>;
}

/** Matches wanted parts with what the state has; a part whose id has changed keeps its thing. */
export function holdings(parts: readonly Part[], state: State | undefined): Holdings {
  const wanted = new Set(parts.map(({ id }) => id));
  const held = Object.keys(state?.parts ?? {}).flatMap((under) =>
    thingsOf(state, under).map((thing) => ({ under, thing })),
  );
  const byKey = new Map(held.map((each) => [thingKey(each.thing), each]));
  const kept: [string, { under: string; thing: Thing }][] = [];
  const contested: [string, string][] = [];
  for (const part of parts) {
    const found = byKey.get(thingKey(part));
    if (found === undefined) continue;
    if (found.under === part.id || !wanted.has(found.under)) kept.push([part.id, found]);
    else contested.push([part.id, found.under]);
  }
  const staying = new Set(kept.map(([, each]) => each));
  return {
    kept: new Map(kept),
    leaving: held.filter((each) => !staying.has(each)),
    contested: new Map(contested),
  };
}
