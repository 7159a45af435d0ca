import type { Controller, RemotePart } from "../controller.ts";
import { controllerOf } from "../controller-of.ts";
import type { Place } from "../deploy-platform.ts";
import { attributesOf } from "../part/attributes.ts";
import { resolve } from "../part/expression.ts";
import { dependenciesOf, inOrder } from "../part/order.ts";
import type { Lowered, Part } from "../part/part.ts";
import type { State } from "../state/state.ts";
import { type Holdings, holdings, thingKey } from "../state/things.ts";
import type { Plan, PlanProblem, Step } from "./plan.ts";
import { planDeletions } from "./plan-deletions.ts";
import { isMadeAnew, planPart } from "./plan-part.ts";
import { collisions, losses, otherPlace } from "./problems.ts";
import type { Reads } from "./reads.ts";
import { withNews } from "./with-news.ts";

export interface PlanInput {
  readonly lowered: Lowered;
  readonly place: Place;
  /** By the type of part; `diff` alone is called. */
  readonly controllers: Readonly<Record<string, Controller>>;
  readonly state: State | undefined;
  readonly reads: Reads;
  /** The resources that may take over what is there without being of this stage; "all" for each of them. */
  readonly adopt?: readonly string[];
  /** The resources whose messages and the like may be lost. */
  readonly allowDataLoss?: readonly string[];
  readonly operation?: Plan["operation"];
  /** As in the plan. */
  readonly artifacts?: Plan["artifacts"];
  /** What is wrong with the functions' code. */
  readonly code?: Pick<Required<Plan>, "problems" | "warnings">;
}

/** What has to be done so that everything is as declared. Pure: the same input gives the same plan. */
export function plan(input: PlanInput): Plan {
  const { lowered, place, state, allowDataLoss = [], artifacts = {}, code } = input;
  const parts = inOrder(lowered.parts);
  const warnings = [...(lowered.warnings ?? []), ...(code?.warnings ?? [])];
  const base = {
    version: 1,
    operation: input.operation ?? "deploy",
    place,
    from: { ...(state && { lineage: state.lineage }), serial: state?.serial ?? 0 },
    parts,
    bindings: lowered.bindings,
    allowDataLoss,
    artifacts,
    ...(warnings.length === 0 ? {} : { warnings }),
  } as const;
  const moved = otherPlace(state, place);
  if (moved !== undefined) return { ...base, steps: [], problems: [moved] };
  const held = holdings(parts, state);
  const made = planParts(input, parts, held);
  const names = new Map(parts.map(({ id, name }) => [id, name]));
  const deletions = planDeletions({ ...input, leaving: held.leaving, names });
  const steps = [...made.steps, ...deletions];
  return {
    ...base,
    steps,
    problems: [
      ...(code?.problems ?? []),
      ...collisions(parts, held.contested),
      ...made.problems,
      ...losses(steps, allowDataLoss),
    ],
  };
}

/** The plan that leaves nothing of what the state knows. */
export function destroyPlan(input: Omit<PlanInput, "lowered" | "operation" | "adopt">): Plan {
  return plan({ ...input, lowered: { parts: [], bindings: {} }, operation: "destroy" });
}

function planParts(
  { place, controllers, reads, adopt = [] }: PlanInput,
  parts: readonly Part[],
  { kept, leaving, contested }: Holdings,
): { readonly steps: readonly Step[]; readonly problems: readonly PlanProblem[] } {
  const steps: Step[] = [];
  const problems: PlanProblem[] = [];
  const remotes = new Map<string, RemotePart>();
  const lookup = attributesOf(parts, (id) => remotes.get(id));
  for (const part of parts) {
    const remote = contested.has(part.id) ? undefined : reads.get(thingKey(part));
    const found = kept.get(part.id);
    const { step, problem } = planPart({
      part,
      config: resolve(part.config, lookup),
      controller: controllerOf(controllers, part),
      place,
      kept: found?.thing,
      former: leaving
        .filter(({ under, thing }) => under === part.id && reads.has(thingKey(thing)))
        .map(({ thing }) => thing),
      remote,
      adopt: adopt.includes(part.resource) || adopt.includes("all"),
    });
    if (problem !== undefined) problems.push(problem);
    if (remote !== undefined && !isMadeAnew(step)) remotes.set(part.id, remote);
    steps.push({ ...withNews(step, found?.thing), after: dependenciesOf(part) });
  }
  return { steps, problems };
}
