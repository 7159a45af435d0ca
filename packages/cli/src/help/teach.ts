import type { Command } from "commander";
import { examples, statuses } from "./examples.ts";

const USUAL =
  "Exit status: 0 done, 1 failed, 2 wrong use, 3 not found, 4 conflict, 5 not permitted, 130 and 143 after a signal.";

/** Adds to the help of every command what one types, and what its exit status tells. */
export function teach(program: Command): Command {
  for (const command of program.commands) teachOne(command, command.name());
  return program;
}

function teachOne(command: Command, words: string): void {
  for (const child of command.commands) teachOne(child, `${words} ${child.name()}`);
  const lines = examples[words];
  if (lines !== undefined) {
    const shown = lines.map((line) => `  $ ${line}`);
    command.addHelpText("after", ["", "Examples:", ...shown].join("\n"));
  }
  if (command.commands.length > 0 && lines === undefined) return;
  const own = statuses[words];
  command.addHelpText("after", `\n${USUAL}${own === undefined ? "" : `\nHere: ${own}.`}`);
}
