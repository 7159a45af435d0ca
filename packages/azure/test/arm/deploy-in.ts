import {
  applyPlan,
  fileStateStore,
  type Lowered,
  observe,
  type Plan,
  plan,
  readState,
} from "@alienplatform/deploy";
import { type ControllerWorld, fastClock } from "@alienplatform/deploy/conformance";

/** Deploys into a world, as `alien deploy --yes` does, with the state in the world's own folder; answers what was planned. */
export async function deployIn(world: ControllerWorld, lowered: Lowered): Promise<Plan> {
  const { cloud, directory = "", artifacts = {} } = world;
  const clock = fastClock();
  const { place, controllers } = cloud;
  const { signal } = new AbortController();
  const store = fileStateStore(directory);
  const state = (await readState(store, signal))?.state;
  const reads = await observe(lowered.parts, state, cloud, { clock, signal });
  const made = plan({ lowered, place, controllers, state, reads, artifacts });
  const owner = `process ${process.pid}`;
  const { failed, because } = await applyPlan(made, {
    cloud,
    store,
    directory,
    owner,
    clock,
    signal,
  });
  const error = failed[0]?.error ?? because;
  if (error !== undefined) throw error;
  return made;
}
