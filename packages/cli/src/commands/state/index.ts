import { Command } from "commander";
import type { Context } from "../../context.ts";
import { lsCommand } from "./ls.ts";
import { pullCommand } from "./pull.ts";
import { rmCommand } from "./rm.ts";
import { unlockCommand } from "./unlock.ts";

/** `alien state`: what deploy remembers of a stage. */
export function stateCommand(context: Context): Command {
  return new Command("state")
    .description("look at what deploy remembers of a stage, and mend it")
    .helpCommand(false)
    .addCommand(lsCommand(context))
    .addCommand(pullCommand(context))
    .addCommand(rmCommand(context))
    .addCommand(unlockCommand(context));
}
