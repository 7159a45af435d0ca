import type { Command } from "commander";

/** "help queue send" and "queue help send" as "queue send --help", and "version" as "--version"; all else as it is. */
export function askedInWords(args: readonly string[], root: Command): readonly string[] {
  if (args[0] === "version") return ["--version", ...args.slice(1)];
  let command = root;
  for (const [at, word] of args.entries()) {
    // A word that is no group's belongs to the command: it may be a queue or a payload.
    if (command.commands.length === 0) return args;
    if (word === "help") return helpOf(command, args.slice(0, at), args.slice(at + 1));
    const next = named(command, word);
    if (next === undefined) return args;
    command = next;
  }
  return args;
}

/** Without --help where a word is no command's, which is then refused with a suggestion. */
function helpOf(
  group: Command,
  before: readonly string[],
  words: readonly string[],
): readonly string[] {
  const given = [...before, ...words];
  let command = group;
  for (const word of words) {
    if (word.startsWith("-") || command.commands.length === 0) break;
    const next = named(command, word);
    if (next === undefined) return given;
    command = next;
  }
  return [...given, "--help"];
}

function named(command: Command, word: string): Command | undefined {
  return command.commands.find((child) => child.name() === word || child.aliases().includes(word));
}
