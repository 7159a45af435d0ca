import type { Terminal } from "./terminal.ts";

/** What a command gets from the process it runs in. */
export interface Context {
  /** The working directory. */
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly terminal: Terminal;
  /** Registers what to do on SIGINT and SIGTERM instead of ending at once. */
  onSignal(run: (signal: NodeJS.Signals) => void): void;
  /** Sets the exit status of a command that did not fail. */
  exit(code: number): void;
}
