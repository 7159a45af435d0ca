import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { QueueClient } from "@alienplatform/bindings";
import { Queue } from "@alienplatform/core";
import { readLines } from "../src/dev/lines.ts";
import { LocalStore } from "../src/store.ts";

const home = fileURLToPath(new URL(".alien/", import.meta.url));
/** As it is published; test/built.ts has built it. */
const alien = fileURLToPath(new URL("../bin/alien.js", import.meta.url));

/** What a command answered. */
export interface Answer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A project in a folder from which the packages of this repository resolve. */
export class Project {
  readonly directory: string;
  readonly #running = new Set<Running>();

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async create(files: Readonly<Record<string, string>>): Promise<Project> {
    await mkdir(home, { recursive: true });
    const project = new Project(await mkdtemp(join(home, "p-")));
    for (const [path, content] of Object.entries(files)) await project.write(path, content);
    return project;
  }

  async write(path: string, content: string): Promise<void> {
    const file = join(this.directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }

  /** Uses a queue from this process: much quicker to start than a command. */
  async use<T>(queue: string, run: (client: QueueClient) => Promise<T>): Promise<T> {
    const store = new LocalStore(join(this.directory, ".alien", "local"));
    try {
      return await run(store.client(new Queue(queue).build()));
    } finally {
      await store.close();
    }
  }

  /** Sends one message; answers its id. */
  async send(queue: string, payload: unknown): Promise<string> {
    const { id } = await this.use(queue, (client) => client.send(queue, payload));
    return id;
  }

  /** Runs a command to its end, as typed in the project's folder. */
  async alien(...args: readonly string[]): Promise<Answer> {
    const command = this.start(...args);
    command.process.stdin?.end();
    const status = await command.ended;
    return { status, stdout: command.stdout.join("\n"), stderr: command.stderr.join("\n") };
  }

  start(...args: readonly string[]): Running {
    const running = new Running(this.directory, args);
    this.#running.add(running);
    void running.ended.then(() => this.#running.delete(running));
    return running;
  }

  /** Starts `alien dev` and waits until it is ready. */
  async dev(...args: readonly string[]): Promise<Running> {
    const running = this.start("dev", ...args);
    await running.line(/^ready in |"type":"ready"/);
    return running;
  }

  async remove(): Promise<void> {
    for (const running of this.#running) {
      running.process.kill("SIGKILL");
      await running.ended;
    }
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** The lines of one stream, and how many of them were passed over. */
interface Stream {
  readonly lines: string[];
  read: number;
}

/** A command that runs, and the lines it has written so far. */
export class Running {
  readonly process: ChildProcess;
  readonly stdout: string[] = [];
  readonly stderr: string[] = [];
  /** Resolves to its exit status. */
  readonly ended: Promise<number | null>;
  readonly #streams: readonly Stream[] = [
    { lines: this.stdout, read: 0 },
    { lines: this.stderr, read: 0 },
  ];
  #over = false;
  #wake: () => void = () => undefined;

  constructor(directory: string, args: readonly string[]) {
    const { NODE_OPTIONS: _, VITEST: __, ALIEN_DIRECTORY: ___, ...environment } = process.env;
    this.process = spawn(process.execPath, [alien, ...args], {
      cwd: directory,
      env: { ...environment, NO_COLOR: "1", CI: "1" },
      stdio: ["pipe", "pipe", "pipe"],
    });
    const { stdin, stdout, stderr } = this.process;
    // It may end before it has read what it is given.
    stdin?.on("error", () => undefined);
    if (stdout !== null) readLines(stdout, (line) => this.#add(this.stdout, line));
    if (stderr !== null) readLines(stderr, (line) => this.#add(this.stderr, line));
    this.ended = once(this.process, "close").then(([status]) => {
      this.#over = true;
      this.#wake();
      return status;
    });
  }

  /**
   * The next line that matches and was not passed over by an earlier wait. A wait passes over lines of the stream in which
   * it finds its own: which of two streams is read first is chance.
   */
  async line(pattern: RegExp): Promise<string> {
    const looks = this.#streams.map((stream) => ({ stream, next: stream.read }));
    for (;;) {
      for (const look of looks) {
        for (const line of look.stream.lines.slice(look.next)) {
          look.next += 1;
          if (!pattern.test(line)) continue;
          look.stream.read = look.next;
          return line;
        }
      }
      if (this.#over) {
        const lines = [...this.stdout, ...this.stderr].join("\n");
        throw new Error(`it ended without ${pattern}:\n${lines}`);
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Sends a signal and answers the exit status. */
  stop(signal: NodeJS.Signals): Promise<number | null> {
    this.process.kill(signal);
    return this.ended;
  }

  #add(lines: string[], line: string): void {
    lines.push(line);
    this.#wake();
  }
}
