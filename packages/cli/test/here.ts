import picocolors from "picocolors";
import type { Context } from "../src/context.ts";
import { run } from "../src/run.ts";
import type { Answer } from "./journey.ts";

const plain = picocolors.createColors(false);

/** Of a program that is only looked at. */
export const quietContext: Context = {
  directory: ".",
  environment: {},
  terminal: {
    data: () => undefined,
    note: () => undefined,
    colors: plain,
    noteColors: plain,
  },
  onSignal: () => undefined,
  exit: () => undefined,
};

/** Runs a command line in this process, where nobody can be asked: much quicker than a process of its own. */
export function here(directory: string, ...args: readonly string[]): Promise<Answer> {
  return hereSignalled(directory, args, () => undefined);
}

/** The same for a command that gets signals: `onSignal` is given what it does then. */
export async function hereSignalled(
  directory: string,
  args: readonly string[],
  onSignal: Context["onSignal"],
  // A test that stubs a binding means it.
  environment: NodeJS.ProcessEnv = bindings(),
  onPrint: (text: string) => unknown = () => undefined,
): Promise<Answer> {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const status = await run(args, {
    directory,
    environment,
    terminal: {
      data: (text) => {
        stdout.push(text);
        onPrint(text);
      },
      note: (text) => {
        stderr.push(text);
        onPrint(text);
      },
      colors: plain,
      noteColors: plain,
    },
    onSignal,
  });
  return { status, stdout: stdout.join("\n"), stderr: stderr.join("\n") };
}

/** The same with all that a process would have; what the command puts into this process's environment is taken out again. */
export async function hereAsProcess(directory: string, args: readonly string[]): Promise<Answer> {
  const before = { ...process.env };
  const { NODE_OPTIONS: _, VITEST: __, ALIEN_DIRECTORY: ___, ...environment } = before;
  try {
    return await hereSignalled(directory, args, () => undefined, environment);
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

function bindings(): NodeJS.ProcessEnv {
  const variables = Object.entries(process.env);
  return Object.fromEntries(variables.filter(([name]) => /^ALIEN_.+_BINDING$|^AWS_/.test(name)));
}
