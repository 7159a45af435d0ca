import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Stands in front of a server of HTTP and passes everything on, but for answers that are to get lost. */
export class LossyProxy {
  readonly #behind: URL;
  // Of itself Node closes a connection that was idle for 5 s, whatever is on its way.
  readonly #server = createServer({ keepAliveTimeout: 0 }, (from, to) => this.#pass(from, to));
  #losing = 0;

  private constructor(behind: string) {
    this.#behind = new URL(behind);
  }

  static async listen(behind: string): Promise<LossyProxy> {
    const proxy = new LossyProxy(behind);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  /** Where it listens, without a slash at the end. */
  get endpoint(): string {
    const { port } = this.#server.address() as AddressInfo; // it listens on a port
    return `http://127.0.0.1:${port}`;
  }

  /** The next POST or PUT is carried out, and the connection ends without an answer. */
  loseAnswer(): void {
    this.#losing += 1;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  #pass(from: IncomingMessage, to: ServerResponse): void {
    const { method = "GET", url = "/", headers } = from;
    const isLost = this.#losing > 0 && ["POST", "PUT"].includes(method);
    if (isLost) this.#losing -= 1;
    const passed = request(
      new URL(url, this.#behind),
      { method, headers, agent: false },
      (answer) => {
        if (isLost) {
          answer.resume().on("end", () => to.destroy());
          return;
        }
        to.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(to);
      },
    );
    passed.on("error", () => to.destroy());
    from.pipe(passed);
  }
}
