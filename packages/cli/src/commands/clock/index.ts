import { Command } from "commander";
import type { Context } from "../../context.ts";
import { clockJson, printClock } from "../../print/clock.ts";
import { advanceCommand } from "./advance.ts";
import { resetCommand } from "./reset.ts";
import { type ClockOptions, clockOptions, withClock } from "./with-clock.ts";

/** `alien clock`: the time of the queues on this machine. */
export function clockCommand(context: Context): Command {
  return clockOptions(new Command("clock"))
    .description("show the time of the queues on this machine, which can be set ahead")
    .helpCommand(false)
    .addCommand(advanceCommand(context))
    .addCommand(resetCommand(context))
    .addHelpText(
      "after",
      `
Examples:
  $ alien clock advance 2h    what is delayed by up to two hours is handled now
  $ alien clock               how far ahead that is
  $ alien clock reset         the system's time again`,
    )
    .action((options: ClockOptions) =>
      withClock(context, options, async (clock) => {
        const { data, colors } = context.terminal;
        const time = await clock.read();
        data(options.json ? clockJson(time) : printClock(time, colors));
      }),
    );
}
