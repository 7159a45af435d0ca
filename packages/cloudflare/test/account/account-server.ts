import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Clock, systemClock } from "@alienplatform/bindings";
import { answering } from "../../../../test/peers/support/answering.ts";
import type { TokenPermission } from "../../src/token-permissions.ts";
import { Refused } from "../server/message-routes.ts";
import { type AccountRequest, accountRoutes, messageRoute } from "./account-routes.ts";
import { DatabaseHost } from "./database-host.ts";
import { StoredAccount } from "./stored-account.ts";

/** Hexadecimal digits, as account ids are. */
const ACCOUNT = "0123456789abcdef0123456789abcdef";
const TOKEN = "a-token-of-the-tests";

/** A request as it came. */
export interface ServerCall {
  readonly method: string;
  /** From the account on: "/queues". */
  readonly path: string;
  readonly text: string;
}

/**
 * Cloudflare's HTTP API for one account: what makes queues, consumers and Workers, and the messages of the queues. It
 * refuses what Cloudflare documents that it refuses, and every field that the official client's types do not have.
 */
export class AccountServer {
  static readonly accountId = ACCOUNT;
  readonly accountId = ACCOUNT;
  readonly token = TOKEN;
  readonly account: StoredAccount;
  /** "POST /queues", of all requests so far. */
  readonly requests: string[] = [];
  /** What the token may not do; in all other ways it may everything. */
  readonly forbidden = new Set<TokenPermission>();
  /** What listens to each request that was carried out. */
  onRequest: ((route: string) => void) | undefined;
  /** Stands around each request, whoever may be gone by then. */
  around: <T>(call: ServerCall, run: () => Promise<T>) => Promise<T> = (_call, run) => run();
  readonly #server: Server;
  readonly #databases = new DatabaseHost();

  private constructor(server: Server, clock: Clock) {
    this.#server = server;
    this.account = new StoredAccount(clock, this.#databases.run);
  }

  static async open(clock: Clock = systemClock): Promise<AccountServer> {
    const server = createServer({ keepAliveTimeout: 0 });
    const opened = new AccountServer(server, clock);
    const listener = answering(async (request, response) => {
      const { status, body } = await opened.#answer(request);
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    });
    server.on("request", listener);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return opened;
  }

  get endpoint(): string {
    const { port } = this.#server.address() as AddressInfo; // it listens
    return `http://127.0.0.1:${port}/client/v4`;
  }

  /** What a process needs to find it. */
  get environment(): Readonly<Record<string, string>> {
    return {
      CLOUDFLARE_ACCOUNT_ID: ACCOUNT,
      CLOUDFLARE_API_TOKEN: TOKEN,
      CLOUDFLARE_API_BASE_URL: this.endpoint,
    };
  }

  async close(): Promise<void> {
    await this.#databases.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    const bytes = await readAll(request);
    try {
      const path = (request.url ?? "").replace(/^.*\/accounts\/[^/]+/, "").replace(/\?.*$/, "");
      const call = { method: request.method ?? "", path, text: bytes.toString() };
      const { result, route } = await this.around(call, () => this.#carryOut(request, bytes));
      this.requests.push(route);
      this.onRequest?.(route);
      const count = Array.isArray(result) ? { result_info: { page: 1, total_pages: 1 } } : {};
      const body = { success: true, errors: [], messages: [], result: result ?? null, ...count };
      return { status: 200, body };
    } catch (error) {
      const { status, code, message } =
        error instanceof Refused ? error : new Refused(500, 15_000, String(error));
      const body = { success: false, errors: [{ code, message }], messages: [], result: null };
      return { status, body };
    }
  }

  async #carryOut({ url = "", method = "GET", headers }: IncomingMessage, bytes: Buffer) {
    if (headers.authorization !== `Bearer ${TOKEN}`) {
      throw new Refused(403, 10_000, "Authentication error");
    }
    const { pathname, searchParams: query } = new URL(url, this.endpoint);
    const [, account, path = ""] = /^\/client\/v4\/accounts\/([^/]+)(\/.*)$/.exec(pathname) ?? [];
    if (account !== ACCOUNT) throw new Refused(404, 7_003, "Could not route to the account");
    if (this.forbidden.has(permissionFor(path))) {
      throw new Refused(403, 10_000, "Authentication error");
    }
    const type = headers["content-type"] ?? "";
    const request = (names: readonly string[]): AccountRequest => ({
      names,
      query,
      text: async () => bytes.toString(),
      form: () =>
        new Response(new Uint8Array(bytes), { headers: { "content-type": type } }).formData(),
    });
    for (const [route, run] of Object.entries(accountRoutes)) {
      const names = matches(route, `${method} ${path}`);
      if (names !== undefined) return { result: await run(this.account, request(names)), route };
    }
    const text = async () => bytes.toString();
    const result = await messageRoute(this.account, method, path, text);
    if (result === undefined) throw new Refused(404, 7_003, "No route for the URI");
    return { result, route: `${method} ${path.replace(/\/queues\/[^/]+/, "/queues/*")}` };
  }
}

/** https://developers.cloudflare.com/api/ names those that each method accepts. */
function permissionFor(path: string): TokenPermission {
  if (path.startsWith("/queues")) return "Queues Edit";
  if (path.startsWith("/d1")) return "D1 Edit";
  return path.startsWith("/workers/observability")
    ? "Workers Observability Edit"
    : "Workers Scripts Edit";
}

/** The names in a path of this route: "GET /queues/*". */
function matches(route: string, path: string): readonly string[] | undefined {
  const pattern = new RegExp(`^${route.replaceAll("*", "([^/]+)")}$`);
  return pattern.exec(path)?.slice(1).map(decodeURIComponent);
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer); // no encoding is set
  return Buffer.concat(chunks);
}
