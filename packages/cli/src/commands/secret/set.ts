import { text } from "node:stream/consumers";
import { AlienError } from "@alienplatform/core";
import { Command } from "commander";
import type { Context } from "../../context.ts";
import type { ConnectedOptions } from "../../deployment/deployment.ts";
import { connectedOptions } from "../../deployment/plan-options.ts";
import { secretName } from "../../deployment/secrets.ts";
import { withDeployed } from "../with-deployed.ts";

/** `alien secret set`: gives a secret its value, typed unseen or from stdin, so that no shell's history has it. */
export function setCommand(context: Context): Command {
  return connectedOptions(new Command("set"))
    .description("give a secret of a deployed stage its value, asked for or read from stdin")
    .argument("<name>", "the variable, as .secret() declares it")
    .addHelpText(
      "after",
      `
Examples:
  $ alien secret set SMTP_PASSWORD --stage prod < password.txt
  $ pass smtp | alien secret set SMTP_PASSWORD --stage prod`,
    )
    .action((variable: string, options: ConnectedOptions) =>
      withDeployed(context, options, async ({ deployment, state, signal }) => {
        const name = secretName(state, variable);
        const { askHidden } = context.terminal;
        // A line's end belongs to the shell that wrote it.
        const value =
          (await askHidden?.(`value of ${variable}, which is not shown: `)) ??
          (await text(process.stdin)).replace(/\r?\n$/, "");
        if (value === "") {
          throw new AlienError("OPTION_INVALID", "the value is empty", {
            fix: `Pipe the value in: alien secret set ${variable} < file`,
          });
        }
        await deployment.cloud.operator.setSecret(name, value, signal);
        context.terminal.data(
          options.json
            ? JSON.stringify({ version: 1, secret: variable })
            : `set ${variable}; functions that start from now on have it`,
        );
      }),
    );
}
