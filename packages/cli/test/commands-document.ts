import type { Command } from "commander";
import { shapes } from "./json-shapes.ts";

/** A command that people see, and the words that it is called by. */
export interface Listed {
  readonly words: readonly string[];
  readonly leaf: boolean;
}

/** All of them, in the order of the help. */
export function listed(program: Command, words: readonly string[] = []): readonly Listed[] {
  return program
    .createHelp()
    .visibleCommands(program)
    .flatMap((command) => {
      const own = [...words, command.name()];
      return [{ words: own, leaf: command.commands.length === 0 }, ...listed(command, own)];
    });
}

/** docs/commands.md from what each command prints for --help. */
export function commandsDocument(
  help: string,
  commands: readonly { readonly words: readonly string[]; readonly help: string }[],
): string {
  const sections = commands.map(
    ({ words, help: text }) => `## alien ${words.join(" ")}\n\n\`\`\`text\n${text}\n\`\`\`\n`,
  );
  return `${HEAD}
\`\`\`text
${help}
\`\`\`

${sections.join("\n")}
## What --json prints

One object a line, on stdout. \`version\` is 1 and grows when a field changes its meaning or goes; new fields may come. A field without a type is a string. Times are milliseconds since the epoch. An error is one line on stderr: \`{ "version": 1, "error": { "code", "message", "fix?", "retryable", "details", "more" } }\`.

| command | fields |
|---|---|
${Object.entries(shapes)
  .map(([command, shape]) => `| \`${command}\` | ${shape} |`)
  .join("\n")}
`;
}

const HEAD = `# The commands

Written by \`UPDATE_COMMANDS=1 npx vitest run packages/cli/test/commands.test.ts\` from the commands themselves. Commands on queues are about this machine, beside a running \`alien dev\` or without one; \`--stage\` means the queues of a deployed stage.

- Data goes to stdout, everything else to stderr. Progress is shown on a terminal alone, and not with \`--quiet\`, \`CI\`, \`NO_COLOR\` or \`TERM=dumb\`.
- Exit status: 0 done, 1 failed, 2 wrong use, 3 not found, 4 conflict, 5 not permitted, 130 and 143 after SIGINT and SIGTERM. Who closes the pipe early (\`| head\`) ends a command with 0.
- Where nobody can be asked, a command that would ask ends with 2 and names the option that answers.
- \`alien queue export\` and \`import\`: none is taken away by an export. An import sends each message anew, in the order of the file: it gets an id of its own, its attempts count from 1, what is left of its delay is kept, its trace is not; JSON stays as it was, letter by letter. A repeated import within 24 hours sends nothing twice, where the queue has idempotency keys. A line that cannot be sent is reported and keeps back no other; a full disk or a lost network ends the import, which can be repeated.
- \`alien dead import\` keeps ids: one that is there already is not taken twice.
- \`alien completion\` completes commands, options, queues, functions and stages. It runs none of your code: ids are those of the last time that alien.ts was loaded.
`;
