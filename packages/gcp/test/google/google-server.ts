import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { accountsService } from "./accounts-service.ts";
import { firestoreService } from "./firestore-service.ts";
import { functionsService } from "./functions-service.ts";
import { policiesService } from "./policies-service.ts";
import { type PubSubMirror, pubsubService } from "./pubsub-service.ts";
import { readingService } from "./reading-service.ts";
import { Refused } from "./refused.ts";
import { type Message, take } from "./schema.ts";
import { secretsService } from "./secrets-service.ts";
import { StorageService } from "./storage-service.ts";
import { tasksService } from "./tasks-service.ts";
import { GoogleWorld } from "./world.ts";

/** What a service does with a request that it takes: the answer's JSON. */
export type Handle = (request: Message) => unknown;

/** By method: "google.pubsub.v1.Publisher.CreateTopic". */
export type Service = Readonly<Record<string, Handle>>;

interface Asked {
  readonly verb: string;
  readonly url: URL;
  readonly type: string;
  readonly bytes: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Who keeps the documents of databases, where that is not this server: their requests go there as they are. */
export type Documents = (verb: string, path: string, body: Uint8Array) => Promise<Answer>;

const APIS = [
  "cloudfunctions",
  "cloudresourcemanager",
  "cloudtasks",
  "firestore",
  "iam",
  "logging",
  "monitoring",
  "pubsub",
  "run",
  "secretmanager",
  "storage",
];

/**
 * The control planes that deploying calls, at http://127.0.0.1:<port>/<api>/. Whatever a request holds that Google's own
 * protos do not know, and whatever it lacks that they require, is refused before a service sees it.
 */
export class GoogleServer {
  readonly world = new GoogleWorld();
  readonly #storage = new StorageService(this.world);
  readonly #services: Service;
  readonly #server: Server;
  readonly #documents: Documents | undefined;
  /** "GET pubsub google.pubsub.v1.Publisher.GetTopic /v1/projects/...", one a call. */
  readonly calls: string[] = [];
  /** Told of each of them. */
  onCall: (call: string) => void = () => undefined;

  constructor(mirror?: PubSubMirror, documents?: Documents) {
    const { world } = this;
    this.#documents = documents;
    this.#services = {
      ...pubsubService(world, mirror),
      ...functionsService(world),
      ...firestoreService(world),
      ...policiesService(world),
      ...accountsService(world),
      ...secretsService(world),
      ...readingService(world),
      ...tasksService(world),
    };
    // Of itself Node closes a connection that was idle for 5 s, whatever is on its way.
    this.#server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
      this.#answer(request).then(
        ({ status, body }) =>
          response.writeHead(status, { "content-type": "application/json" }).end(body),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    });
  }

  /** Answers its URL, which ends with "/". */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    // It listens on a port, as just asked.
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Takes a connection that somebody else accepted. */
  get http(): Server {
    return this.#server;
  }

  /** The same requests without a socket: a suite of thousands makes no other connection. */
  readonly fetch: typeof fetch = async (input, init = {}) => {
    const { method: verb = "GET", body } = init;
    const type = new Headers(init.headers).get("content-type") ?? "";
    // What our client sends.
    const bytes = Buffer.from((body ?? "") as string | Uint8Array);
    const answer = await this.#reply({ verb, url: new URL(String(input)), type, bytes });
    return new Response(answer.body, { status: answer.status });
  };

  async #answer(incoming: IncomingMessage): Promise<Answer> {
    const url = new URL(incoming.url ?? "/", "http://google");
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer); // no encoding is set
    const bytes = Buffer.concat(chunks);
    const { method: verb = "GET", headers } = incoming;
    return this.#reply({ verb, url, type: headers["content-type"] ?? "", bytes });
  }

  async #reply({ verb, url, type, bytes }: Asked): Promise<Answer> {
    const [, api = "", ...rest] = url.pathname.split("/");
    const path = `/${rest.join("/")}`;
    try {
      this.world.tick();
      this.world.events++;
      if (api === "storage") {
        this.calls.push(`${verb} storage ${path}`);
        const answer = this.#storage.answer({ verb, path, query: url.searchParams, type, bytes });
        return { status: 200, body: typeof answer === "string" ? answer : JSON.stringify(answer) };
      }
      if (api === "firestore" && this.#documents !== undefined) {
        const [, database] =
          /^\/v1\/(projects\/[^/]+\/databases\/[^/]+)\/documents\b/.exec(path) ?? [];
        if (database !== undefined) {
          this.calls.push(`${verb} firestore ${path}`);
          if (this.world.databases.has(database)) return this.#documents(verb, path, bytes);
          throw new Refused(404, "NOT_FOUND", `The database ${database} does not exist`);
        }
      }
      const body = bytes.length === 0 ? undefined : JSON.parse(bytes.toString());
      const { method, request } = take(api, verb, path, url.searchParams, body);
      this.calls.push(`${verb} ${api} ${method} ${path}`);
      this.onCall(`${verb} ${api} ${method} ${path}`);
      const refusal = this.world.refusal(method);
      if (refusal !== undefined) throw refusal;
      const handle = this.#services[method];
      if (handle === undefined) throw new Refused(501, "UNIMPLEMENTED", method);
      return { status: 200, body: JSON.stringify((await handle(request)) ?? {}) };
    } catch (error) {
      if (error instanceof Refused) return { status: error.http, body: JSON.stringify(error.body) };
      throw error;
    }
  }
}

/** The variables by which gcloud, and we, are told where Google answers. */
export function endpointsAt(url: string): Record<string, string> {
  return Object.fromEntries(
    APIS.map((api) => [`CLOUDSDK_API_ENDPOINT_OVERRIDES_${api.toUpperCase()}`, `${url}${api}/`]),
  );
}
