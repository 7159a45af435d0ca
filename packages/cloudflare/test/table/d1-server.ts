import { createServer, type IncomingMessage, type Server } from "node:http";
import { answering } from "../../../../test/peers/support/answering.ts";
import type { D1Binding } from "../../src/table/d1-link.ts";

const DATABASE = "3b1c0f5e-7a4e-4d8e-9c55-0a7a4f2f9d11";
const TOKEN = "a token of D1";

/** The part of Cloudflare's HTTP API that runs statements, over a database of workerd. */
export class D1Server {
  static readonly database = DATABASE;
  static readonly token = TOKEN;
  readonly #server: Server;
  readonly endpoint: string;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.endpoint = `http://127.0.0.1:${port}`;
  }

  static async listen(binding: D1Binding): Promise<D1Server> {
    const server = createServer(
      // Never closes a connection that a request is on its way on.
      { keepAliveTimeout: 0 },
      answering(async (request, response) => {
        const { status, body } = await answer(request, binding);
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify(body));
      }),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (typeof address !== "object" || address === null) throw new Error("it has no port");
    return new D1Server(server, address.port);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function answer(request: IncomingMessage, binding: D1Binding) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  if (request.headers.authorization !== `Bearer ${TOKEN}`) {
    return refusal(401, 10000, "Authentication error");
  }
  if (
    request.method !== "POST" ||
    request.url !== `/accounts/account/d1/database/${DATABASE}/query`
  ) {
    return refusal(404, 7404, "The database could not be found");
  }
  // Our own requests.
  const { sql, params } = JSON.parse(Buffer.concat(chunks).toString("utf8")) as {
    readonly sql: string;
    readonly params: readonly unknown[];
  };
  if (!params.every((each) => typeof each === "string")) {
    return refusal(400, 7400, "params: expected strings");
  }
  const { results } = await binding
    .prepare(sql)
    .bind(...(params as string[]))
    .all();
  const result = [{ success: true, results, meta: {} }];
  return { status: 200, body: { success: true, errors: [], messages: [], result } };
}

function refusal(status: number, code: number, message: string) {
  const errors = [{ code, message }];
  return { status, body: { success: false, errors, messages: [], result: null } };
}
