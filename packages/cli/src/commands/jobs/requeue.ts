import type { Command } from "commander";
import type { Context } from "../../context.ts";
import { changeCommand } from "./change-command.ts";

/** `alien jobs requeue`: a dead job goes back to its queue. */
export function requeueCommand(context: Context): Command {
  return changeCommand(context, {
    name: "requeue",
    description: "send a dead job again, with a fresh attempt budget",
    from: "DEAD",
    done: "requeued",
    change: (jobs, id) => jobs.requeue(id),
  });
}
