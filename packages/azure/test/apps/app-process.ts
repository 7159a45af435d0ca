import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { unzipSync } from "fflate";

/** One function that a package has registered, as the host reads it. */
export interface Registered {
  readonly name: string;
  readonly bindings: Readonly<Record<string, TriggerBinding>>;
}

export interface TriggerBinding {
  readonly type: string;
  readonly queueName?: string;
  readonly connection?: string;
  readonly isSessionsEnabled?: boolean;
  readonly cardinality?: string;
  readonly dataType?: string;
  readonly route?: string;
}

interface Answered {
  readonly id?: string;
  readonly functions?: readonly Registered[];
  readonly response?: unknown;
  readonly error?: string;
}

const WORKER = fileURLToPath(new URL("./app-worker.mjs", import.meta.url));

/** An instance of a function app: its package, unpacked, in a process that has the app's settings and nothing else. */
export class AppProcess {
  readonly functions: readonly Registered[];
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #waiting = new Map<string, (answer: Answered) => void>();

  private constructor(child: ChildProcess, folder: string, functions: readonly Registered[]) {
    this.functions = functions;
    this.#child = child;
    this.#folder = folder;
    child.on("message", (answer: Answered) => {
      const { id = "" } = answer;
      this.#waiting.get(id)?.(answer);
      this.#waiting.delete(id);
    });
    child.on("exit", () => {
      for (const [, answer] of this.#waiting) answer({ error: "the process ended" });
      this.#waiting.clear();
    });
  }

  static async start(
    zip: Uint8Array,
    env: Readonly<Record<string, string>>,
    onLine: (line: string) => void,
  ): Promise<AppProcess> {
    const folder = await mkdtemp(join(tmpdir(), "alien-app-"));
    for (const [name, bytes] of Object.entries(unzipSync(zip))) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), bytes);
    }
    const child = fork(WORKER, [folder], {
      env: { PATH: process.env.PATH, ...env },
      execArgv: [],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on("line", onLine);
    }
    const [ready] = await Promise.race([
      once(child, "message"),
      once(child, "exit").then(([status]) => {
        throw new Error(`the worker ended with ${status} while it loaded the package`);
      }),
    ]);
    // What the worker tells first.
    const { functions = [] } = ready as Answered;
    return new AppProcess(child, folder, functions);
  }

  /** What the function answers, in the host's form; rejects where it throws. */
  async invoke(
    name: string,
    data: object,
    triggerMetadata: Readonly<Record<string, { readonly json: string }>> = {},
  ): Promise<unknown> {
    const id = randomUUID();
    const answered = new Promise<Answered>((resolve) => this.#waiting.set(id, resolve));
    this.#child.send({ id, name, data, triggerMetadata });
    const { response, error } = await answered;
    if (error !== undefined) throw new Error(error);
    return response;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exited = once(this.#child, "exit");
      this.#child.kill("SIGKILL");
      await exited;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}
