import type { Change, RemotePart } from "../controller.ts";
import type { Place } from "../deploy-platform.ts";
import type { Json } from "../part/json.ts";
import type { Part } from "../part/part.ts";
import type { PlanWarning } from "./plan-warning.ts";

/** The steps that apply will take, and nothing else: JSON that can be printed, kept, compared and applied later. */
export interface Plan {
  /** Of this format; a reader that meets a newer one refuses. */
  readonly version: 1;
  readonly operation: "deploy" | "destroy";
  readonly place: Place;
  /** The state that it was made from; apply refuses any other one. */
  readonly from: { readonly lineage?: string; readonly serial: number };
  /** In an order in which they could be done one by one; those that need nothing of each other are done at once. */
  readonly steps: readonly Step[];
  /** What makes it impossible to apply; empty where it can be. */
  readonly problems: readonly PlanProblem[];
  /** What may go wrong all the same, and is not known here. */
  readonly warnings?: readonly PlanWarning[];
  /** The parts as they are to be, with their references: what apply needs. */
  readonly parts: readonly Part[];
  readonly bindings: Readonly<Record<string, Json>>;
  /** The resources whose messages and the like may be lost: consent that was given when the plan was made. */
  readonly allowDataLoss: readonly string[];
  /** The files that parts name by their SHA-256, relative to the folder of alien.ts. */
  readonly artifacts: Readonly<Record<string, string>>;
}

/** What happens to one part. One that gets another name has two: "replace" makes the new one, "delete" ends the former. */
export interface Step {
  /** The part's id. */
  readonly part: string;
  readonly type: string;
  readonly name: string;
  readonly resource: string;
  /**
   * "replace" makes a new one: beside the former where its name is another one, else in its place. "adopt" takes over what nobody's
   * state has, and may change it. "forget" removes from the state what is gone already.
   */
  readonly action: "create" | "update" | "replace" | "delete" | "adopt" | "forget" | "none";
  /** Each that apply may carry out; what it meets beyond them stops the step. */
  readonly changes: readonly PlannedChange[];
  /**
   * The parts whose steps come first, as far as they stand before this one in the plan. What makes a part does not wait
   * for what deletes one.
   */
  readonly after: readonly string[];
  /** Why, where the declaration is not the reason: "it was deleted by somebody else". */
  readonly because?: string;
  /** What is lost by it, in words: "about 12 messages". Apply wants consent that names the resource. */
  readonly loses?: string;
  /** What was read, where the state has it otherwise: apply writes it down before it begins. */
  readonly read?: RemotePart;
}

export interface PlannedChange extends Change {
  /** Somebody else made the difference: the declaration is as it was. */
  readonly drift?: true;
}

/** Why a plan cannot be applied. */
export interface PlanProblem {
  readonly code:
    | "NAME_TAKEN"
    | "STATE_LOST"
    | "DATA_LOSS"
    | "NAME_COLLISION"
    | "PLACE_CHANGED"
    | "HANDLER_MISSING";
  readonly part?: string;
  readonly problem: string;
  /** An imperative sentence. */
  readonly fix: string;
}
