import {
  AccountServer,
  type ServerCall,
} from "../../../packages/cloudflare/test/account/account-server.ts";
import type { StoredAccount } from "../../../packages/cloudflare/test/account/stored-account.ts";
import { type Inventory, Wire } from "./wire.ts";

const PLACE = "ALIEN_PLACE_OF_";

/** The wire to an account of Cloudflare of its own. */
export class CloudflareWire extends Wire {
  readonly #server: AccountServer;
  readonly #twice: string[] = [];
  #made = 0;

  private constructor(server: AccountServer) {
    super();
    this.#server = server;
    server.around = async (call, run) => {
      const writes = call.method !== "GET" && !call.text.includes("SELECT");
      const answer = await this.carry(`${call.method} ${call.path}`, writes, () =>
        this.#carriedOut(call, run),
      );
      if (answer === undefined) throw new Error("whoever asked is dead");
      return answer;
    };
  }

  static async open(): Promise<CloudflareWire> {
    return new CloudflareWire(await AccountServer.open());
  }

  get environment(): Readonly<Record<string, string>> {
    return this.#server.environment;
  }

  get inventory(): Inventory {
    return { there: thingsIn(this.#server.account), twice: this.#twice, made: this.#made };
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  async #carriedOut<T>(call: ServerCall, run: () => Promise<T>): Promise<T> {
    const { account } = this.#server;
    const before = thingsIn(account);
    const made = madeBy(call);
    if (made !== undefined && before.has(made)) this.#twice.push(`${call.method} of ${made}`);
    try {
      return await run();
    } finally {
      this.#made += [...thingsIn(account)].filter((thing) => !before.has(thing)).length;
    }
  }
}

/** By what they are and their names: a part each. */
function thingsIn({ queues, databases, scripts }: StoredAccount): ReadonlySet<string> {
  const all = [...scripts.values()];
  return new Set([
    ...[...queues.values()].flatMap(({ name, consumer }) => [
      `queue ${name}`,
      ...(consumer === undefined ? [] : [`consumer of ${name}`]),
    ]),
    ...[...databases.values()].map(({ name }) => `database ${name}`),
    ...all.map(({ name }) => `worker ${name}`),
    ...all.flatMap(({ name, subdomain }) => (subdomain.enabled ? [`url of ${name}`] : [])),
    ...all.flatMap(({ secrets }) =>
      [...secrets.keys()].filter((each) => each.startsWith(PLACE)).map((each) => `secret ${each}`),
    ),
  ]);
}

/** What a call is to make; undefined where it makes nothing of its own, or an upload makes the next version. */
function madeBy({ method, path, text }: ServerCall): string | undefined {
  if (method !== "POST") return undefined;
  if (path === "/queues") return `queue ${JSON.parse(text).queue_name}`;
  return path === "/d1/database" ? `database ${JSON.parse(text).name}` : undefined;
}
