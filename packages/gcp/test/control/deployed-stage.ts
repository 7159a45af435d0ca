import {
  applyPlan,
  type Lowered,
  MemoryStateStore,
  observe,
  type Plan,
  plan,
  readState,
} from "@alienplatform/deploy";
import { onTestFinished } from "vitest";
import { openControllerWorld, servers } from "./controller-world.ts";

const never = new AbortController().signal;

/** A stage on the tests' Google, deployed by one plan after the other. */
export async function openStage() {
  const world = await openControllerWorld();
  const store = new MemoryStateStore();
  const { cloud, clock, artifacts = {}, directory = "." } = world;
  onTestFinished(() => world.close());
  const planOf = async (lowered: Lowered): Promise<Plan> => {
    const state = (await readState(store, never))?.state;
    const reads = await observe(lowered.parts, state, cloud, { clock, signal: never });
    const { controllers } = cloud;
    return plan({ lowered, place: cloud.place, controllers, state, reads, artifacts });
  };
  const google = servers.get(cloud);
  if (google === undefined) throw new Error("the world has no server");
  return {
    cloud,
    google: google.world,
    planOf,
    async deploy(lowered: Lowered): Promise<void> {
      const given = { cloud, store, directory, owner: "test", clock, signal: never };
      const { failed, because } = await applyPlan(await planOf(lowered), given);
      const error = failed[0]?.error ?? because;
      if (error !== undefined) throw error;
    },
  };
}
