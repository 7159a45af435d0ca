import { Command } from "commander";
import { deadCommand } from "./commands/dead/index.ts";
import { devCommand } from "./commands/dev.ts";
import { initCommand } from "./commands/init.ts";
import { queueCommand } from "./commands/queue/index.ts";
import type { Context } from "./context.ts";
import { version } from "./version.ts";

/** The whole command line. Definitions only: what a command needs is imported when it runs. */
export function program(context: Context): Command {
  return new Command("alien")
    .description(
      "One queue, declared once in TypeScript, that runs the same here and on every cloud.",
    )
    .version(version(), "-v, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand(false)
    .addCommand(devCommand(context))
    .addCommand(initCommand(context))
    .addCommand(queueCommand(context))
    .addCommand(deadCommand(context))
    .addHelpText(
      "after",
      `
Examples:
  $ alien init my-app                           a working project
  $ alien dev                                   run it on this machine
  $ alien queue send tasks '{"hello":"world"}'  send a message to it
  $ alien dead ls tasks                         what failed for good, and why

"alien <command> --help" says more about a command.`,
    );
}
