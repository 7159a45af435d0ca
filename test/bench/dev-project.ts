import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ALIEN = fileURLToPath(new URL("../../packages/cli/bin/alien.js", import.meta.url));
/** In the repository, so that its packages resolve from there. */
const HOME = fileURLToPath(new URL("./.alien/", import.meta.url));

/** An `alien dev` that is ready. */
export interface RunningDev {
  readonly process: ChildProcess;
  /** From its spawn, as a developer waits for it. */
  readonly readyMs: number;
  readonly ended: Promise<unknown>;
  /** Resolves when it says an event of this type. */
  event(type: string): Promise<void>;
}

/** The project that `alien init` writes, in a folder of its own. */
export class DevProject {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async init(): Promise<DevProject> {
    await mkdir(HOME, { recursive: true });
    const folder = await mkdtemp(join(HOME, "dev-"));
    const { status } = spawnSync(process.execPath, [ALIEN, "init", "app"], { cwd: folder });
    if (status !== 0) throw new Error(`alien init ended with status ${status}`);
    return new DevProject(join(folder, "app"));
  }

  async start(...args: readonly string[]): Promise<RunningDev> {
    const started = performance.now();
    const child = spawn(process.execPath, [ALIEN, "dev", "--json", ...args], {
      cwd: this.directory,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(child, "exit");
    const waiting = new Map<string, () => void>();
    createInterface({ input: child.stdout }).on("line", (line) => {
      // Each line of --json is an event of dev.
      const { type } = JSON.parse(line) as { readonly type: string };
      waiting.get(type)?.();
    });
    const event = (type: string) =>
      new Promise<void>((resolve, reject) => {
        waiting.set(type, resolve);
        void ended.then(() => reject(new Error(`alien dev ended before it was ${type}`)));
      });
    await event("ready");
    const readyMs = performance.now() - started;
    return { process: child, readyMs, ended, event };
  }

  /** Saves the worker with another line in it; answers how long its new code takes to be live. */
  async change(running: RunningDev, version: number): Promise<number> {
    const file = join(this.directory, "src/worker.ts");
    const source = await readFile(file, "utf8");
    const live = running.event("restarted");
    const saved = performance.now();
    await writeFile(file, `${source}export const version${version} = ${version};\n`);
    await live;
    return performance.now() - saved;
  }

  async remove(): Promise<void> {
    await rm(join(this.directory, ".."), { recursive: true, force: true });
  }
}
