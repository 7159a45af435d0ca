import { Command } from "commander";
import type { ConsoleOptions } from "../api/serve-console.ts";
import type { Context } from "../context.ts";
import { portOf } from "./port-of.ts";
import { queueOptions, withQueues } from "./with-queues.ts";

/** `alien console`: the web console and the HTTP API in front of queues that are somewhere already. */
export function consoleCommand(context: Context): Command {
  return queueOptions(new Command("console"))
    .description("look at queues and operate them in a browser; the HTTP API at the same address")
    .option("--port <number>", "the port (default: 4100, or the next that is free)", portOf)
    .option("--host <address>", "listen there instead of on this machine alone; asks for the token")
    .option("--no-open", "do not open a browser")
    .option("--read-only", "refuse whatever changes something")
    .addHelpText(
      "after",
      `
alien dev serves the same while it runs; this is for a deployed stage, with your own credentials,
or for local queues while no dev runs.

Examples:
  $ alien console                                 the queues of this machine
  $ alien console --platform aws --stage prod     those of a deployed stage
  $ alien console --stage prod --read-only        to look, and nothing else
  $ alien console --json                          its address and the token that changes need`,
    )
    .action((options: ConsoleOptions) =>
      withQueues(context, options, async (queues) => {
        const { serveConsole } = await import("../api/serve-console.ts");
        await serveConsole(context, queues, options);
      }),
    );
}
