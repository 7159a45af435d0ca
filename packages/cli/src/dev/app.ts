import { spawn } from "node:child_process";
import { AlienError } from "@alienplatform/core";
import { exitCodeOfSignal } from "../exit-code.ts";
import type { Environment } from "./environment.ts";

/** The user's own program beside dev. */
export interface App {
  /** Resolves to its exit code, as a shell would report it. */
  readonly exited: Promise<number>;
  signal(signal: NodeJS.Signals): void;
}

/** Starts it in the terminal that dev has; with `quiet`, what it prints goes to stderr. */
export function startApp(
  command: readonly string[],
  directory: string,
  environment: Environment,
  quiet: boolean,
): App {
  const [program = "", ...args] = command;
  const child = spawn(program, args, {
    cwd: directory,
    env: environment,
    stdio: ["inherit", quiet ? process.stderr : "inherit", "inherit"],
    // npm and its kind are scripts on Windows, which only a shell starts.
    shell: process.platform === "win32",
  });
  const exited = new Promise<number>((resolve, reject) => {
    child.once("error", (cause) => {
      reject(
        new AlienError("COMMAND_INVALID", `"${program}" could not be started: ${cause.message}`, {
          fix: 'Write after "--" what you would type in a terminal, as in: alien dev -- npm start',
          cause,
        }),
      );
    });
    child.once("exit", (code, signal) => {
      resolve(code ?? (signal === null ? 1 : exitCodeOfSignal(signal)));
    });
  });
  return {
    exited,
    signal(signal) {
      // In a terminal Ctrl-C has reached it already: it is in the same group of processes.
      if (signal === "SIGINT" && process.stdin.isTTY) return;
      child.kill(signal);
    },
  };
}
