import { Command } from "commander";
import type { Context } from "../../context.ts";
import type { ConnectedOptions } from "../../deployment/deployment.ts";
import { connectedOptions } from "../../deployment/plan-options.ts";
import { secretsOf } from "../../deployment/secrets.ts";
import { printTable } from "../../print/table.ts";
import { withDeployed } from "../with-deployed.ts";

/** `alien secret ls`: which secrets a stage has, and whether they have a value; never the value. */
export function lsCommand(context: Context): Command {
  return connectedOptions(new Command("ls"))
    .description("list the secrets of a stage, and whether each has a value")
    .action((options: ConnectedOptions) =>
      withDeployed(context, options, async ({ deployment, state, signal }) => {
        const { operator } = deployment.cloud;
        const secrets = await Promise.all(
          [...secretsOf(state)].map(async ([secret, name]) => ({
            secret,
            name,
            set: await operator.hasSecret(name, signal),
          })),
        );
        const { data, colors } = context.terminal;
        if (options.json) data(JSON.stringify({ version: 1, secrets }));
        else {
          const rows = secrets.map(({ secret, name, set }) => [
            secret,
            set ? "set" : "not set",
            name,
          ]);
          data(
            rows.length === 0
              ? 'no secrets; a function declares one with .secret("NAME") in alien.ts, and deploy makes it'
              : printTable(["secret", "value", "kept as"], rows, colors),
          );
        }
      }),
    );
}
