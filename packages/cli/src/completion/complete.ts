import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { StackData } from "@alienplatform/core";
import { findStackFile, lastLoadedStack } from "@alienplatform/deploy/cached-stack";
import type { Command as TabCommand } from "@bomb.sh/tab";
import tab from "@bomb.sh/tab/commander";
import { Command } from "commander";
import { jobStatuses } from "../commands/jobs/job-status.ts";
import type { Context } from "../context.ts";
import { deployable } from "../deployment/platforms.ts";
import { printed } from "./printed.ts";

/** What may stand for an argument or an option, by its name. */
type Choices = Readonly<Record<string, readonly string[]>>;

/**
 * What may come after these words, the last of which is being typed, as the shells' scripts read it. No code of the user's
 * runs: ids are those of the last time that alien.ts was loaded.
 */
export async function complete(
  context: Context,
  program: Command,
  words: readonly string[],
): Promise<string> {
  const choices = await choicesAround(context);
  // It adds commands of the same names as ours, which here are not run.
  const own = new Set(["completion", "complete"]);
  const shown = new Command(program.name());
  for (const command of program.createHelp().visibleCommands(program)) {
    if (!own.has(command.name())) shown.addCommand(command);
  }
  const root = tab(shown, { completionCommandName: "completion" });
  for (const command of root.commands.values()) offer(command, choices);
  return printed(() => root.parse([...words]));
}

function offer(command: TabCommand, choices: Choices): void {
  for (const [name, argument] of command.arguments) {
    const values = choices[name];
    if (values === undefined) continue;
    argument.handler = (complete) => {
      for (const value of values) complete(value, "");
    };
  }
  for (const [name, option] of command.options) {
    const values = choices[`--${name}`];
    if (values === undefined || option.isBoolean === true) continue;
    option.handler = (complete) => {
      for (const value of values) complete(value, "");
    };
  }
}

async function choicesAround({ directory }: Context): Promise<Choices> {
  const file = await findStackFile(directory);
  const stack = file === undefined ? undefined : await lastLoadedStack(file);
  const { resources, platforms }: Pick<StackData, "resources" | "platforms"> = stack ?? {
    resources: [],
    platforms: [],
  };
  const idsOf = (isWanted: (type: string) => boolean) =>
    resources.filter(({ type }) => isWanted(type)).map(({ id }) => id);
  const queues = idsOf((type) => type === "queue");
  return {
    queue: queues,
    "--to": queues,
    "--confirm": queues,
    function: idsOf((type) => type !== "queue"),
    shell: ["bash", "zsh", "fish", "powershell"],
    "--stage": file === undefined ? [] : await stagesIn(dirname(file)),
    "--like": deployable,
    "--platform": platforms.length === 0 ? deployable : platforms,
    "--while-paused": ["wait", "deadLetter"],
    "--status": jobStatuses,
  };
}

/** Those whose state is beside alien.ts. */
async function stagesIn(directory: string): Promise<readonly string[]> {
  const names = await readdir(join(directory, ".alien", "state")).catch(() => []);
  return [...new Set(names.map((name) => name.replace(/^[^-]+-/, "")))];
}
