import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { AlienError } from "@alienplatform/core";
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
  /** The same for what nobody may read over a shoulder: nothing of the answer is shown. */
  readonly askHidden?: (question: string) => Promise<string>;
  /** Replaces the lines that stand below all notes; absent where lines cannot be taken back. */
  readonly live?: (lines: readonly string[]) => void;
}

/** The terminal of this process; honours NO_COLOR, FORCE_COLOR, TERM=dumb and CI. */
export function processTerminal(environment: NodeJS.ProcessEnv): Terminal {
  const { stdin, stdout, stderr } = process;
  // `alien queue peek tasks | head` closes our stdout early; that is no failure.
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    // A full disk behind `> file`: what has been printed is not there.
    stderr.write(
      `error STORAGE_FAILED  stdout cannot be written: ${error.code ?? error.message}\n`,
    );
    process.exit(1);
  });
  const answers = stdin.isTTY === true && stderr.isTTY === true && !environment.CI;
  return {
    data: (text) => void stdout.write(`${text}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    colors: picocolors.createColors(colored(environment, stdout.isTTY === true)),
    noteColors: picocolors.createColors(colored(environment, stderr.isTTY === true)),
    ...(answers ? { ask, askHidden: (question) => askHidden(question, stdin, stderr) } : {}),
    ...(stderr.isTTY === true &&
    !environment.CI &&
    !environment.NO_COLOR &&
    environment.TERM !== "dumb"
      ? { live: liveLines(stderr) }
      : {}),
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

/** Reads a line without an echo. Ctrl-C there is the signal that it is elsewhere. */
export async function askHidden(
  question: string,
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  // As on a terminal, where readline itself writes what is typed: to nowhere.
  const reader = createInterface({ input, output: nowhere, terminal: true });
  output.write(question);
  try {
    return await new Promise<string>((resolve, reject) => {
      reader.once("SIGINT", () => {
        process.kill(process.pid, "SIGINT");
        reject(new AlienError("ABORTED", "nothing was typed"));
      });
      reader.once("close", () => reject(new AlienError("ABORTED", "nothing was typed")));
      reader.once("line", resolve);
    });
  } finally {
    reader.close();
    output.write("\n");
  }
}

/** Draws over what it drew before. A line that the terminal would wrap is cut: it could not be taken back. */
export function liveLines(
  stream: Pick<NodeJS.WriteStream, "write" | "columns">,
): (lines: readonly string[]) => void {
  let drawn = 0;
  return (lines) => {
    const up = drawn === 0 ? "" : `\u001b[${drawn}A`;
    if (drawn > 0 || lines.length > 0) {
      const shown = lines.map((line) => `${cut(line, (stream.columns || 80) - 1)}\n`);
      stream.write(`${up}\u001b[0J${shown.join("")}`);
    }
    drawn = lines.length;
  };
}

/** Counts what is seen: colours take no room. */
function cut(line: string, columns: number): string {
  let room = columns;
  const kept = line.replace(SEEN, (piece, color: string | undefined) => {
    if (color !== undefined) return piece;
    room -= 1;
    return room >= 0 ? piece : "";
  });
  return kept;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
const SEEN = /(\u001b\[[0-9;]*m)|./gu;
