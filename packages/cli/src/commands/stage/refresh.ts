import { Command } from "commander";
import type { Context } from "../../context.ts";
import type { ConnectedOptions } from "../../deployment/deployment.ts";
import { connectedOptions } from "../../deployment/plan-options.ts";
import { noteWatching } from "../note-watching.ts";
import { withDeployed } from "../with-deployed.ts";

/** `alien refresh`: looks at everything, remembers it, and tells what somebody else changed. */
export function refreshCommand(context: Context): Command {
  return connectedOptions(new Command("refresh"))
    .description("read everything that is deployed, and tell what somebody else has changed")
    .action((options: ConnectedOptions) =>
      withDeployed(context, options, async ({ deployment, signal }) => {
        const { cloud, store } = deployment;
        const { refresh } = await import("@alienplatform/deploy");
        const { systemClock } = await import("@alienplatform/bindings");
        const { printDrift } = await import("../../print/drift.ts");
        const drifts = await refresh({
          cloud,
          store,
          clock: systemClock,
          signal,
          onWatch: noteWatching(context),
        });
        const { data, colors } = context.terminal;
        data(options.json ? JSON.stringify({ version: 1, drifts }) : printDrift(drifts, colors));
      }),
    );
}
