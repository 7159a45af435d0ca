import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { endpointsAt, GoogleServer } from "../../../packages/gcp/test/google/google-server.ts";
import { answering } from "../../peers/support/answering.ts";
import { GoogleInventory } from "./google-inventory.ts";
import { Wire } from "./wire.ts";

/** The wire to a Google of the stage's own, whose requests are checked by Google's protos. */
export class GoogleWire extends Wire {
  readonly inventory: GoogleInventory;
  readonly #google = new GoogleServer();
  readonly #server: Server;

  private constructor() {
    super();
    this.inventory = new GoogleInventory(this.#google.world);
    // Of itself Node closes a connection that was idle for 5 s, whatever is on its way.
    this.#server = createServer(
      { keepAliveTimeout: 0 },
      answering((request, response) => this.#answer(request, response)),
    );
  }

  static async open(): Promise<GoogleWire> {
    const wire = new GoogleWire();
    await new Promise<void>((resolve) => wire.#server.listen(0, "127.0.0.1", resolve));
    return wire;
  }

  get environment(): Readonly<Record<string, string>> {
    // It listens on a port, as `open` asked.
    const { port } = this.#server.address() as AddressInfo;
    return {
      ...endpointsAt(`http://127.0.0.1:${port}/`),
      GOOGLE_CLOUD_PROJECT: this.#google.world.project,
      GOOGLE_CLOUD_REGION: "europe-west1",
    };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url = "/", headers } = request;
    const body = await buffer(request);
    // To read a policy, or what a database holds, is a POST too.
    const writes = method !== "GET" && !/:(getIamPolicy|runQuery)(\?|$)/.test(url);
    const type = headers["content-type"];
    const answer = await this.carry(`${method} ${url}`, writes, async () => {
      const answered = await this.#google.fetch(`http://google${url}`, {
        method,
        ...(type === undefined ? {} : { headers: { "content-type": type }, body }),
      });
      const text = await answered.text();
      this.inventory.answered(`${method} ${url}`, answered.status);
      return { status: answered.status, text };
    });
    if (answer === undefined) return void request.socket.destroy();
    response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.text);
  }
}
