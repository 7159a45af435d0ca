import type { StackData } from "@alienplatform/core";
import type { FunctionCode } from "@alienplatform/deploy";

/** What one process is to do; JSON in its first argument. */
export interface Job {
  /** "look" plans a deploy, as `alien plan` does, and lists what carries the stage's marks. */
  readonly operation: "deploy" | "destroy" | "look";
  readonly stack: StackData;
  readonly code: FunctionCode;
  /** Where the zip files are, each as <sha256>.zip. */
  readonly directory: string;
  /** The folder of the state. */
  readonly state: string;
  /** How far the process's clock is ahead, so that the lock of a dead one has run out. */
  readonly aheadMs: number;
  /** Where the process's clock stands, in ms since 1970, so that the lock of a dead one holds for as long as it runs. */
  readonly standsAt?: number;
  /** Opens the lock first, as `alien state unlock` does. */
  readonly unlock: boolean;
  /** The write of the state at which the process kills itself. */
  readonly killAt?: StateKill;
}

export interface StateKill {
  /** From 1. */
  readonly write: number;
  readonly when: "before" | "during" | "after";
  /** "during": so many turns of the event loop after it began. */
  readonly turns: number;
}

/** What a process says on its standard output when it ends by itself. */
export type Report =
  | {
      readonly ok: true;
      /** What the plan has to do, or what is wrong with it: "update queue/tasks (delaySeconds)". */
      readonly plan: readonly string[];
      /** The ids of all that is marked; of "look" alone. */
      readonly owned: readonly string[];
    }
  | { readonly ok: false; readonly code: string; readonly message: string };
