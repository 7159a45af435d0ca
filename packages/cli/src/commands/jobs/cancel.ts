import type { Command } from "commander";
import type { Context } from "../../context.ts";
import { changeCommand } from "./change-command.ts";

/** `alien jobs cancel`: a job that waits is not handled. */
export function cancelCommand(context: Context): Command {
  return changeCommand(context, {
    name: "cancel",
    description: "take a pending job back, so that it is never handled",
    from: "PENDING",
    done: "cancelled",
    change: (jobs, id) => jobs.cancel(id),
  });
}
