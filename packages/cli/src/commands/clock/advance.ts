import { type Duration, parseDuration } from "@alienplatform/core";
import { Command } from "commander";
import type { Context } from "../../context.ts";
import { clockJson, printClock } from "../../print/clock.ts";
import { duration } from "../option-value.ts";
import { type ClockOptions, clockOptions, withClock } from "./with-clock.ts";

/** `alien clock advance`: fires what is due by then. */
export function advanceCommand(context: Context): Command {
  return clockOptions(new Command("advance"))
    .description(
      "set it ahead: delays, leases, backoffs and expiries of that time are over at once",
    )
    .argument("<duration>", 'by how much, as in "90s", "2h" or "7d"', duration)
    .action((by: Duration, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<ClockOptions>();
      return withClock(context, options, async (clock) => {
        const { data, colors } = context.terminal;
        await clock.advance(parseDuration(by));
        const time = await clock.read();
        data(options.json ? clockJson(time) : printClock(time, colors));
      });
    });
}
