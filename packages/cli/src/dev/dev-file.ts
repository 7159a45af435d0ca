import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** In the data directory, while a dev runs on it. */
const FILE = "dev.json";

/** What a dev leaves for another one of the same project to find. */
export class DevFile {
  readonly #path: string;
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
    this.#path = join(directory, FILE);
  }

  /** The process of another dev that runs on these queues. */
  async other(): Promise<number | undefined> {
    const pid = await this.#read();
    return pid !== undefined && pid !== process.pid && isRunning(pid) ? pid : undefined;
  }

  /** The newest dev is the one that is found. */
  async write(): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    await writeFile(this.#path, JSON.stringify({ version: 1, pid: process.pid }), { mode: 0o600 });
  }

  async remove(): Promise<void> {
    if ((await this.#read()) === process.pid) await rm(this.#path, { force: true });
  }

  async #read(): Promise<number | undefined> {
    try {
      const { pid } = JSON.parse(await readFile(this.#path, "utf8")) as { pid?: unknown };
      return typeof pid === "number" ? pid : undefined;
    } catch {
      // Not there, or cut short by a crash: it only serves a hint.
      return undefined;
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
