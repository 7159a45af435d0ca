import { Command } from "commander";
import type { Context } from "../context.ts";

interface InitOptions {
  readonly yes?: boolean;
}

/** `alien init`: a working project, without the network. */
export function initCommand(context: Context): Command {
  return new Command("init")
    .description("write a working project: a queue, a worker, a sender")
    .argument("[directory]", "where; default is here")
    .option("-y, --yes", "write into a folder that is not empty without asking")
    .addHelpText(
      "after",
      "\nIt writes files and nothing else, and never over a file that exists: where a package.json is, it prints what is left to add.",
    )
    .action(async (directory: string | undefined, options: InitOptions) => {
      const { writeProject } = await import("../init/write-project.ts");
      await writeProject(context, directory, options.yes === true);
    });
}
