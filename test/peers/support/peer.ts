import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** How many of its last lines a message of failure shows. */
const keptLines = 60;

/** For what hangs: how long a peer may take to start, on a machine that is busy with other work. */
const startsWithinMs = 240_000;

/** How to kill each that runs, for when we end ourselves. */
const living = new Set<() => void>();
process.once("exit", () => {
  for (const kill of living) kill();
});

/** Takes what has to be stopped at the end: vitest's `afterAll`, or a list in a program that is no test. */
export type AtEnd = (stop: () => Promise<void>) => void;

/** Where a peer runs. */
export interface PeerPlace {
  /** The folder it runs in: ours by default. */
  readonly cwd?: string;
  /** Its environment beside ours. */
  readonly env?: Readonly<Record<string, string>>;
  /** True: it gets nothing of our environment but the PATH. */
  readonly alone?: boolean;
  /** Gets each line that it writes. */
  readonly onLine?: (line: string) => void;
}

/** A running program that others wrote. It has a process group of its own and ends with `atEnd`, or with us. */
export class Peer {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #closed: Promise<void>;
  readonly #lines: string[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #kill = () => this.#signal();
  readonly #onLine: (line: string) => void;
  #over = false;

  /** Starts the program; `says` tells when it is ready. */
  constructor(
    name: string,
    command: string,
    args: readonly string[],
    atEnd: AtEnd,
    { cwd, env, alone = false, onLine = () => undefined }: PeerPlace = {},
  ) {
    this.#name = name;
    this.#onLine = onLine;
    this.#child = spawn(command, args, {
      cwd,
      env: { ...(alone ? { PATH: process.env.PATH } : process.env), ...env },
      // A pipe for its input, held open: pstest ends with it.
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
    });
    this.#child.on("error", (error) => this.#lines.push(error.message));
    this.#closed = once(this.#child, "close").then(
      () => this.#end(),
      () => this.#end(),
    );
    for (const output of [this.#child.stdout, this.#child.stderr]) {
      if (output !== null) createInterface({ input: output }).on("line", (line) => this.#add(line));
    }
    living.add(this.#kill);
    atEnd(() => this.stop());
  }

  /** The first line that matches, written or yet to be. Rejects with the last lines where the program ends or hangs. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    const late = AbortSignal.timeout(startsWithinMs);
    const wake = () => this.#wake();
    late.addEventListener("abort", wake);
    try {
      for (;;) {
        for (const line of this.#lines) {
          const match = pattern.exec(line);
          if (match !== null) return match;
        }
        if (this.#over || late.aborted) {
          const why = this.#over ? "it ended" : `it took more than ${startsWithinMs / 1000} s`;
          throw new Error(`${this.#name} never said ${pattern}: ${why}\n${this.output}`);
        }
        await new Promise<void>((resolve) => this.#listeners.add(resolve));
      }
    } finally {
      late.removeEventListener("abort", wake);
    }
  }

  /** Resolves when it has ended, by itself or by `stop`. */
  get ended(): Promise<void> {
    return this.#closed;
  }

  /** Its last lines, for the message of a failed test. */
  get output(): string {
    return this.#lines.join("\n");
  }

  /** Kills all of its group and resolves when it is gone. */
  async stop(): Promise<void> {
    this.#signal();
    await this.#closed;
  }

  /** A peer has nothing worth a clean end. */
  #signal(): void {
    if (this.#over || this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, "SIGKILL");
    } catch (error) {
      // It has ended by itself, and what it wrote is not all read.
      if (!isGone(error)) throw error;
    }
  }

  #add(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > keptLines) this.#lines.shift();
    this.#onLine(line);
    this.#wake();
  }

  #end(): void {
    this.#over = true;
    living.delete(this.#kill);
    this.#wake();
  }

  #wake(): void {
    for (const resume of this.#listeners) resume();
    this.#listeners.clear();
  }
}

/** Whether there is no such process. */
function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ESRCH";
}
