import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { link, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { AlienError } from "@alienplatform/core";

/** In the data directory, while a dev runs on it. */
const FILE = "dev.json";
const HOST = "127.0.0.1";

/** A dev that runs. */
export interface RunningDev {
  readonly pid: number;
  /** Where its console is, unless it has none. */
  readonly console?: string;
}

interface Content extends RunningDev {
  readonly version: 1;
  /** It can be connected to for as long as the process lives: after a crash another one may have its number. */
  readonly port: number;
  /** Of the directory: a copy of it, made while the dev ran, says this of another one. */
  readonly inode: string;
}

/** Says that a dev runs on the messages of a directory; there is one at a time. */
export class DevFile {
  readonly #path: string;
  readonly #server: Server;
  readonly #content: Content;

  private constructor(path: string, server: Server, content: Content) {
    this.#path = path;
    this.#server = server;
    this.#content = content;
  }

  /** Throws STORAGE_IN_USE where another dev runs on these messages: each of them would go to one of the two, by chance. */
  static async claim(directory: string): Promise<DevFile> {
    const path = join(directory, FILE);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const server = createServer((socket) => socket.destroy()).unref();
    server.listen(0, HOST);
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const inode = await inodeOf(directory);
    const content: Content = { version: 1, pid: process.pid, port, inode };
    try {
      while (!(await write(path, content))) {
        const other = await DevFile.running(directory);
        if (other !== undefined) throw inUse(directory, other);
        await clear(path, inode);
      }
    } catch (error) {
      server.close();
      throw error;
    }
    return new DevFile(path, server, content);
  }

  /** The dev that runs on the messages of a directory. */
  static async running(directory: string): Promise<RunningDev | undefined> {
    const content = await read(join(directory, FILE));
    if (content === undefined) return undefined;
    if (!(await isOf(content, await inodeOf(directory)))) return undefined;
    const { pid, console } = content;
    return { pid, ...(console !== undefined && { console }) };
  }

  /** Tells where the console is. */
  async tell(console: string): Promise<void> {
    await rename(await draft(this.#path, { ...this.#content, console }), this.#path);
  }

  async remove(): Promise<void> {
    this.#server.close();
    await rm(this.#path, { force: true });
  }
}

/** Which dev it is. */
export function printRunning({ pid, console }: RunningDev): string {
  return `process ${pid}${console === undefined ? "" : `, console ${console}`}`;
}

function inUse(directory: string, other: RunningDev): AlienError {
  const problem = `an alien dev (${printRunning(other)}) runs on the messages in ${directory}`;
  return new AlienError("STORAGE_IN_USE", problem, {
    fix: "Stop it first, or give this one messages of its own: alien dev --persist-to .alien/second",
    details: { directory, ...other },
  });
}

/** False where it is there already. Linked into place: whoever starts at the same time never finds half of it. */
async function write(path: string, content: Content): Promise<boolean> {
  const written = await draft(path, content);
  try {
    await link(written, path).catch(async (error: unknown) => {
      if (codeOf(error) === "EEXIST") throw error;
      // Not every file system has links.
      await writeFile(path, JSON.stringify(content), { mode: 0o600, flag: "wx" });
    });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    await rm(written, { force: true });
  }
}

/** Takes away what a crash has left, or what was copied; what another one that runs has put in its place meanwhile stays. */
async function clear(path: string, inode: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  const content = await read(aside);
  if (content !== undefined && (await isOf(content, inode))) await rename(aside, path);
  else await rm(aside, { force: true });
}

/** Whether it was written by a dev that runs, on the directory of this inode. */
async function isOf({ pid, port, inode }: Content, directory: string): Promise<boolean> {
  return inode === directory && isRunning(pid) && (await listens(port));
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

async function draft(path: string, content: Content): Promise<string> {
  const beside = `${path}.${randomUUID()}`;
  await writeFile(beside, JSON.stringify(content), { mode: 0o600, flag: "wx" });
  return beside;
}

async function read(path: string): Promise<Content | undefined> {
  try {
    const content = JSON.parse(await readFile(path, "utf8")) as Partial<Content>;
    const { pid, port, inode, console } = content;
    if (typeof pid !== "number" || typeof port !== "number") return undefined;
    if (typeof inode !== "string") return undefined;
    return { version: 1, pid, port, inode, ...(typeof console === "string" && { console }) };
  } catch {
    // Not there, or cut short by a crash: nobody runs.
    return undefined;
  }
}

async function inodeOf(directory: string): Promise<string> {
  const { ino } = await stat(directory, { bigint: true });
  return String(ino);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/** A process that is stopped for a while is connected to as well. */
function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, HOST);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
