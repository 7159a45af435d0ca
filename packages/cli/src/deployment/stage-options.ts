import { AlienError, type StackData } from "@alienplatform/core";
import type { Command } from "commander";
import { deployable } from "./platforms.ts";
import { refuseUnknownPlatform } from "./unknown-platform.ts";

/** Which copy of the stack a command is about. */
export interface StageOptions {
  readonly platform?: string;
  readonly stage: string;
  readonly state?: string;
  readonly json?: boolean;
}

/** Adds what every command on a deployed stage takes. */
export function stageOptions(command: Command): Command {
  return command
    .option(
      "-p, --platform <name>",
      `where: ${deployable.join(", ")} (default: the stack's only one)`,
    )
    .option("-s, --stage <name>", "which copy of the stack", stageName, "dev")
    .option("--state <url>", "where its state is kept (default: ALIEN_STATE, else .alien/state)")
    .option("--json", "print JSON, one object a line");
}

/** Adds the choice of a deployed stage to a command that else means this machine. */
export function elsewhereOptions(command: Command): Command {
  return command
    .option(
      "-s, --stage <name>",
      "the queues of this deployed stage, not of this machine",
      stageName,
    )
    .option("-p, --platform <name>", "where that stage is (default: the stack's only platform)")
    .option("--state <url>", "where its state is kept (default: ALIEN_STATE, else .alien/state)");
}

/** The platform that is asked for, else the only one of those that the stack names, or of all that can be deployed to. */
export function platformOf(given: string | undefined, { platforms }: StackData): string {
  if (given !== undefined) {
    refuseUnknownPlatform("--platform", given);
    return given;
  }
  const possible =
    platforms.length === 0 ? deployable : platforms.filter((name) => deployable.includes(name));
  const [only, second] = possible;
  if (only !== undefined && second === undefined) return only;
  const places = only === undefined ? deployable : possible;
  const names = new Intl.ListFormat("en", { type: "disjunction" }).format(places);
  const problem =
    platforms.length === 0
      ? "the stack names no platform"
      : `the stack goes to ${platforms.join(" and ")}${only === undefined ? ", where nothing is deployed yet" : ""}`;
  throw new AlienError("OPTION_INVALID", `${problem}, and there is no --platform`, {
    fix: `Add --platform ${places[0]} (${names}), or .platforms("${places[0]}") to the stack in alien.ts.`,
  });
}

/** Part of many names, some of which are short and in small letters only. */
function stageName(given: string): string {
  if (/^[a-z][a-z0-9-]{0,30}[a-z0-9]$|^[a-z]$/.test(given)) return given;
  throw new AlienError("OPTION_INVALID", `"${given}" is not a stage's name`, {
    fix: 'Use 1 to 32 small letters, digits and "-", a letter first: --stage pr-123.',
  });
}
