import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { answering } from "../../../../test/peers/support/answering.ts";
import type { ArmServer } from "../arm/arm-server.ts";
import type { Kept } from "../arm/resource.ts";
import { AppProcess } from "./app-process.ts";
import { QueueListener } from "./queue-listener.ts";

interface Running {
  readonly key: string;
  readonly process: AppProcess;
  readonly listeners: readonly QueueListener[];
}

/** The hosts of all function apps of a server: each runs its package, and what triggers it and is not disabled is listened to. */
export class DeployedApps {
  readonly #server: ArmServer;
  readonly #running = new Map<string, Running>();
  readonly #waiting = new Set<() => void>();
  #following: Promise<void> = Promise.resolve();
  #failed: unknown;
  #handled = 0;
  #http: Server | undefined;

  constructor(server: ArmServer) {
    this.#server = server;
    server.onChange(() => this.#follow());
    this.#follow();
  }

  get handledSoFar(): number {
    return this.#handled;
  }

  /** Resolves as soon as so many messages were handled for good. */
  async handled(count: number): Promise<void> {
    while (this.#handled < count) {
      if (this.#failed !== undefined) throw this.#failed;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** Resolves when what was asked of the apps so far is so. */
  async followed(): Promise<void> {
    await this.#following;
    if (this.#failed !== undefined) throw this.#failed;
  }

  /** Where requests to the only app that has an HTTP trigger arrive. */
  async url(): Promise<string> {
    this.#http ??= createServer(
      { keepAliveTimeout: 0 },
      answering((request, response) => this.#serve(request, response)),
    );
    const http = this.#http;
    if (!http.listening) await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    // It listens on a port.
    return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    await this.#following;
    for (const id of [...this.#running.keys()]) await this.#end(id);
    this.#http?.closeAllConnections();
    this.#http?.close();
  }

  #follow(): void {
    this.#following = this.#following
      .then(() => this.#look())
      .catch((error: unknown) => {
        this.#failed ??= error;
        this.#wake();
      });
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  async #look(): Promise<void> {
    const sites = this.#server.resources.ofType("Microsoft.Web/sites");
    for (const id of this.#running.keys()) {
      if (!sites.some((site) => site.id === id)) await this.#end(id);
    }
    for (const site of sites) {
      const zip = this.#server.scm.packageOf(site.id);
      if (zip === undefined) continue;
      const settings = this.#server.appSettings(site.id);
      // An app starts anew with each change of its settings, and with each package.
      const key = `${zip.length} ${zip.toString("base64", zip.length - 64)} ${JSON.stringify(settings)}`;
      if (this.#running.get(site.id)?.key === key) continue;
      await this.#end(site.id);
      this.#running.set(site.id, await this.#start(site, key, zip, settings));
    }
  }

  async #start(
    site: Kept,
    key: string,
    zip: Buffer,
    settings: Readonly<Record<string, string>>,
  ): Promise<Running> {
    const app = await AppProcess.start(zip, settings, (text) => {
      this.#server.logged.push({ app: site.name, at: Date.now(), text });
    });
    const listeners = app.functions.flatMap(({ name, bindings }) => {
      const [trigger] = Object.values(bindings);
      if (trigger?.type !== "serviceBusTrigger" || trigger.queueName === undefined) return [];
      if (settings[`AzureWebJobs.${name}.Disabled`] === "true") return [];
      if (trigger.dataType !== "binary" || trigger.cardinality !== "one") {
        throw new Error(`the trigger ${name} is ${JSON.stringify(trigger)}`);
      }
      const namespace = settings[`${trigger.connection}__fullyQualifiedNamespace`];
      return new QueueListener({
        connectionString: `Endpoint=sb://${namespace};SharedAccessKeyName=any;SharedAccessKey=any;UseDevelopmentEmulator=true`,
        queue: this.#server.bus.queue(trigger.queueName),
        functionName: name,
        sessions: trigger.isSessionsEnabled === true,
        app,
        onHandled: () => {
          this.#handled += 1;
          this.#wake();
        },
      });
    });
    return { key, process: app, listeners };
  }

  async #end(id: string): Promise<void> {
    const running = this.#running.get(id);
    this.#running.delete(id);
    await Promise.all(running?.listeners.map((each) => each.stop()) ?? []);
    await running?.process.stop();
  }

  /** As the host makes it of a request, and a response of what comes back. */
  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    await this.followed();
    const found = [...this.#running.values()].find(({ process }) =>
      process.functions.some(({ name }) => name === "http"),
    );
    const http = {
      method: request.method,
      url: `https://app.azurewebsites.net${request.url}`,
      headers: Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      ),
      ...(body.length === 0 ? {} : { body: body.toString("base64") }),
    };
    // What the library answers, its bytes as JSON has those of an array.
    const answer = (await found?.process.invoke("http", { http })) as {
      readonly returnValue?: {
        readonly http?: {
          readonly statusCode: string;
          readonly headers: Record<string, string>;
          readonly body?: { readonly bytes?: Readonly<Record<string, number>> };
        };
      };
    };
    const { statusCode = "500", headers = {}, body: out } = answer?.returnValue?.http ?? {};
    response.writeHead(Number(statusCode), headers);
    response.end(Buffer.from(Object.values(out?.bytes ?? {})));
  }
}
