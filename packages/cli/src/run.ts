import { AlienError } from "@alienplatform/core";
import { type Command, CommanderError } from "commander";
import type { Context } from "./context.ts";
import { exitCodeOf } from "./exit-code.ts";
import { printError, printErrorJson, reportOf } from "./print/error.ts";
import { program } from "./program.ts";

/** Runs one command line to its end, prints its failure, and answers the exit status. */
export async function run(
  args: readonly string[],
  context: Omit<Context, "exit">,
): Promise<number> {
  const { terminal } = context;
  let status = 0;
  const exit = (code: number) => {
    status = code;
  };
  const root = program({ ...context, exit });
  configure(root, context);
  try {
    await root.parseAsync(args, { from: "user" });
    return status;
  } catch (thrown) {
    // Help and version are "thrown" by commander after they are printed.
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0;
    if (thrown instanceof CommanderError && thrown.code === "commander.help") return 2;
    const error = thrown instanceof CommanderError ? usageError(thrown) : thrown;
    const json = optionsOf(args).includes("--json");
    const report = reportOf(error);
    terminal.note(json ? printErrorJson(report) : printError(report, terminal.noteColors));
    return exitCodeOf(error);
  }
}

/** Sub-commands do not inherit these. */
function configure(command: Command, context: Omit<Context, "exit">): void {
  const { terminal } = context;
  command
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.data(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
      outputError: () => {
        // Printed by run(), in the form of every other error.
      },
    })
    .showSuggestionAfterError(true);
  for (const child of command.commands) configure(child, context);
}

/** "error: unknown option '--prot'\n(Did you mean --port?)" as what happened and what to do. */
function usageError(error: CommanderError): AlienError {
  const [first = "", suggestion] = error.message.split("\n");
  return new AlienError("COMMAND_INVALID", first.replace(/^error: /, ""), {
    fix: suggestion?.replace(/^\((.*)\)$/, "$1") ?? 'Run it with "--help" to see what it takes.',
  });
}

/** What stands before "--": the rest belongs to another program. */
function optionsOf(args: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  return end === -1 ? args : args.slice(0, end);
}
