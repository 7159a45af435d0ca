import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** In the data directory, while a dev serves its API. */
const FILE = "api.json";

/** Where the API of a dev is, for programs of the same user that it has not started itself. */
export class ApiFile {
  readonly #path: string;
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
    this.#path = join(directory, FILE);
  }

  /** Readable by its owner alone: whoever has the token may change what is in the queues. */
  async write(url: string, token: string): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    // One that was left behind keeps its mode when it is written again.
    await rm(this.#path, { force: true });
    const text = JSON.stringify({ version: 1, url, token, pid: process.pid });
    await writeFile(this.#path, `${text}\n`, { mode: 0o600, flag: "wx" });
  }

  /** Unless another dev has written its own since. */
  async remove(): Promise<void> {
    const text = await readFile(this.#path, "utf8").catch(() => "");
    if (text.includes(`"pid":${process.pid}}`)) await rm(this.#path, { force: true });
  }
}
