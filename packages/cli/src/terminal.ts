import { createInterface } from "node:readline/promises";
import picocolors from "picocolors";

/** How to colour a piece of text; every member is the identity where colours are off. */
export type Colors = ReturnType<typeof picocolors.createColors>;

/** Where a command's words go: data to stdout, everything else to stderr. */
export interface Terminal {
  data(text: string): void;
  note(text: string): void;
  /** For data. */
  readonly colors: Colors;
  /** For notes. */
  readonly noteColors: Colors;
  /** Absent where nobody can answer: no terminal, or CI. */
  readonly ask?: (question: string) => Promise<string>;
}

/** The terminal of this process; honours NO_COLOR, FORCE_COLOR, TERM=dumb and CI. */
export function processTerminal(environment: NodeJS.ProcessEnv): Terminal {
  const { stdin, stdout, stderr } = process;
  // `alien queue peek tasks | head` closes our stdout early; that is no failure.
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  const answers = stdin.isTTY === true && stderr.isTTY === true && !environment.CI;
  return {
    data: (text) => void stdout.write(`${text}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    colors: picocolors.createColors(colored(environment, stdout.isTTY === true)),
    noteColors: picocolors.createColors(colored(environment, stderr.isTTY === true)),
    ...(answers ? { ask } : {}),
  };
}

/** Whether to colour: NO_COLOR wins over FORCE_COLOR, which wins over what the stream is. */
export function colored(environment: NodeJS.ProcessEnv, terminal: boolean): boolean {
  if (environment.NO_COLOR) return false;
  if (environment.FORCE_COLOR !== undefined) return environment.FORCE_COLOR !== "0";
  return terminal && environment.TERM !== "dumb";
}

async function ask(question: string): Promise<string> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await reader.question(question);
  } finally {
    reader.close();
  }
}
