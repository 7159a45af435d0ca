import { Command } from "commander";
import type { Context } from "../../context.ts";
import { discardCommand } from "./discard.ts";
import { lsCommand } from "./ls.ts";
import { redriveCommand } from "./redrive.ts";

/** `alien dead`: what failed for good, and what to do with it. */
export function deadCommand(context: Context): Command {
  return new Command("dead")
    .description("look at dead letters, send them again, or discard them")
    .helpCommand(false)
    .addCommand(lsCommand(context))
    .addCommand(redriveCommand(context))
    .addCommand(discardCommand(context));
}
