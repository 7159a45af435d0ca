import type { Clock } from "@alienplatform/core";
import {
  type ApplyEvent,
  type ApplyResult,
  applyPlan,
  type Cloud,
  type Lowered,
  observe,
  type Plan,
  type PlanInput,
  plan,
  readState,
  type StateStore,
} from "../../src/index.ts";

export interface Deployment {
  readonly cloud: Cloud;
  readonly store: StateStore;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  onEvent?(event: ApplyEvent): void;
}

const never = new AbortController().signal;

/** Reads and plans, as `alien plan` does. */
export async function planOf(
  wanted: Lowered,
  { cloud, store, clock, signal = never }: Deployment,
  more: Partial<PlanInput> = {},
): Promise<Plan> {
  const state = (await readState(store, signal))?.state;
  const reads = await observe(wanted.parts, state, cloud, { clock, signal, random: () => 0.5 });
  const { place, controllers } = cloud;
  return plan({ lowered: wanted, place, controllers, state, reads, ...more });
}

export function apply(
  made: Plan,
  { signal = never, ...deployment }: Deployment,
): Promise<ApplyResult> {
  return applyPlan(made, {
    ...deployment,
    signal,
    directory: "/",
    owner: "tester",
    random: () => 0.5,
  });
}

/** Plans and applies, as `alien deploy` does. */
export async function deploy(
  wanted: Lowered,
  deployment: Deployment,
  more: Partial<PlanInput> = {},
): Promise<ApplyResult> {
  return apply(await planOf(wanted, deployment, more), deployment);
}
