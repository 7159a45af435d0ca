import { chmod, lstat, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { type Clock, systemClock } from "@alienplatform/bindings";
import type { OwnedQueues } from "./owned.ts";
import { ServedProcess } from "./served-process.ts";
import { socketWire } from "./wire.ts";

/** A process that does not read its answers is not read either. */
const UNREAD_MAX_BYTES = 4 * 1024 * 1024;

/** How often the owner looks whether its socket is still where others look for it. */
const LOOK_MS = 1_000;

/** The owner's socket: lets other processes use the queues that this one holds open. */
export class OwnerServer {
  readonly #queues: OwnedQueues;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #served = new Map<ServedProcess, Socket>();
  #server: Server | undefined;
  #cancelLook: (() => void) | undefined;
  #dismissed = false;

  private constructor(queues: OwnedQueues, path: string, clock: Clock) {
    this.#queues = queues;
    this.#path = path;
    this.#clock = clock;
  }

  /** Only the owner calls this: whatever is at `path` then was left behind by one that died. */
  static async listen(
    queues: OwnedQueues,
    path: string,
    clock: Clock = systemClock,
  ): Promise<OwnerServer> {
    const owner = new OwnerServer(queues, path, clock);
    if (process.platform === "win32") {
      await owner.#listen();
      return owner;
    }
    await rm(path, { force: true });
    await owner.#listen();
    // A directory of our own keeps others out from the start, in any other only this does.
    await chmod(path, 0o600);
    owner.#lookLater();
    return owner;
  }

  async #listen(): Promise<void> {
    const server = createServer((socket) => this.#serve(socket));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#path, resolve);
    });
    server.unref();
  }

  #lookLater(): void {
    this.#cancelLook = this.#clock.schedule(LOOK_MS, () => void this.#look());
  }

  /**
   * Somebody may tidy up: connections live on without the file, but nobody new would get in. A socket that is not
   * ours is left alone: the whole directory was replaced, and somebody owns the store in the new one.
   */
  async #look(): Promise<void> {
    const gone = await lstat(this.#path).then(
      () => false,
      (error: NodeJS.ErrnoException) => error.code === "ENOENT",
    );
    if (this.#dismissed) return;
    if (gone) {
      // In this order, because closing a server removes what is at its path.
      this.#server?.close();
      await this.#listen()
        .then(() => chmod(this.#path, 0o600))
        // With the directory gone too there is nowhere to listen, until it is back.
        .catch(() => undefined);
    }
    if (this.#dismissed) this.#server?.close();
    else this.#lookLater();
  }

  /** Stops accepting, and answers what was asked so far; the connections stay until `end`. */
  async dismiss(): Promise<void> {
    this.#dismissed = true;
    this.#cancelLook?.();
    this.#server?.close();
    await Promise.all([...this.#served.keys()].map((served) => served.dismiss()));
  }

  /** Closes the connections: the others see it and look for the next owner. */
  end(): void {
    for (const socket of this.#served.values()) socket.end();
  }

  #serve(socket: Socket): void {
    socket.unref();
    const served = new ServedProcess(this.#queues, socketWire(socket));
    this.#served.set(served, socket);
    socket.on("data", (chunk) => {
      served.receive(chunk);
      if (socket.writableLength <= UNREAD_MAX_BYTES) return;
      socket.pause();
      socket.once("drain", () => socket.resume());
    });
    // A close follows every error, and tells all there is to know.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.#served.delete(served);
      void this.#ended(served);
    });
  }

  /** A connection that closed without a goodbye is a process that died: what it had on loan comes back. */
  async #ended(served: ServedProcess): Promise<void> {
    const { session, left } = served;
    if (session === undefined || left) return;
    await served.stop();
    for (const other of this.#served.keys()) if (other.session === session) return;
    // Where this fails the store has failed or is closed, and the leases end by themselves.
    await this.#queues.endSession(session).catch(() => undefined);
  }
}
