import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { setImmediate as nextTurn } from "node:timers/promises";

export interface AskOptions {
  readonly directory: string;
  /** Default this process's. */
  readonly environment?: NodeJS.ProcessEnv;
  /** What it can read from descriptor 4. Default nothing. */
  readonly input?: string;
  readonly signal?: AbortSignal | undefined;
  /** When it is killed. */
  readonly timeLimitMs: number;
  /** Gets what it prints. */
  readonly print: (text: string) => void;
}

/** What a process had to say: what it wrote to descriptor 3, or how it ended without. */
export type Said =
  | { readonly report: string }
  | { readonly report?: never; readonly exitCode: unknown; readonly late: boolean };

/** Runs node with these arguments, whose process reports once and ends. */
export async function askProcess(args: readonly string[], options: AskOptions): Promise<Said> {
  const { directory, environment, input = "", signal, timeLimitMs, print } = options;
  const child = spawn(process.execPath, args, {
    cwd: directory,
    stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
    timeout: timeLimitMs,
    killSignal: "SIGKILL",
    ...(environment === undefined ? {} : { env: environment }),
    ...(signal === undefined ? {} : { signal }),
  });
  // Descriptor 4 was asked for as a pipe. A process that ends before it has read this has reported why.
  const asked = child.stdio[4] as NodeJS.WritableStream;
  asked.on("error", () => undefined).end(input);
  child.stdout?.setEncoding("utf8").on("data", print);
  child.stderr?.setEncoding("utf8").on("data", print);
  // Descriptor 3 likewise, so it is a readable stream.
  const reading = text(child.stdio[3] as NodeJS.ReadableStream);
  try {
    // Not its "close": a process that it left behind may keep its output open for ever.
    const [[exitCode], report] = await Promise.all([once(child, "exit"), reading]);
    // What it printed last is in the pipes by now, and read in the next turn of the event loop.
    await nextTurn();
    await nextTurn();
    // Only the time limit kills it: an abort has thrown above.
    return report === "" ? { exitCode, late: child.killed } : { report };
  } finally {
    for (const pipe of child.stdio) pipe?.destroy();
  }
}
