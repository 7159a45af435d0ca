import { createHmac } from "node:crypto";
import { azuriteAccount, startAzuriteTables } from "../../../../test/peers/support/azurite.ts";
import type { ArmAnswer } from "./answers.ts";
import type { ArmRequest, ArmServer } from "./arm-server.ts";

const { name: account, key } = azuriteAccount;

/**
 * What is in the tables of a server's storage accounts: Azurite has it, which starts with the first request. Deploying makes
 * the tables; what asks for one that it has not made is told so.
 */
export class StorageTables {
  readonly #server: ArmServer;
  readonly #stops: (() => Promise<void>)[] = [];
  #endpoint: Promise<string> | undefined;
  /** What Azurite calls those that were used, by their ids. */
  readonly #made = new Map<string, Promise<string>>();
  #count = 0;

  constructor(server: ArmServer) {
    this.#server = server;
  }

  async answer({ method, url, body, headers }: ArmRequest): Promise<ArmAnswer> {
    const [, , account = "", ...rest] = url.split("/");
    const path = rest.join("/");
    const [name = ""] = /^\w+/.exec(path) ?? [];
    const found = this.#server.resources
      .ofType("Microsoft.Storage/storageAccounts/tableServices/tables")
      .find(({ id }) => id.endsWith(`/${account}/tableServices/default/tables/${name}`));
    if (found === undefined) {
      const value = "The table specified does not exist.";
      const error = { code: "TableNotFound", message: { lang: "en-US", value } };
      return { status: 404, body: { "odata.error": error } };
    }
    const table = await this.#tableOf(found.id);
    return this.#ask(method, table + path.slice(name.length), body, headers);
  }

  /** The table is gone, with what was in it. */
  forget(id: string): void {
    this.#made.delete(id.toLowerCase());
  }

  async close(): Promise<void> {
    for (const stop of this.#stops) await stop();
  }

  #tableOf(id: string): Promise<string> {
    const known = this.#made.get(id.toLowerCase());
    if (known !== undefined) return known;
    const making = this.#make();
    this.#made.set(id.toLowerCase(), making);
    return making;
  }

  async #make(): Promise<string> {
    const TableName = `table${++this.#count}`;
    const headers = { "content-type": "application/json", accept: "application/json" };
    const body = Buffer.from(JSON.stringify({ TableName }));
    const { status } = await this.#ask("POST", "Tables", body, headers);
    if (status >= 300) throw new Error(`the table could not be made: ${status}`);
    return TableName;
  }

  async #ask(
    method: string,
    path: string,
    body: Buffer,
    headers: ArmRequest["headers"],
  ): Promise<ArmAnswer> {
    this.#endpoint ??= startAzuriteTables((stop) => this.#stops.push(stop));
    const url = new URL(`${await this.#endpoint}/${account}/${path}`);
    const date = new Date().toUTCString();
    // https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key
    const signature = createHmac("sha256", Buffer.from(key, "base64"))
      .update(`${date}\n/${account}${url.pathname}`)
      .digest("base64");
    const passed = PASSED.flatMap((name) => {
      const value = headers[name];
      return value === undefined ? [] : [[name, String(value)] as const];
    });
    const answer = await fetch(url, {
      method,
      headers: {
        ...Object.fromEntries(passed),
        "x-ms-date": date,
        authorization: `SharedKeyLite ${account}:${signature}`,
      },
      ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
    });
    return {
      status: answer.status,
      body: Buffer.from(await answer.arrayBuffer()),
      headers: Object.fromEntries(
        [...answer.headers].filter(([name]) => /^(etag|content-type$|x-ms-)/.test(name)),
      ),
    };
  }
}

/** What a request means; the rest is between it and this server. */
const PASSED = [
  "accept",
  "content-type",
  "dataserviceversion",
  "if-match",
  "prefer",
  "x-ms-version",
] as const;
