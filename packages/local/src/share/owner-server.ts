import { chmod, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import type { OwnedQueues } from "./owned.ts";
import { ServedProcess } from "./served-process.ts";
import { socketWire } from "./wire.ts";

/** A process that does not read its answers is not read either. */
const UNREAD_MAX_BYTES = 4 * 1024 * 1024;

/** The owner's socket: lets other processes use the queues that this one holds open. */
export class OwnerServer {
  readonly #queues: OwnedQueues;
  readonly #server: Server;
  readonly #served = new Map<ServedProcess, Socket>();

  private constructor(queues: OwnedQueues) {
    this.#queues = queues;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  /** Only the owner calls this: whatever is at `path` then was left behind by one that died. */
  static async listen(queues: OwnedQueues, path: string): Promise<OwnerServer> {
    const pipe = process.platform === "win32";
    if (!pipe) await rm(path, { force: true });
    const owner = new OwnerServer(queues);
    await new Promise<void>((resolve, reject) => {
      owner.#server.once("error", reject);
      owner.#server.listen(path, resolve);
    });
    owner.#server.unref();
    // The directory keeps others out from the start; the mode says so on the socket too.
    if (!pipe) await chmod(path, 0o600);
    return owner;
  }

  /** Stops accepting, and answers what was asked so far; the connections stay until `end`. */
  async dismiss(): Promise<void> {
    this.#server.close();
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
