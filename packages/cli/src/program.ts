import { Command } from "commander";
import { clockCommand } from "./commands/clock/index.ts";
import { completeCommand, completionCommand } from "./commands/completion.ts";
import { consoleCommand } from "./commands/console.ts";
import { bindingsCommand, consumersCommand } from "./commands/consumers/index.ts";
import { deadCommand } from "./commands/dead/index.ts";
import { devCommand } from "./commands/dev.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { explainCommand } from "./commands/explain.ts";
import { initCommand } from "./commands/init.ts";
import { jobsCommand } from "./commands/jobs/index.ts";
import { queueCommand } from "./commands/queue/index.ts";
import { secretCommand } from "./commands/secret/index.ts";
import { deployCommand } from "./commands/stage/deploy.ts";
import { destroyCommand } from "./commands/stage/destroy.ts";
import { envCommand } from "./commands/stage/env.ts";
import { exportCommand } from "./commands/stage/export.ts";
import { logsCommand } from "./commands/stage/logs.ts";
import { planCommand } from "./commands/stage/plan.ts";
import { refreshCommand } from "./commands/stage/refresh.ts";
import { statusCommand } from "./commands/stage/status.ts";
import { stateCommand } from "./commands/state/index.ts";
import type { Context } from "./context.ts";
import { teach } from "./help/teach.ts";
import { version } from "./version.ts";

/** The whole command line. Definitions only: what a command needs is imported when it runs. */
export function program(context: Context): Command {
  const root = new Command("alien")
    .description(
      "One queue, declared once in TypeScript, that runs the same here and on every cloud.",
    )
    .version(version(), "-v, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand(false)
    .commandsGroup("On this machine:")
    .addCommand(devCommand(context))
    .addCommand(initCommand(context))
    .addCommand(doctorCommand(context))
    .addCommand(clockCommand(context))
    .commandsGroup("Queues, here or with --stage where they are deployed:")
    .addCommand(consoleCommand(context))
    .addCommand(queueCommand(context))
    .addCommand(jobsCommand(context, "jobs"))
    .addCommand(deadCommand(context))
    .addCommand(consumersCommand(context))
    .commandsGroup("Stages in a cloud:")
    .addCommand(planCommand(context))
    .addCommand(deployCommand(context))
    .addCommand(destroyCommand(context))
    .addCommand(statusCommand(context))
    .addCommand(refreshCommand(context))
    .addCommand(logsCommand(context))
    .addCommand(envCommand(context))
    .addCommand(exportCommand(context))
    .addCommand(secretCommand(context))
    .addCommand(stateCommand(context))
    .commandsGroup("Help:")
    .addCommand(explainCommand(context))
    .addCommand(completionCommand(context))
    .addCommand(completeCommand(context), { hidden: true })
    .addCommand(jobsCommand(context, "job"), { hidden: true })
    .addCommand(bindingsCommand(context), { hidden: true })
    .addHelpText(
      "after",
      `
Examples:
  $ alien init my-app                           a working project
  $ alien dev                                   run it on this machine
  $ alien queue send tasks '{"hello":"world"}'  send a message to it
  $ alien dead ls tasks                         what failed for good, and why
  $ alien plan --platform aws                   what a deploy would change
  $ alien deploy --platform aws --stage prod    make it so

"alien help <command>" or "alien <command> --help" says more about a command.`,
    );
  return teach(root);
}
