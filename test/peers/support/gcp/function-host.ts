import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { unzipSync } from "fflate";
import type { GoogleWorld, Stored } from "../../../../packages/gcp/test/google/world.ts";
import { TokenIssuer } from "../../../../packages/gcp/test/push/google-token.ts";
import { ownPort } from "../../../own-port.ts";
import { root } from "../../../source-files.ts";
import { answering } from "../answering.ts";
import { type AtEnd, Peer } from "../peer.ts";

interface Running {
  readonly peer: Peer;
  readonly url: string;
}

/** One push, and what came of it. */
export interface Pushed {
  readonly service: string;
  readonly status: number;
}

/**
 * Cloud Run, as far as a function needs it: runs what was built under Google's own functions-framework, and hands it what
 * Pub/Sub pushes, with a token of Google's for the account of the subscription, where that account may call it.
 */
export class FunctionHost {
  readonly pushes: Pushed[] = [];
  readonly #world: GoogleWorld;
  readonly #issuer = new TokenIssuer();
  readonly #running = new Map<string, Running>();
  readonly #attempts = new Map<string, number>();
  readonly #waiting = new Set<() => void>();
  readonly #environment: Readonly<Record<string, string>>;
  #keys = "";
  #relay = "";

  private constructor(world: GoogleWorld, environment: Readonly<Record<string, string>>) {
    this.#world = world;
    this.#environment = environment;
    world.deployed = (path, function_) => this.#deployed(path, function_);
  }

  static async start(
    world: GoogleWorld,
    environment: Readonly<Record<string, string>>,
    atEnd: AtEnd,
  ): Promise<FunctionHost> {
    const host = new FunctionHost(world, environment);
    host.#keys = await serve(async () => [200, await host.#issuer.certificates()], atEnd);
    host.#relay = await serve((request, body) => host.#push(request, body), atEnd);
    atEnd(async () => {
      await Promise.all([...host.#running.values()].map(({ peer }) => peer.stop()));
    });
    return host;
  }

  /** Where the emulator pushes the messages of a subscription. */
  relayOf(subscription: string): string {
    return `${this.#relay}${subscription}`;
  }

  /** Where a function listens on this machine. */
  urlOf(service: string): string {
    const found = this.#running.get(service);
    if (found === undefined) throw new Error(`no function ${service} runs`);
    return found.url;
  }

  /** How many messages were handled for good: a retry is answered like them, and made a task of Cloud Tasks first. */
  get handled(): number {
    return this.pushes.filter(({ status }) => status < 300).length - this.#world.tasksMade;
  }

  /** Resolves as soon as so many were. */
  async until(count: number): Promise<void> {
    while (this.handled < count) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  async #deployed(path: string, function_: Stored | undefined): Promise<void> {
    const service = path.split("/").at(-1) ?? "";
    await this.#running.get(service)?.peer.stop();
    this.#running.delete(service);
    if (function_ === undefined) return;
    // As the request had them.
    const { source, entryPoint } = function_.buildConfig as {
      readonly source: {
        readonly storageSource: { readonly bucket: string; readonly object: string };
      };
      readonly entryPoint: string;
    };
    const { environmentVariables } = function_.serviceConfig as {
      readonly environmentVariables: Readonly<Record<string, string>>;
    };
    const { bucket, object } = source.storageSource;
    const zip = this.#world.objects.get(`${bucket}/${object}`);
    if (zip === undefined) throw new Error(`there is no gs://${bucket}/${object}`);
    const folder = await unpacked(zip.bytes);
    const port = String(await ownPort());
    // As Google's builder reads it.
    const { main } = JSON.parse(Buffer.from(unzipSync(zip.bytes)["package.json"] ?? []).toString());
    const args = [
      "--import",
      fileURLToPath(new URL("../google-keys.mjs", import.meta.url)),
      join(root, "node_modules/.bin/functions-framework"),
      `--target=${entryPoint}`,
      `--source=${join(folder, main)}`,
    ];
    const peer = new Peer("functions-framework", process.execPath, args, () => undefined, {
      cwd: folder,
      alone: true,
      env: {
        ...environmentVariables,
        ...this.#environment,
        PORT: port,
        K_SERVICE: service,
        GOOGLE_KEYS: this.#keys,
        FUNCTION_SIGNATURE_TYPE: "http",
      },
      onLine: (text) => {
        this.#world.logs.push({ service, timestamp: new Date().toISOString(), text });
      },
    });
    void peer.ended.then(() => rm(folder, { recursive: true, force: true }));
    await peer.says(/URL: http/);
    this.#running.set(service, { peer, url: `http://127.0.0.1:${port}` });
  }

  /** What the emulator pushes, as Google would have pushed it. */
  async #push(request: IncomingMessage, body: Buffer): Promise<readonly [number, unknown]> {
    const path = (request.url ?? "/").slice(1);
    const subscription = this.#world.subscriptions.get(path);
    const { pushEndpoint = "", oidcToken } = (subscription?.pushConfig ?? {}) as {
      readonly pushEndpoint?: string;
      readonly oidcToken?: { readonly serviceAccountEmail: string; readonly audience: string };
    };
    // What was under way when the push was switched off.
    if (pushEndpoint === "") return [503, {}];
    const endpoint = new URL(pushEndpoint);
    const [service = ""] = endpoint.hostname.split(`-${this.#world.number}.`);
    const email = oidcToken?.serviceAccountEmail ?? "";
    const status = this.#mayCall(service, `serviceAccount:${email}`)
      ? await this.#call(service, endpoint.pathname, body, { aud: oidcToken?.audience, email })
      : 403;
    this.pushes.push({ service, status });
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
    return [status, {}];
  }

  async #call(
    service: string,
    path: string,
    body: Buffer,
    claims: Readonly<Record<string, unknown>>,
  ): Promise<number> {
    const running = this.#running.get(service);
    if (running === undefined) return 404;
    const event = JSON.parse(body.toString());
    // The emulator does not say which delivery it is.
    const id = String(event.message.messageId);
    const deliveryAttempt = (this.#attempts.get(id) ?? 0) + 1;
    this.#attempts.set(id, deliveryAttempt);
    const answer = await fetch(`${running.url}${path}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${this.#issuer.issue(claims)}`,
      },
      body: JSON.stringify({ ...event, deliveryAttempt }),
    });
    await answer.arrayBuffer();
    return answer.status;
  }

  /** Whether the policy of a service lets somebody call it. */
  #mayCall(service: string, member: string): boolean {
    const path = [...this.#world.functions.keys()].find((each) => each.endsWith(`/${service}`));
    const policy = this.#world.policies.get((path ?? "").replace("/functions/", "/services/"));
    const bindings = (policy?.bindings ?? []) as readonly {
      readonly role: string;
      readonly members: readonly string[];
    }[];
    return bindings.some(
      ({ role, members }) =>
        role === "roles/run.invoker" && (members.includes("allUsers") || members.includes(member)),
    );
  }
}

async function unpacked(zip: Uint8Array): Promise<string> {
  const home = join(root, "test", "peers", ".alien");
  await mkdir(home, { recursive: true });
  const folder = await mkdtemp(join(home, "function-"));
  for (const [name, bytes] of Object.entries(unzipSync(zip))) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
  return folder;
}

type Answering = (
  request: IncomingMessage,
  body: Buffer,
) => Promise<readonly [status: number, body: unknown]>;

/** Listens on this machine until the tests end; answers the URL, which ends with "/". */
async function serve(answer: Answering, atEnd: AtEnd): Promise<string> {
  const server = createServer(
    // Never closes a connection that a push is on its way on.
    { keepAliveTimeout: 0 },
    answering(async (request, response) => {
      const [status, body] = await answer(request, await buffer(request)).catch(
        () => [500, {}] as const, // who pushes tries again
      );
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  atEnd(async () => {
    server.closeAllConnections();
    server.close();
  });
  // It listens on a port, as just asked.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
