import { type Duration, parseDuration } from "@alienplatform/core";
import type { State } from "@alienplatform/deploy";
import { Command } from "commander";
import { notDeployed } from "../../consumers.ts";
import type { Context } from "../../context.ts";
import type { ConnectedOptions } from "../../deployment/deployment.ts";
import { connectedOptions } from "../../deployment/plan-options.ts";
import { printLogLine } from "../../print/log-line.ts";
import { duration } from "../option-value.ts";
import { withDeployed } from "../with-deployed.ts";

interface LogsOptions extends ConnectedOptions {
  readonly since: Duration;
  readonly follow?: boolean;
  readonly filter?: string;
}

/** `alien logs`: what a deployed function has written. */
export function logsCommand(context: Context): Command {
  return connectedOptions(new Command("logs"))
    .description("what a deployed function has written, oldest first")
    .argument("<function>", "the function's id")
    .option("--since <duration>", "how far back", duration, "1h")
    .option("-f, --follow", "go on with what it writes from now on")
    .option("--filter <text>", "lines with this text alone")
    .action((id: string, options: LogsOptions) =>
      withDeployed(context, options, async ({ deployment, state, signal }) => {
        const part = state.parts[`function/${id}`];
        if (part === undefined) throw notDeployed(id, functionsOf(state));
        const lines = deployment.cloud.operator.logs(part.name, {
          since: Date.now() - parseDuration(options.since),
          follow: options.follow === true,
          ...(options.filter === undefined ? {} : { filter: options.filter }),
          signal,
        });
        const { data, colors } = context.terminal;
        for await (const line of lines) {
          data(options.json ? JSON.stringify({ version: 1, ...line }) : printLogLine(line, colors));
        }
      }),
    );
}

/** A part of a function has its id and more. */
function functionsOf({ parts }: State): readonly string[] {
  return Object.keys(parts).flatMap((id) => /^function\/([^/]+)$/.exec(id)?.[1] ?? []);
}
