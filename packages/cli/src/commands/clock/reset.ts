import { Command } from "commander";
import type { Context } from "../../context.ts";
import { clockJson, printClock } from "../../print/clock.ts";
import { type ClockOptions, clockOptions, withClock } from "./with-clock.ts";

/** `alien clock reset`: the queues go by the system's time again. */
export function resetCommand(context: Context): Command {
  return clockOptions(new Command("reset"))
    .description("go by the system's time again: what is delayed by then waits that much longer")
    .action((_: unknown, command: Command) => {
      const options = command.optsWithGlobals<ClockOptions>();
      return withClock(context, options, async (clock) => {
        const { data, colors } = context.terminal;
        await clock.goBack();
        const time = await clock.read();
        data(options.json ? clockJson(time) : printClock(time, colors));
      });
    });
}
