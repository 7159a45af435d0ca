import type { Command } from "commander";
import type { PlanOptions } from "./deployment.ts";
import { stageOptions } from "./stage-options.ts";

/** Adds what every command takes that asks the vendor. */
export function connectedOptions(command: Command): Command {
  return stageOptions(command).option("--region <name>", "where, if not as the environment says");
}

/** Adds what every command takes that makes a plan. */
export function planOptions(command: Command): Command {
  return connectedOptions(command)
    .option("--no-refresh", "believe the state instead of reading what is there")
    .option(
      "--allow-data-loss <resource>",
      "let the messages of this queue be lost; may be repeated",
      collected,
      [],
    );
}

/** Adds the taking over of what is there already. */
export function adoptOption(command: Command): Command {
  return command.option(
    "--adopt <resource>",
    'take over what is there under the names of this resource, or of "all"; may be repeated',
    collected,
    [],
  );
}

function collected(given: string, before: readonly string[]): readonly string[] {
  return [...before, given];
}

export type { PlanOptions };
