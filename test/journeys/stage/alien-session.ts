import { mkdirSync, writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll } from "vitest";
import { hereAsProcess } from "../../../packages/cli/test/here.ts";
import { type Answer, Project } from "../../../packages/cli/test/journey.ts";
import { root } from "../../source-files.ts";

/** Somebody at a terminal in a folder of their own, and all that is on the screen. */
export class AlienSession {
  readonly project: Project;
  readonly #screen: string[] = [];
  /** The commands that were a process of their own already: "queue send". */
  readonly #ran = new Set<string>();

  private constructor(project: Project) {
    this.project = project;
  }

  /** Begins with a copy of an example. */
  static async ofExample(
    name: string,
    atEnd: (end: () => Promise<void>) => void = afterAll,
  ): Promise<AlienSession> {
    const folder = join(root, "examples", name);
    const entries = await readdir(folder, { withFileTypes: true, recursive: true });
    const files = entries.filter(
      (entry) => entry.isFile() && !entry.parentPath.includes(".alien") && !isTest(entry.name),
    );
    const project = await Project.create({});
    atEnd(() => project.remove());
    for (const { parentPath, name: file } of files) {
      const path = join(parentPath, file);
      await project.write(path.slice(folder.length + 1), await readFile(path, "utf8"));
    }
    return new AlienSession(project);
  }

  /** Types a command; an answer with another status than 0 fails, and shows what was on the screen. */
  async alien(...args: readonly string[]): Promise<Answer> {
    const answer = await this.tries(...args);
    if (answer.status === 0) return answer;
    throw new Error(`alien ${args.join(" ")} ended with ${answer.status}:\n${this.screen}`);
  }

  /** Types a command, and then what it reads. */
  async alienReads(input: string, ...args: readonly string[]): Promise<void> {
    const running = this.project.start(...args);
    running.process.stdin?.end(input);
    const status = await running.ended;
    this.#screen.push(
      [`$ alien ${args.join(" ")}`, ...running.stderr, ...running.stdout].join("\n"),
    );
    if (status !== 0) throw new Error(`it ended with ${status}:\n${this.screen}`);
  }

  /**
   * Types a command, which may fail. For the first time it is a process of its own, which has to end by itself; from then
   * on it is the same line in this process, which has loaded everything. What makes bundles is always one: they are of
   * the packages as they are published.
   */
  async tries(...args: readonly string[]): Promise<Answer> {
    const command = args.slice(0, 2).join(" ");
    const again = this.#ran.has(command) && !BUNDLING.has(args[0] ?? "");
    this.#ran.add(command);
    const answer = again
      ? await hereAsProcess(this.project.directory, args)
      : await this.project.alien(...args);
    const shown = args.map((arg) => (/[^\w./:=-]/.test(arg) ? `'${arg}'` : arg));
    const lines = [answer.stderr, answer.stdout].filter((text) => text !== "");
    this.#screen.push([`$ alien ${shown.join(" ")}`, ...lines].join("\n"));
    return answer;
  }

  /** Changes a file of the project. */
  async edit(path: string, from: string, to: string): Promise<void> {
    const file = join(this.project.directory, path);
    const text = await readFile(file, "utf8");
    if (!text.includes(from)) throw new Error(`${path} has no ${JSON.stringify(from)}`);
    await this.project.write(path, text.replace(from, to));
    this.#screen.push(`# ${path}: ${from} -> ${to}`);
  }

  get screen(): string {
    return this.#screen.join("\n\n");
  }

  /** Prints what a user has seen, and keeps it in out/. */
  show(name: string): void {
    mkdirSync(join(root, "out"), { recursive: true });
    writeFileSync(join(root, "out", `${name}.txt`), `${this.screen}\n`);
    process.stdout.write(`\n${this.screen}\n`);
  }
}

const BUNDLING: ReadonlySet<string> = new Set(["plan", "deploy"]);

function isTest(name: string): boolean {
  return name.endsWith(".test.ts");
}
