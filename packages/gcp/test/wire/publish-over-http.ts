import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { answering } from "../../../../test/peers/support/answering.ts";
import { Refusal } from "./refusal.ts";
import type { PubSubServer } from "./server.ts";

/** Answers the publish request of HTTP for a server of gRPC: Pub/Sub has both on one port, and this one on another. */
export class PublishOverHttp {
  readonly #http: Server;
  /** Of each request, what its authorization says. */
  readonly publishedBy: string[] = [];

  constructor(server: PubSubServer) {
    this.#http = createServer(
      { keepAliveTimeout: 0 },
      answering(async (request, response) => {
        const body = await text(request);
        const [, topic = ""] = /^\/v1\/(.+):publish$/.exec(request.url ?? "") ?? [];
        this.publishedBy.push(request.headers.authorization ?? "");
        try {
          const answer = server.publish(decodeURIComponent(topic), JSON.parse(body));
          response.writeHead(200).end(JSON.stringify(answer));
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          const { code, details: message } = error;
          response.writeHead(code === 5 ? 404 : 400).end(JSON.stringify({ error: { message } }));
        }
      }),
    );
  }

  /** Answers its URL. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#http.listen(0, "127.0.0.1", resolve));
    // It listens on a port, as just asked.
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#http.closeAllConnections();
    this.#http.close();
  }
}
