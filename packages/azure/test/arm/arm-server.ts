import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
} from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { answering } from "../../../../test/peers/support/answering.ts";
import { secondsOf } from "../../src/control/iso-duration.ts";
import { WireServer } from "../wire/server.ts";
import { SUBSCRIPTION } from "./account.ts";
import { type ArmAnswer, ArmRefusal } from "./answers.ts";
import { ArmOperations } from "./operations.ts";
import { type PublishedOperation, publishedOperations } from "./published-api.ts";
import { type Kept, Resources } from "./resource.ts";
import { ArmRoutes } from "./routes.ts";
import { Scm } from "./scm.ts";
import { StorageTables } from "./storage-tables.ts";
import { VaultSecrets } from "./vault-secrets.ts";

/** One line of a function's log. */
export interface LoggedLine {
  readonly app: string;
  readonly at: number;
  readonly text: string;
}

/** A request as the server has read it. */
export interface ArmRequest {
  readonly method: string;
  /** As it was asked for, after the host. */
  readonly url: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly query: URLSearchParams;
  readonly body: Buffer;
}

/**
 * A subscription of Azure over HTTP: Resource Manager, where functions are published to, vaults, and logs, with a namespace
 * that queues are really in. What is asked is checked against the operations that Microsoft publishes.
 */
export class ArmServer {
  readonly resources = new Resources();
  readonly bus: WireServer;
  readonly operations = new ArmOperations();
  readonly secrets = new VaultSecrets();
  readonly deletedVaults = new Map<string, Kept>();
  /** Role assignments that nobody has asked about yet: the first who needs one does not find it. */
  readonly assigned = new Set<string>();
  /** Whether a role takes a moment to be known. */
  rolesTakeTime = true;
  readonly logged: LoggedLine[] = [];
  /** What had to be allowed for all that was asked: "Microsoft.Web/sites/write". */
  readonly actions = new Set<string>();
  /** Stands around every answer; undefined is none, and the connection ends. */
  around: (
    request: IncomingMessage,
    answer: () => Promise<ArmAnswer>,
  ) => Promise<ArmAnswer | undefined> = (_, answer) => answer();
  readonly scm = new Scm(this);
  readonly tables = new StorageTables(this);
  readonly #settings = new Map<string, Readonly<Record<string, string>>>();
  readonly #changed = new Set<() => void>();
  readonly #routes: ArmRoutes;
  readonly #server: Server;

  private constructor(bus: WireServer, published: readonly PublishedOperation[]) {
    this.bus = bus;
    this.#routes = new ArmRoutes(this, published);
    this.#server = createServer(
      // Never closes a connection that a request is on its way on.
      { keepAliveTimeout: 0 },
      answering(async (request, response) => {
        const asked = await buffer(request);
        const answered = await this.around(request, () => this.#answer(request, asked));
        if (answered === undefined) return void request.socket.destroy();
        const { status, body, headers } = answered;
        response.writeHead(status, { "content-type": "application/json", ...headers });
        response.end(
          body === undefined || Buffer.isBuffer(body) || typeof body === "string"
            ? body
            : JSON.stringify(body),
        );
      }),
    );
  }

  static async start(bus: WireServer = new WireServer()): Promise<ArmServer> {
    const server = new ArmServer(bus, await publishedOperations());
    await bus.listen();
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get url(): string {
    // It listens on a port.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What a process that deploys finds in its environment. */
  get environment(): Readonly<Record<string, string>> {
    return {
      AZURE_RESOURCE_MANAGER_URL: this.url,
      AZURE_SUBSCRIPTION_ID: SUBSCRIPTION,
      AZURE_LOCATION: "westeurope",
    };
  }

  /** Calls back whenever apps, their settings or their code have changed. */
  onChange(run: () => void): void {
    this.#changed.add(run);
  }

  changed(): void {
    for (const run of this.#changed) run();
  }

  appSettings(id: string): Readonly<Record<string, string>> {
    return this.#settings.get(id.toLowerCase()) ?? {};
  }

  setAppSettings(id: string, settings: Readonly<Record<string, string>>): void {
    for (const name of Object.keys(settings)) {
      if (/^[A-Za-z0-9_.]+$/.test(name) && !/^(FUNCTIONS_(WORKER|EXT)|WEBSITE_)/.test(name))
        continue;
      throw new ArmRefusal(400, "BadRequest", `AppSetting with name '${name}' is not allowed.`);
    }
    this.#settings.set(id.toLowerCase(), settings);
    this.changed();
  }

  appGone(id: string): void {
    this.#settings.delete(id.toLowerCase());
    this.scm.gone(id);
    this.changed();
  }

  /** What the queue is called where messages are: all namespaces are in one server. */
  busName({ id }: Kept): string {
    return id.split("/").at(-1) ?? "";
  }

  seconds(duration: unknown): number {
    return secondsOf(duration) ?? Number.NaN;
  }

  /** Makes the queue where messages are, or changes it there. */
  keepQueue(resource: Kept): void {
    const { properties } = resource;
    const { forwardDeadLetteredMessagesTo: to } = properties;
    const options = {
      lockMs: this.seconds(properties.lockDuration) * 1_000,
      sessions: properties.requiresSession === true,
      maxDeliveryCount: Number(properties.maxDeliveryCount),
      ttlMs: this.seconds(properties.defaultMessageTimeToLive) * 1_000,
      ...(to === undefined ? {} : { forwardDeadTo: String(to) }),
    };
    const name = this.busName(resource);
    if (this.resources.get(resource.id) === undefined) this.bus.createQueue(name, options);
    else Object.assign(this.bus.queue(name).options, options);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.bus.close();
    await this.tables.close();
  }

  async #answer(request: IncomingMessage, body: Buffer): Promise<ArmAnswer> {
    const { method = "GET", url = "/", headers } = request;
    const { pathname, searchParams: query } = new URL(url, this.url);
    const path = decodeURIComponent(pathname);
    try {
      return await this.#routes.answer({ method, url, path, headers, query, body });
    } catch (thrown) {
      if (thrown instanceof ArmRefusal) return thrown.answer;
      process.stderr.write(`${thrown instanceof Error ? thrown.stack : thrown}\n`);
      return new ArmRefusal(500, "InternalServerError", String(thrown)).answer;
    }
  }
}
