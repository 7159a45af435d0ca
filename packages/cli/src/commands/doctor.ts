import { Command } from "commander";
import type { Context } from "../context.ts";
import type { DoctorOptions } from "../doctor/examine.ts";

/** `alien doctor`: what is wrong here, and what to do about it. */
export function doctorCommand(context: Context): Command {
  return new Command("doctor")
    .description("look for what is wrong: Node, alien.ts, the store, disk, packages, credentials")
    .option("-p, --platform <name>", "ask this platform (default: those that the stack names)")
    .option("--region <name>", "where in it, if the environment is not to say it")
    .option("--persist-to <directory>", "where the messages are kept (default: .alien/local)")
    .option("--offline", "ask no platform")
    .option("--json", "print JSON")
    .action(async (options: DoctorOptions) => {
      const { examine } = await import("../doctor/examine.ts");
      const { printFindings } = await import("../print/findings.ts");
      const findings = await examine(context, options);
      const ok = findings.every(({ status }) => status !== "problem");
      const { data, colors } = context.terminal;
      data(
        options.json
          ? JSON.stringify({ version: 1, ok, findings })
          : printFindings(findings, colors),
      );
      if (!ok) context.exit(1);
    });
}
