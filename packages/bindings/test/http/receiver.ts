import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { buffer } from "node:stream/consumers";

/** A request as it came. */
export interface Received {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Resolves when its connection is closed. */
  readonly closed: Promise<void>;
}

/** An HTTP consumer in another's hands: a real server that keeps what it was sent. */
export interface Receiver {
  readonly url: string;
  readonly received: readonly Received[];
  /** Connections that were ever made. */
  readonly connections: number;
  close(): Promise<void>;
}

/** Starts one; `answer` gets each request when its body is there. */
export async function startReceiver(
  answer: (request: Received, response: ServerResponse) => void,
): Promise<Receiver> {
  const received: Received[] = [];
  const ends = new WeakMap<Socket, Promise<void>>();
  let connections = 0;
  const server = createServer(async (request, response) => {
    const { method, url: path, headers, socket } = request;
    const closed = ends.get(socket) ?? Promise.resolve();
    const body = (await buffer(request)).toString("utf8");
    const one = { method, path, headers, body, closed };
    received.push(one);
    answer(one, response);
  });
  server.on("connection", (socket) => {
    ends.set(socket, new Promise((resolve) => socket.once("close", () => resolve())));
    connections++;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // it listens on a port, as just asked
  return {
    url: `http://127.0.0.1:${port}/jobs`,
    received,
    get connections() {
      return connections;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
