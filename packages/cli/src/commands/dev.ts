import { Command } from "commander";
import type { Context } from "../context.ts";
import { deployable } from "../deployment/platforms.ts";
import type { DevOptions, DevWords } from "../dev/dev.ts";
import { wholeFrom } from "./option-value.ts";
import { portOf } from "./port-of.ts";

/**
 * `alien dev`: the stack on this machine, until it is stopped. Its --dotenv is not called --env-file, as node 20
 * looks for that option's file itself, behind a script's name too: https://github.com/nodejs/node/issues/54232
 */
export function devCommand(context: Context): Command {
  return new Command("dev")
    .description("run the stack on this machine; messages are kept between runs")
    .argument(
      "[folders...]",
      'the stacks, by their folders (default: the alien.ts around you); after "--" your own program, which runs beside it in the same environment',
    )
    .option("--reset", "forget all messages of earlier runs first")
    .option("--persist-to <directory>", "where the messages are kept (default: .alien/local)")
    .option(
      "--dotenv <file>",
      "variables for the functions, over those of .env and .env.local; may be given several times",
      (file: string, before: readonly string[] = []) => [...before, file],
    )
    .option("--port <number>", "the port of the first function that serves HTTP", portOf)
    .option(
      "--api-port <number>",
      "the port of the console and the HTTP API (default: 4100, or the next that is free)",
      portOf,
    )
    .option("--no-api", "serve neither the console nor the HTTP API")
    .option("--like <platform>", `behave like ${deployable.join(", ")}: its limits, its disorder`)
    .option(
      "--seed <number>",
      "of what --like does by chance, as an earlier run printed it",
      wholeFrom(0, 2 ** 31 - 1),
    )
    .option("--json", "print events as JSON, one object a line")
    .addHelpText(
      "after",
      `
Examples:
  $ alien dev                 consume queues with the functions in alien.ts, restart them on change
  $ alien dev -- npm start    the same, with your own app beside it
  $ alien dev shop billing    two stacks, each with its own messages and console
  $ alien dev --like aws      with the limits of SQS and Lambda, messages out of order and some twice
  $ alien dev --reset         begin with empty queues`,
    )
    .action(async (words: readonly string[], options: DevOptions, { parent }: Command) => {
      const { dev } = await import("../dev/dev.ts");
      await dev(context, options, parted(words, typedOf(parent)));
    });
}

/** The whole command line. */
function typedOf(root: Command | null): readonly string[] {
  // commander keeps it, and leaves it out of its types.
  return (root as { readonly rawArgs?: readonly string[] } | null)?.rawArgs ?? [];
}

/** What stands before "--" and what stands after it, which is not told apart in `words`. */
function parted(words: readonly string[], typed: readonly string[]): DevWords {
  const end = typed.indexOf("--");
  const folders = end === -1 ? words.length : words.length - (typed.length - end - 1);
  return { folders: words.slice(0, folders), command: words.slice(folders) };
}
