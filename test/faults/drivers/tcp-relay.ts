import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** Passes bytes between clients and a port, until it cuts the connections, as a network does. */
export class TcpRelay {
  readonly #sockets = new Set<Socket>();
  readonly #server;

  constructor(target: () => number) {
    this.#server = createServer((client) => {
      const service = connect({ port: target(), host: "127.0.0.1", noDelay: true });
      client.setNoDelay(true);
      for (const [from, to] of [
        [client, service],
        [service, client],
      ] as const) {
        this.#sockets.add(from);
        // An end in the middle is what the campaign is about.
        from.on("error", () => to.destroy());
        from.on("close", () => {
          this.#sockets.delete(from);
          to.destroy();
        });
        from.pipe(to);
      }
    });
  }

  /** Resolves with the port. */
  async listen(): Promise<number> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("a port without a number");
    return address.port;
  }

  /** Whether one of its connections reaches the port from there: "127.0.0.1:port". */
  isOpen(peer: string): boolean {
    return [...this.#sockets].some(({ localPort }) => peer.endsWith(`:${localPort}`));
  }

  /** All connections, with everything that is under way on them. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, "close");
  }
}
