import { isDeepStrictEqual } from "node:util";
import type { Change, Controller, RemotePart } from "../controller.ts";
import type { Place } from "../deploy-platform.ts";
import type { Json } from "../part/json.ts";
import { lossOf } from "../part/loss.ts";
import { isOurs, ownerText } from "../part/ownership.ts";
import type { Part } from "../part/part.ts";
import type { Thing } from "../state/things.ts";
import { differences } from "./differences.ts";
import type { PlannedChange, PlanProblem, Step } from "./plan.ts";

export interface PartInput {
  readonly part: Part;
  /** Resolved, with what is not known yet. */
  readonly config: Json;
  readonly controller: Controller;
  readonly place: Place;
  /** What the state has under its type and name. */
  readonly kept: Thing | undefined;
  /** What the state has for it under other names, and is still there. */
  readonly former: readonly Thing[];
  readonly remote: RemotePart | undefined;
  readonly adopt: boolean;
}

export interface PartOutcome {
  readonly step: Omit<Step, "after">;
  readonly problem?: PlanProblem;
}

/** What has to happen to one part that is wanted. */
export function planPart(input: PartInput): PartOutcome {
  const { part, kept, former, remote, place } = input;
  if (remote === undefined) {
    if (kept === undefined && former.length > 0) return { step: renamed(input) };
    const deleted = kept !== undefined && kept.status !== "creating" && kept.status !== "deleting";
    const because = deleted ? { because: "it was deleted by somebody else" } : {};
    return { step: { ...base(part), action: "create", changes: [], ...because } };
  }
  const step = planExisting(input, remote);
  if (input.adopt || (kept !== undefined && belongs(kept, remote, place))) return { step };
  return { step, problem: taken(part, remote, place) };
}

/** Whether what is there is what the state has: not if somebody else's marks are on it, or it was never seen there. */
function belongs(kept: Thing, remote: RemotePart, place: Place): boolean {
  if (remote.owner !== undefined) return isOurs(remote.owner, place);
  return kept.remote !== undefined;
}

function planExisting(
  { part, config, controller, place, kept }: PartInput,
  remote: RemotePart,
): Omit<Step, "after"> {
  const found = differences(controller, config, remote, place);
  const drifted = driftOf(controller, kept, remote, place);
  const changes = found.map(
    (change): PlannedChange => (isDrift(change, drifted) ? { ...change, drift: true } : change),
  );
  if (changes.some(({ replaces }) => replaces !== undefined)) {
    const loss = lossOf(remote, true);
    const loses = loss === undefined ? {} : { loses: loss };
    return { ...base(part), action: "replace", changes, ...loses, read: remote };
  }
  const action = kept === undefined ? "adopt" : changes.length > 0 ? "update" : "none";
  return { ...base(part), action, changes, read: remote };
}

/** What is not as it was deployed. What an interrupted deploy left half done is nobody's drift. */
function driftOf(
  controller: Controller,
  kept: Thing | undefined,
  remote: RemotePart,
  place: Place,
): readonly Change[] {
  return kept?.status === "ready" ? differences(controller, kept.config, remote, place) : [];
}

/** Only where the declaration is as it was: what else differs is the author's own change. */
function isDrift({ path, to }: Change, drifted: readonly Change[]): boolean {
  return drifted.some((other) => other.path === path && isDeepStrictEqual(other.to, to));
}

function renamed({ part, former }: PartInput): Omit<Step, "after"> {
  const [last] = former;
  const replaces = "it is another thing under another name";
  const changes =
    last === undefined
      ? []
      : last.name !== part.name
        ? [{ path: "name", from: last.name, to: part.name, replaces }]
        : [
            {
              path: "type",
              from: last.type,
              to: part.type,
              replaces: "it is another kind of thing",
            },
          ];
  return { ...base(part), action: "replace", changes };
}

function taken(part: Part, remote: RemotePart, place: Place): PlanProblem {
  const what = `${part.type} "${part.name}" is there already`;
  if (isOurs(remote.owner, place)) {
    return {
      code: "STATE_LOST",
      part: part.id,
      problem: `${what} and carries the marks of this stage, but its state does not know it`,
      fix: `Bring the state back, or take over all that carries its marks with --adopt all; this alone with --adopt ${part.resource}.`,
    };
  }
  const whose =
    remote.owner === undefined ? "is nobody's by its marks" : `is of ${ownerText(remote.owner)}`;
  return {
    code: "NAME_TAKEN",
    part: part.id,
    problem: `${what} and ${whose}`,
    fix: `Delete it, deploy another stage, or take it over with --adopt ${part.resource}.`,
  };
}

function base({ id, type, name, resource }: Part) {
  return { part: id, type, name, resource };
}

/** Whether a step makes a part anew, so that only its certain attributes are known. */
export function isMadeAnew({ action }: Pick<Step, "action">): boolean {
  return action === "create" || action === "replace";
}
