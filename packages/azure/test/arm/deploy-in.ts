import {
  applyPlan,
  type Lowered,
  MemoryStateStore,
  observe,
  type Plan,
  plan,
  readState,
} from "@alienplatform/deploy";
import { type ControllerWorld, leapingClock } from "@alienplatform/deploy/conformance";

/** Of each world: a disk that is busy would take more of a lock's time than this clock leaves. */
const stores = new WeakMap<ControllerWorld, MemoryStateStore>();

/** Deploys into a world, as `alien deploy --yes` does; answers what was planned. */
export async function deployIn(world: ControllerWorld, lowered: Lowered): Promise<Plan> {
  const { cloud, directory = "", artifacts = {} } = world;
  const clock = leapingClock();
  const { place, controllers } = cloud;
  const { signal } = new AbortController();
  const store = stores.get(world) ?? new MemoryStateStore();
  stores.set(world, store);
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
