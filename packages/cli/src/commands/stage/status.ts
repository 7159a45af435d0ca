import { Command } from "commander";
import type { Context } from "../../context.ts";
import { type StageOptions, stageOptions } from "../../deployment/stage-options.ts";
import { withStage } from "../with-stage.ts";

/** `alien status`: what a stage consists of; asks nobody but its state. */
export function statusCommand(context: Context): Command {
  return stageOptions(new Command("status"))
    .description("what a stage consists of, and who is changing it")
    .action((options: StageOptions) =>
      withStage(context, options, async ({ state }) => {
        const { stageStatus } = await import("@alienplatform/deploy");
        const { printStage } = await import("../../print/stage.ts");
        const now = Date.now();
        const stage = stageStatus(state, now);
        const { data, colors } = context.terminal;
        data(
          options.json ? JSON.stringify({ version: 1, ...stage }) : printStage(stage, colors, now),
        );
      }),
    );
}
