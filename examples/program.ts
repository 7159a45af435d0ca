import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A program of an example, run for a test: its output is what the test waits for. */
export class Program {
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown[]>;
  readonly #waiting = new Set<() => void>();
  #over = false;

  /** Runs the `npm run` script in the example's folder; its messages are kept in `directory`. */
  constructor(folder: string, script: string, directory: string, args: readonly string[] = []) {
    this.#child = spawn("npm", ["run", "--silent", script, "--", ...args], {
      cwd: fileURLToPath(new URL(folder, import.meta.url)),
      env: { ...process.env, ALIEN_DIRECTORY: directory },
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own, so that stop() reaches the program that npm starts.
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
    if (!this.#over && this.#child.pid !== undefined) process.kill(-this.#child.pid, "SIGINT");
    await this.#closed;
  }

  #wake(): void {
    for (const resume of this.#waiting) resume();
    this.#waiting.clear();
  }
}
