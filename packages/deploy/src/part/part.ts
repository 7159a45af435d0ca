import type { PlanWarning } from "../plan/plan-warning.ts";
import type { Json } from "./json.ts";

/** One vendor-level thing that deploy makes: a queue, a role, a mapping. Pure data; exporters read it too. */
export interface Part {
  /** Its address in the plan and the state, which outlives renames: "queue/tasks", "function/worker/role". */
  readonly id: string;
  /** The kind of part, which names its controller: "sqs-queue". */
  readonly type: string;
  /**
   * The physical name: deterministic, legal at the vendor, of this stack and stage alone. Another name is another thing.
   * What the vendor gives no names is named here by what it is told apart by, such as the two ends of a mapping.
   */
  readonly name: string;
  /** The id of the resource in alien.ts that it is for, which is how people name it. */
  readonly resource: string;
  /** What it is to be; may hold Ref, Join and JsonText wherever a text stands. Never a secret. */
  readonly config: { readonly [key: string]: Json | undefined };
  /** Parts that must be there first, beside those that the config refers to. */
  readonly after?: readonly string[];
  /** Attributes that are certain before it exists, because they follow from its name: an ARN. */
  readonly known?: Readonly<Record<string, string>>;
}

/** What a stack becomes on a platform. */
export interface Lowered {
  readonly parts: readonly Part[];
  /** Of each queue by its id: what ALIEN_<ID>_BINDING holds, with references. */
  readonly bindings: Readonly<Record<string, Json>>;
  /** What the platform keeps otherwise than it is declared; the plan says so. */
  readonly warnings?: readonly PlanWarning[];
}
