import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { answering } from "../../../../test/peers/support/answering.ts";
import { carryOutMessages, Refused, readJson } from "./message-routes.ts";
import type { StoredQueue } from "./stored-queue.ts";

const TOKEN = "a-token-of-the-tests";

/** What a fault does to one request instead of, or after, carrying it out. */
export type Fault =
  | { readonly status: number; readonly code?: number; readonly retryAfter?: number }
  | "drop before"
  | "drop after"
  | "not json";

/**
 * The part of Cloudflare's HTTP API that concerns the messages of queues, as documented:
 * https://developers.cloudflare.com/api/resources/queues/. Everything beside it is refused.
 */
export class QueueServer {
  readonly account = "account-1";
  readonly token = TOKEN;
  readonly queues = new Map<string, StoredQueue>();
  /** Taken by the requests to come, one each. */
  readonly faults: (Fault | undefined)[] = [];
  /** "POST messages/pull", of all requests so far. */
  readonly requests: string[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(): Promise<QueueServer> {
    // Of itself Node closes a connection that was idle for 5 s, whatever is on its way.
    const server = createServer({ keepAliveTimeout: 0 });
    const opened = new QueueServer(server);
    const listener = answering(async (request, response) => {
      const answer = await opened.#answer(request);
      if (answer === undefined) response.destroy();
      else {
        response.writeHead(answer.status, {
          "content-type": "application/json",
          ...answer.headers,
        });
        response.end(answer.text);
      }
    });
    server.on("request", listener);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return opened;
  }

  get endpoint(): string {
    const { port } = this.#server.address() as AddressInfo; // it listens
    return `http://127.0.0.1:${port}/client/v4`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage): Promise<Answer | undefined> {
    const text = await readText(request);
    const fault = this.faults.shift();
    if (fault === "drop before") return undefined;
    if (fault === "not json") return { status: 502, text: "<html>Bad gateway</html>", headers: {} };
    if (typeof fault === "object") {
      const { status, code = status, retryAfter } = fault;
      const headers = retryAfter === undefined ? {} : { "retry-after": String(retryAfter) };
      return { ...failure(status, code, "a fault of the tests"), headers };
    }
    try {
      const result = this.#carryOut(request, text);
      if (fault === "drop after") return undefined;
      return { status: 200, text: envelope(true, [], result), headers: {} };
    } catch (error) {
      if (error instanceof Refused) return failure(error.status, error.code, error.message);
      throw error;
    }
  }

  #carryOut({ url = "", method, headers }: IncomingMessage, text: string): unknown {
    if (headers.authorization !== `Bearer ${TOKEN}`) {
      throw new Refused(403, 10_000, "Authentication error");
    }
    const [, account, id, path] =
      /^\/client\/v4\/accounts\/([^/]+)\/queues\/([^/]+)\/(.+)$/.exec(url) ?? [];
    if (account !== this.account) throw new Refused(404, 7_003, "No route for the URI");
    const queue = this.queues.get(id ?? "");
    if (queue === undefined) throw new Refused(404, 10_104, "QueueNotFound");
    this.requests.push(`${method} ${path}`);
    const body = method === "GET" ? {} : readJson(text);
    const result = carryOutMessages(queue, `${method} ${path}`, body);
    if (result === undefined) throw new Refused(404, 7_003, "No route for the URI");
    return result;
  }
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

function failure(status: number, code: number, message: string): Answer {
  return { status, text: envelope(false, [{ code, message }], null), headers: {} };
}

function envelope(success: boolean, errors: readonly unknown[], result: unknown): string {
  return JSON.stringify({ success, errors, messages: [], result });
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer); // no encoding is set
  return Buffer.concat(chunks).toString();
}
