import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { PayloadCheck, PayloadIssue } from "./evaluation.ts";
import { nodeArguments } from "./node-arguments.ts";
import type { SchemaAnswer } from "./schema-process.ts";

/** What a schema has against a payload, if anything; or that the process ended instead of answering. */
export type Checked = { readonly issues: readonly PayloadIssue[] | undefined } | "ended";

// A string that the compiler does not rewrite, so it has to follow this file's own extension.
const program = fileURLToPath(
  new URL(
    import.meta.url.endsWith(".ts") ? "./schema-process.ts" : "./schema-process.js",
    import.meta.url,
  ),
);

/** A process that imports a bundled alien.ts and checks payloads by its schemas. */
export class SchemaChild {
  /** Whether it did, before it ended. */
  readonly loaded: Promise<boolean>;
  readonly #process: ChildProcess;
  readonly #asked = new Map<number, (checked: Checked) => void>();
  #questions = 0;
  #over = false;

  constructor(bundle: string, directory: string) {
    this.#process = spawn(process.execPath, [...nodeArguments(), program, bundle], {
      cwd: directory,
      // What alien.ts prints was printed when it was loaded for its stack.
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    this.loaded = new Promise((resolve) => {
      this.#process.on("message", (said) => {
        // Loaders of TypeScript send messages of their own.
        const answer = said as Partial<SchemaAnswer>;
        if ("loaded" in answer) resolve(true);
        else if ("number" in answer && answer.number !== undefined) {
          this.#asked.get(answer.number)?.({ issues: answer.issues });
          this.#asked.delete(answer.number);
        }
      });
      const ended = () => {
        this.#over = true;
        for (const answer of this.#asked.values()) answer("ended");
        this.#asked.clear();
        resolve(false);
      };
      this.#process.on("error", ended).on("exit", ended);
    });
  }

  get over(): boolean {
    return this.#over;
  }

  ask(check: PayloadCheck): Promise<Checked> {
    return new Promise((resolve) => {
      if (this.#over) return resolve("ended");
      const number = ++this.#questions;
      this.#asked.set(number, resolve);
      // What can no longer be sent is answered by the end of the process.
      this.#process.send({ number, ...check }, () => undefined);
    });
  }

  kill(): void {
    this.#process.kill("SIGKILL");
  }
}
