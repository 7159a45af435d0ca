import { Command } from "commander";
import type { Context } from "../../context.ts";
import { discardCommand } from "./discard.ts";
import { editCommand } from "./edit.ts";
import { exportCommand } from "./export.ts";
import { importCommand } from "./import.ts";
import { lsCommand } from "./ls.ts";
import { redriveCommand } from "./redrive.ts";
import { showCommand } from "./show.ts";

/** `alien dead`: what failed for good, and what to do with it. */
export function deadCommand(context: Context): Command {
  return new Command("dead")
    .description("look at dead letters, send them again, or discard them")
    .helpCommand(false)
    .addCommand(lsCommand(context))
    .addCommand(showCommand(context))
    .addCommand(editCommand(context))
    .addCommand(redriveCommand(context))
    .addCommand(discardCommand(context))
    .addCommand(exportCommand(context))
    .addCommand(importCommand(context));
}
