import { Command } from "commander";
import type { Context } from "../../context.ts";
import { type StageOptions, stageOptions } from "../../deployment/stage-options.ts";
import { printDuration } from "../../print/duration.ts";
import { visible } from "../../print/visible.ts";
import { confirm } from "../confirm.ts";
import { withStage } from "../with-stage.ts";

interface UnlockOptions extends StageOptions {
  readonly yes?: boolean;
}

/** `alien state unlock`: takes the lock from whoever has it; what that process does from then on is refused. */
export function unlockCommand(context: Context): Command {
  return stageOptions(new Command("unlock"))
    .description("take the lock from a deploy that hangs; one that still runs fails then")
    .option("-y, --yes", "do not ask")
    .action((options: UnlockOptions) =>
      withStage(context, options, async (stage) => {
        const { lock } = stage.state;
        const { data } = context.terminal;
        if (lock === undefined) {
          data(options.json ? JSON.stringify({ version: 1, unlocked: false }) : "it is not locked");
          return;
        }
        const { owner, operation, since } = lock;
        const whose = `${visible(owner)}, who began to ${operation} ${printDuration(Date.now() - since)} ago`;
        if (!options.yes)
          await confirm(context.terminal, `take the lock from ${whose}`, options.stage);
        const { unlock } = await import("@alienplatform/deploy");
        const { systemClock } = await import("@alienplatform/bindings");
        await unlock(stage.store, {
          clock: systemClock,
          signal: new AbortController().signal,
          // Somebody else may have taken it while nobody answered.
          meant: lock,
        });
        data(
          options.json
            ? JSON.stringify({ version: 1, unlocked: true, lock })
            : `took the lock from ${whose}`,
        );
      }),
    );
}
