import type { AlienError, Clock } from "@alienplatform/core";
import { asAlienError } from "../as-alien-error.ts";
import type { PartContext, RemotePart } from "../controller.ts";
import type { Cloud } from "../deploy-platform.ts";
import type { Lookup } from "../part/expression.ts";
import type { Json } from "../part/json.ts";
import { persist } from "../persist.ts";
import type { Plan, Step } from "../plan/plan.ts";
import type { StateSession } from "../state/state-session.ts";

/** What the steps of one apply share. */
export interface Run {
  readonly plan: Plan;
  readonly cloud: Cloud;
  readonly session: StateSession;
  readonly clock: Clock;
  readonly random: () => number;
  /** Aborts when nothing may be done any more. */
  readonly signal: AbortSignal;
  /** The attributes of the parts that are there by now. */
  readonly lookup: Lookup;
  artifact(sha256: string): Promise<Uint8Array>;
  onWait(step: Step, error: AlienError, delayMs: number): void;
}

/** Repeats a whole step while what fails may pass: as a step begins with a read, what was done is not done again. */
export function repeated(run: Run, step: Step, attempt: () => Promise<void>): Promise<void> {
  return persist(
    async () => {
      // A state that cannot be written must not be left further behind.
      run.session.ended.throwIfAborted();
      await attempt();
    },
    {
      clock: run.clock,
      random: run.random,
      signal: run.signal,
      translate: (thrown) => asAlienError(run.cloud, thrown, doingOf(step)),
      onWait: (error, delayMs) => run.onWait(step, error, delayMs),
    },
  );
}

function doingOf({ action, type, name }: Step): string {
  const doing = {
    create: "creating",
    update: "updating",
    replace: "replacing",
    delete: "deleting",
  };
  const word = action in doing ? doing[action as keyof typeof doing] : "taking over"; // `in` does not narrow
  return `${word} ${type} "${name}"`;
}

/** One thing as its controller is asked about it. */
export interface Asked {
  readonly id: string;
  readonly name: string;
  readonly config: Json;
}

export function contextOf(
  run: Run,
  { id, name, config }: Asked,
  remembered: RemotePart | undefined,
): PartContext {
  const { stack, stage } = run.cloud.place;
  return {
    owner: { stack, stage, part: id },
    name,
    config,
    ...(remembered === undefined ? {} : { remembered: remembered.id }),
    clock: run.clock,
    signal: run.signal,
    artifact: (sha256) => run.artifact(sha256),
  };
}
