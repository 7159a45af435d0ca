import { AlienError } from "@alienplatform/core";
import { type Command, CommanderError, Option } from "commander";
import type { Context } from "./context.ts";
import { exitCodeOf } from "./exit-code.ts";
import { askedInWords } from "./help/asked-in-words.ts";
import { printDetails, printError, printErrorJson, reportOf } from "./print/error.ts";
import { program } from "./program.ts";
import type { Terminal } from "./terminal.ts";

/** Runs one command line to its end, prints its failure, and answers the exit status. */
export async function run(
  args: readonly string[],
  context: Omit<Context, "exit">,
): Promise<number> {
  const { terminal } = context;
  const given = optionsOf(args);
  const quiet = given.includes("--quiet") || given.includes("-q");
  let status = 0;
  const exit = (code: number) => {
    status = code;
  };
  const root = program({ ...context, exit, terminal: quiet ? silent(terminal) : terminal });
  let failed = root;
  configure(root, context, (command) => {
    failed = command;
  });
  try {
    await root.parseAsync(askedInWords(args, root), { from: "user" });
    return status;
  } catch (thrown) {
    // Help and version are "thrown" by commander after they are printed.
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0;
    if (thrown instanceof CommanderError && thrown.code === "commander.help") return 2;
    // Whoever stopped it knows; what was under way says no more than that.
    if (status !== 0 && thrown instanceof AlienError && thrown.code === "ABORTED") return status;
    const error = thrown instanceof CommanderError ? usageError(thrown, failed) : thrown;
    const report = reportOf(error);
    if (given.includes("--json")) terminal.note(printErrorJson(report));
    else {
      terminal.note(printError(report, terminal.noteColors));
      if (given.includes("--verbose")) terminal.note(printDetails(error, terminal.noteColors));
    }
    return exitCodeOf(error);
  }
}

/** Says nothing besides data and questions. */
function silent({ live: _, ...terminal }: Terminal): Terminal {
  return { ...terminal, note: () => undefined };
}

/** Those whose words are not about something else. */
const TALKING = new Set(["dev", "complete"]);

/** Sub-commands do not inherit these. */
function configure(
  command: Command,
  context: Omit<Context, "exit">,
  onFailed: (command: Command) => void,
): void {
  const { terminal } = context;
  for (const option of command.options) {
    nameInErrors(option);
    if (option.mandatory) option.description += " (required)";
  }
  if (command.parent !== null && !TALKING.has(command.name())) {
    const isGroup = command.commands.length > 0;
    const quiet = new Option("-q, --quiet", "say nothing but data and errors").hideHelp(isGroup);
    const verbose = new Option("--verbose", "say more of an error").hideHelp(isGroup);
    command.addOption(quiet).addOption(verbose);
  }
  command
    .helpOption("-h, --help", "print help")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.data(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
      outputError: () => {
        onFailed(command); // printed by run(), in the form of every other error
      },
    })
    .showSuggestionAfterError(true);
  for (const child of command.commands) configure(child, context, onFailed);
}

/** What is wrong with an option's value says whose value it is. */
function nameInErrors(option: Option): void {
  const { parseArg } = option;
  if (parseArg === undefined) return;
  option.argParser((given: string, before: unknown) => {
    try {
      return parseArg(given, before);
    } catch (error) {
      if (!(error instanceof AlienError)) throw error;
      const { code, message, fix, details } = error;
      const options = { ...(fix === undefined ? {} : { fix }), details };
      throw new AlienError(code, `${option.long ?? option.flags}: ${message}`, options);
    }
  });
}

/** "error: unknown option '--prot'\n(Did you mean --port?)" as what happened and what to do. */
function usageError(error: CommanderError, command: Command): AlienError {
  const [first = "", similar] = error.message.split("\n");
  const message = first.replace(/^error: /, "");
  return new AlienError("COMMAND_INVALID", message, {
    fix:
      meantBy(message, command) ??
      similar?.replace(/^\((.*)\)$/, "$1") ??
      (error.code === "commander.missingMandatoryOptionValue"
        ? `Add ${missingOf(command).join(" ")}; --help says more.`
        : `Write ${formOf(command)}; --help says more.`),
  });
}

/** What node and docker call --env-file is --dotenv here. */
function meantBy(message: string, { options }: Command): string | undefined {
  const isKnown = options.some(({ long }) => long === "--dotenv");
  const isTyped = message.startsWith("unknown option '--env-file");
  return isKnown && isTyped ? "Did you mean --dotenv?" : undefined;
}

/** The required options that were not given: the form of a command does not name them. */
function missingOf(command: Command): readonly string[] {
  return command.options
    .filter((each) => each.mandatory && command.getOptionValue(each.attributeName()) === undefined)
    .map(({ flags }) => flags);
}

/** "alien queue send [options] <queue> <payload>" */
function formOf(command: Command): string {
  const words = [command.usage()];
  for (let at: Command | undefined = command; at; at = at.parent ?? undefined) {
    words.unshift(at.name());
  }
  return words.join(" ");
}

/** What stands before "--": the rest belongs to another program. */
function optionsOf(args: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  return end === -1 ? args : args.slice(0, end);
}
