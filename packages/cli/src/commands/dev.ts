import { AlienError } from "@alienplatform/core";
import { Command } from "commander";
import type { Context } from "../context.ts";
import type { DevOptions } from "../dev/dev.ts";

/** `alien dev`: the stack on this machine, until it is stopped. */
export function devCommand(context: Context): Command {
  return new Command("dev")
    .description("run the stack on this machine; messages are kept between runs")
    .argument(
      "[command...]",
      'your own program, after "--": runs beside it, in the same environment',
    )
    .option("--reset", "forget all messages of earlier runs first")
    .option("--persist-to <directory>", "where the messages are kept (default: .alien/local)")
    .option("--port <number>", "the port of the first function that serves HTTP", portOf)
    .option("--json", "print events as JSON, one object a line")
    .addHelpText(
      "after",
      `
Examples:
  $ alien dev                 consume queues with the functions in alien.ts, restart them on change
  $ alien dev -- npm start    the same, with your own app beside it
  $ alien dev --reset         begin with empty queues`,
    )
    .action(async (command: readonly string[], options: DevOptions) => {
      const { dev } = await import("../dev/dev.ts");
      await dev(context, options, command);
    });
}

function portOf(given: string): number {
  const port = Number(given);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new AlienError("OPTION_INVALID", `"${given}" is not a port`, {
    fix: "Give a number from 1 to 65535.",
  });
}
