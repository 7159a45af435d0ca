import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  applyPlan,
  type Cloud,
  loadStack,
  MemoryStateStore,
  observe,
  packFunction,
  plan,
  type State,
} from "@alienplatform/deploy";
import { leapingClock } from "@alienplatform/deploy/conformance";
import { platform } from "../../src/deploy.ts";
import type { ArmServer } from "../arm/arm-server.ts";

const project = fileURLToPath(new URL("./project/", import.meta.url));
const { signal } = new AbortController();

/** The project beside this file as a stage in a server's subscription, deployed as `alien deploy` does. */
export async function deployProject(
  server: ArmServer,
): Promise<{ readonly cloud: Cloud; readonly state: State }> {
  const loaded = await loadStack(join(project, "alien.ts"));
  const { stack, directory } = loaded;
  const { environment } = server;
  const cloud = await platform.connect({ stack: stack.name, stage: "dev", environment });
  const { place, controllers } = cloud;
  const clock = leapingClock();
  const packed = await Promise.all(
    stack.resources.flatMap((each) => {
      if (each.type === "queue") return [];
      const sources = platform.sources(stack, place, each.id);
      const options = { stack: loaded, function: each, target: platform.target, sources };
      return [packFunction(options).then((one) => ({ id: each.id, ...one }))];
    }),
  );
  const code = Object.fromEntries(packed.map(({ id, artifact }) => [id, artifact]));
  const artifacts = Object.fromEntries(
    packed.map(({ artifact, file }) => [artifact.sha256, join(directory, file)]),
  );
  const lowered = platform.lower(stack, place, code);
  const reads = await observe(lowered.parts, undefined, cloud, { clock, signal });
  const made = plan({ lowered, place, controllers, state: undefined, reads, artifacts });
  const { failed, because, state } = await applyPlan(made, {
    cloud,
    store: new MemoryStateStore(),
    directory: "/",
    owner: "a test",
    clock,
    signal,
  });
  const error = failed[0]?.error ?? because;
  if (error !== undefined) throw error;
  if (state === undefined) throw new TypeError("nothing was deployed");
  return { cloud, state };
}
