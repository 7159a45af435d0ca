import { Command } from "commander";
import type { Context } from "../../context.ts";
import type { ConnectedOptions } from "../../deployment/deployment.ts";
import { abortOnSignal } from "../../deployment/on-stop.ts";
import { connectedOptions } from "../../deployment/plan-options.ts";

interface ExportOptions extends ConnectedOptions {
  readonly format: string;
  readonly out: string;
}

/** `alien export`: what deploy would make, for a pipeline that deploys in another way. */
export function exportCommand(context: Context): Command {
  return connectedOptions(new Command("export"))
    .description("write what deploy would make for another tool, with the functions' code")
    .requiredOption("--format <name>", "terraform; cloudformation on AWS, wrangler on Cloudflare")
    .option("-o, --out <folder>", "where to", "infrastructure")
    .action(async (options: ExportOptions) => {
      const signal = abortOnSignal(context, "ending");
      const [{ Deployment }, { writeExport }] = await Promise.all([
        import("../../deployment/deployment.ts"),
        import("../../deployment/write-export.ts"),
      ]);
      const deployment = await Deployment.open(context, options, signal);
      try {
        const { format, out } = options;
        const { files, next } = await writeExport(context, deployment, { format, out });
        const { data, note } = context.terminal;
        if (options.json) data(JSON.stringify({ version: 1, format, files, next }));
        else {
          data(files.join("\n"));
          note(["next:", ...next.map((step) => `  ${step}`)].join("\n"));
        }
      } finally {
        await deployment.close();
      }
    });
}
