import { AlienError, type Right } from "@alienplatform/core";
import type { Json, State } from "@alienplatform/deploy";
import { Command } from "commander";
import type { Context } from "../../context.ts";
import { environmentOf } from "../../deployment/bindings.ts";
import { type StageOptions, stageOptions } from "../../deployment/stage-options.ts";
import { withStage } from "../with-stage.ts";

interface EnvOptions extends StageOptions {
  readonly policy?: readonly Right[];
}

/** `alien env`: how a process of one's own, a container or a script, reaches a stage's queues. */
export function envCommand(context: Context): Command {
  return stageOptions(new Command("env"))
    .description("print the bindings of a stage, for a process of your own")
    .option(
      "--policy <rights>",
      "print instead what that process has to be allowed: send,receive,operate",
      rightsOf,
    )
    .addHelpText(
      "after",
      `
Examples:
  $ alien env --stage prod > .env.prod    for --env-file of node and docker
  $ alien env --stage prod --policy send  what a process needs that sends`,
    )
    .action((options: EnvOptions) =>
      withStage(context, options, async ({ state }) => {
        if (options.policy !== undefined) {
          const policy = await accessPolicy(state, options.policy);
          context.terminal.data(JSON.stringify(policy, undefined, options.json ? undefined : 2));
          return;
        }
        const environment = environmentOf(state.bindings);
        context.terminal.data(
          options.json
            ? JSON.stringify({ version: 1, environment })
            : Object.entries(environment)
                .map(([name, value]) => `${name}=${value}`)
                .join("\n"),
        );
      }),
    );
}

/** As the vendor's console and tools take it. */
async function accessPolicy({ place, bindings }: State, rights: readonly Right[]): Promise<Json> {
  const { loadDeployPlatform } = await import("../../deployment/platforms.ts");
  const { platform, accessPolicy } = await loadDeployPlatform(place.platform);
  if (accessPolicy !== undefined) return accessPolicy(place, bindings, rights);
  throw new AlienError("UNSUPPORTED", `${platform} has no policies of this kind`, {
    fix: "See the README of its package for what a process needs.",
  });
}

const RIGHTS: readonly Right[] = ["send", "receive", "operate"];

function rightsOf(given: string): readonly Right[] {
  const words = given.split(",").map((word) => word.trim());
  const rights = RIGHTS.filter((right) => words.includes(right));
  if (rights.length > 0 && rights.length === new Set(words).size) return rights;
  throw new AlienError("OPTION_INVALID", `"${given}" is no list of rights`, {
    fix: `Use one or more of ${RIGHTS.join(",")}: --policy send,receive`,
  });
}
