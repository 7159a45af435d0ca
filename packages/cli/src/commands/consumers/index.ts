import { Command } from "commander";
import type { Context } from "../../context.ts";
import { bindCommand } from "./bind.ts";
import { lsCommand } from "./ls.ts";
import { unbindCommand } from "./unbind.ts";

/** `alien consumers`: which function consumes which queue. */
export function consumersCommand(context: Context): Command {
  return new Command("consumers")
    .description("see and change which function consumes which queue")
    .helpCommand(false)
    .addCommand(lsCommand(context))
    .addCommand(bindCommand(context, "bind"))
    .addCommand(unbindCommand(context, "unbind"));
}

/** `alien bindings set` and `unset`, as these were called before. */
export function bindingsCommand(context: Context): Command {
  return new Command("bindings")
    .description("the former name of alien consumers")
    .helpCommand(false)
    .addCommand(lsCommand(context))
    .addCommand(bindCommand(context, "set"))
    .addCommand(unbindCommand(context, "unset"));
}
