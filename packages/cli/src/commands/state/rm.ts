import { AlienError, nearest } from "@alienplatform/core";
import { Command } from "commander";
import type { Context } from "../../context.ts";
import { lockOwner } from "../../deployment/lock-owner.ts";
import { type StageOptions, stageOptions } from "../../deployment/stage-options.ts";
import { confirm } from "../confirm.ts";
import { noteWatching } from "../note-watching.ts";
import { withStage } from "../with-stage.ts";

interface RmOptions extends StageOptions {
  readonly yes?: boolean;
}

/** `alien state rm`: forgets a part that stays where it is. */
export function rmCommand(context: Context): Command {
  return stageOptions(new Command("rm"))
    .description("forget a part; it stays where it is, and destroy will not delete it")
    .argument("<part>", 'its address, as in "alien state ls"')
    .option("-y, --yes", "do not ask")
    .action((part: string, options: RmOptions) =>
      withStage(context, options, async (stage) => {
        const { parts, place } = stage.state;
        if (parts[part] === undefined) throw unknownPart(part, Object.keys(parts));
        if (!options.yes) await confirm(context.terminal, `forget ${part}`, part);
        const { forgetPart } = await import("@alienplatform/deploy");
        const { systemClock } = await import("@alienplatform/bindings");
        await forgetPart(stage.store, part, {
          owner: lockOwner(),
          place,
          clock: systemClock,
          signal: new AbortController().signal,
          onWatch: noteWatching(context),
        });
        context.terminal.data(
          options.json ? JSON.stringify({ version: 1, forgotten: part }) : `forgot ${part}`,
        );
      }),
    );
}

function unknownPart(part: string, known: readonly string[]): AlienError {
  const near = nearest(part, known);
  return new AlienError("UNKNOWN_PART", `the state has no part "${part}"`, {
    fix: near.length === 0 ? "See: alien state ls." : `Did you mean ${near.join(" or ")}?`,
    details: { part, nearest: near },
  });
}
