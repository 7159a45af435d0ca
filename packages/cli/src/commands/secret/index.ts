import { Command } from "commander";
import type { Context } from "../../context.ts";
import { lsCommand } from "./ls.ts";
import { setCommand } from "./set.ts";

/** `alien secret`: the values that a stage's functions read at run time. */
export function secretCommand(context: Context): Command {
  return new Command("secret")
    .description("set and list the secrets of a deployed stage")
    .helpCommand(false)
    .addCommand(setCommand(context))
    .addCommand(lsCommand(context));
}
