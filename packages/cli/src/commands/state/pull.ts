import { Command } from "commander";
import type { Context } from "../../context.ts";
import { type StageOptions, stageOptions } from "../../deployment/stage-options.ts";
import { withStage } from "../with-stage.ts";

/** `alien state pull`: the state as it is stored. */
export function pullCommand(context: Context): Command {
  return stageOptions(new Command("pull"))
    .description("print the state of a stage as it is stored")
    .action((options: StageOptions) =>
      withStage(context, options, async (stage) => {
        const state = stage.state;
        context.terminal.data(JSON.stringify(state, undefined, options.json ? undefined : 2));
      }),
    );
}
