import type { Context } from "../context.ts";
import type { StageOptions } from "../deployment/stage-options.ts";
import type { DeployedStage } from "../deployment/stage-state.ts";

/** Opens the state of a stage that was deployed, for one command. */
export async function withStage(
  context: Context,
  options: StageOptions,
  run: (stage: DeployedStage) => Promise<void>,
): Promise<void> {
  const { openStage } = await import("../deployment/stage-state.ts");
  const stage = await openStage(context, options);
  try {
    await run(stage);
  } finally {
    await stage.store.close();
  }
}
