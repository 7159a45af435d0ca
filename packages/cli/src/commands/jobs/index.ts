import { Command } from "commander";
import type { Context } from "../../context.ts";
import { cancelCommand } from "./cancel.ts";
import { getCommand } from "./get.ts";
import { lsCommand } from "./ls.ts";
import { requeueCommand } from "./requeue.ts";
import { waitCommand } from "./wait.ts";

/** `alien jobs`, and `alien job` as it was called before: what became of messages. */
export function jobsCommand(context: Context, name: "jobs" | "job"): Command {
  return new Command(name)
    .description("find, list, await, requeue or cancel jobs")
    .helpCommand(false)
    .addCommand(getCommand(context))
    .addCommand(lsCommand(context))
    .addCommand(waitCommand(context))
    .addCommand(requeueCommand(context))
    .addCommand(cancelCommand(context));
}
