import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** A program of an example, run for a test: its output is what the test waits for. None outlives its test. */
export class Program {
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown[]>;
  readonly #waiting = new Set<() => void>();
  #over = false;

  /**
   * Runs the script of that name in the example's folder as `npm run` does, but on the packages as they are published,
   * which start in a third of the time that sources take; its messages are kept in `directory`.
   */
  constructor(folder: string, script: string, directory: string, args: readonly string[] = []) {
    const cwd = fileURLToPath(new URL(folder, import.meta.url));
    this.#child = spawn("sh", ["-c", `${commandOf(cwd, script)} "$@"`, script, ...args], {
      cwd,
      env: { ...process.env, ALIEN_DIRECTORY: directory },
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own, so that stop() reaches what the script starts.
      detached: true,
    });
    for (const output of [this.#child.stdout, this.#child.stderr]) {
      if (output === null) continue;
      createInterface({ input: output }).on("line", (line) => {
        this.lines.push(line);
        this.#wake();
      });
    }
    this.#closed = once(this.#child, "close").finally(() => {
      this.#over = true;
      this.#wake();
    });
    onTestFinished(() => this.#signal("SIGKILL"));
  }

  /** Resolves with the first line that holds `text`, written or yet to be; rejects where the program ends without it. */
  async says(text: string): Promise<string> {
    for (;;) {
      const line = this.lines.find((one) => one.includes(text));
      if (line !== undefined) return line;
      if (this.#over) throw new Error(`it never said "${text}" but:\n${this.lines.join("\n")}`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** Its exit status, when it ends by itself. */
  async ends(): Promise<unknown> {
    const [code] = await this.#closed;
    return code;
  }

  /** Ends it the way Ctrl-C does. */
  async stop(): Promise<void> {
    this.#signal("SIGINT");
    await this.#closed;
  }

  /** To all of its group. */
  #signal(signal: NodeJS.Signals): void {
    if (this.#over || this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, signal);
    } catch (error) {
      // It has ended by itself, and what it wrote is not all read.
      if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
    }
  }

  #wake(): void {
    for (const resume of this.#waiting) resume();
    this.#waiting.clear();
  }
}

function commandOf(folder: string, script: string): string {
  const { scripts } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const command: string | undefined = scripts[script];
  if (command === undefined) throw new Error(`${folder} has no script "${script}"`);
  return command
    .replaceAll("--conditions=@alienplatform/source ", "")
    .replaceAll("packages/cli/src/main.ts", "packages/cli/bin/alien.js");
}
