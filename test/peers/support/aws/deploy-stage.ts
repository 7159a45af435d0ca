import { systemClock } from "@alienplatform/bindings";
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
import { platform } from "../../../../packages/aws/src/deploy.ts";

/** Deploys the stack of an alien.ts as a stage of an account, as `alien deploy` does; answers the state that it leaves. */
export async function deployStage(file: string, connected: Cloud): Promise<State> {
  const stack = await loadStack(file);
  const { place, controllers } = connected;
  const functions = stack.stack.resources.filter((each) => each.type !== "queue");
  const packed = await Promise.all(
    functions.map((each) => {
      const sources = platform.sources(stack.stack, place, each.id);
      return packFunction({ stack, function: each, target: platform.target, sources });
    }),
  );
  const code = Object.fromEntries(
    functions.flatMap(({ id }, at) => {
      const artifact = packed[at]?.artifact;
      return artifact === undefined ? [] : [[id, artifact]];
    }),
  );
  const lowered = platform.lower(stack.stack, place, code);
  const signal = new AbortController().signal;
  const made = plan({
    lowered,
    place,
    controllers,
    state: undefined,
    reads: await observe(lowered.parts, undefined, connected, { clock: systemClock, signal }),
    adopt: [],
    allowDataLoss: [],
    artifacts: Object.fromEntries(packed.map(({ artifact, file }) => [artifact.sha256, file])),
  });
  const { state, failed } = await applyPlan(made, {
    cloud: connected,
    store: new MemoryStateStore(),
    directory: stack.directory,
    owner: "a test",
    clock: systemClock,
    signal,
  });
  const [first] = failed;
  if (first !== undefined) throw first.error;
  if (state === undefined) throw new Error("nothing was deployed");
  return state;
}
