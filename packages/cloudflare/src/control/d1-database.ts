import {
  type Change,
  type Controller,
  entryChanges,
  isUnknown,
  type PartContext,
  type RemotePart,
  type Settings,
  STATE_HELD,
} from "@alienplatform/deploy";
import type { AccountApi } from "../api-client.ts";
import type { D1DatabaseConfig } from "../part-configs.ts";
import { DATABASE_GONE, unlessGone } from "./unless-gone.ts";

/** A database as Cloudflare lists it: https://developers.cloudflare.com/api/resources/d1/subresources/database/methods/list/ */
export interface FoundDatabase {
  readonly uuid: string;
  readonly name: string;
}

/** A database of D1 as Cloudflare has it. Its id is Cloudflare's. */
export interface D1DatabasePart extends RemotePart {
  /** By name, those of the wanted tables and indexes that are there. */
  readonly schema: Settings;
}

/** https://www.sqlite.org/schematab.html */
const NAMES = "SELECT name FROM sqlite_master";

/**
 * Makes the database that a stage keeps its state in. Whose it is its name says, as that of a queue does.
 */
export class D1DatabaseController implements Controller<D1DatabaseConfig, D1DatabasePart> {
  readonly api = "d1";
  readonly #api: AccountApi;

  constructor(api: AccountApi) {
    this.#api = api;
  }

  async read(context: PartContext<D1DatabaseConfig>): Promise<D1DatabasePart | undefined> {
    const { name, signal } = context;
    const listed = await this.#api.list<FoundDatabase>("/d1/database", { query: { name }, signal });
    // Asked for by a name it tells what has it anywhere in its own.
    const found = listed.find((each) => each.name === name);
    if (found === undefined) return undefined;
    const rows = await unlessGone(this.#query(found.uuid, NAMES, signal), ...DATABASE_GONE);
    if (rows === undefined) return undefined;
    const names = rows.map((row) => String(row.name));
    return partOf(found, context, names);
  }

  /** What is there is told by its name: D1 keeps the text of a statement in its own words. */
  diff({ schema }: D1DatabaseConfig, remote: D1DatabasePart): readonly Change[] {
    return entryChanges("schema", schema, remote.schema, (each) => each);
  }

  async create(
    context: PartContext<D1DatabaseConfig>,
    config: D1DatabaseConfig,
  ): Promise<D1DatabasePart> {
    const { name, signal } = context;
    const body = { name };
    const made = await this.#api.call<FoundDatabase>("POST", "/d1/database", { body, signal });
    // The tables are made by the update that follows, as they are in a database that lost them.
    return partOf(made, { ...context, config }, []);
  }

  /** Each statement makes what is not there, and leaves what is. */
  async update(
    context: PartContext<D1DatabaseConfig>,
    { schema }: D1DatabaseConfig,
    remote: D1DatabasePart,
  ): Promise<D1DatabasePart> {
    for (const statement of Object.values(schema)) {
      await this.#query(remote.id, statement, context.signal);
    }
    return { ...remote, schema };
  }

  async delete({ signal }: PartContext<D1DatabaseConfig>, { id }: D1DatabasePart): Promise<void> {
    await unlessGone(this.#api.call("DELETE", `/d1/database/${id}`, { signal }), ...DATABASE_GONE);
  }

  /** https://developers.cloudflare.com/api/resources/d1/subresources/database/methods/query/ */
  async #query(id: string, sql: string, signal: AbortSignal): Promise<readonly Row[]> {
    const body = { sql, params: [] };
    const answer = await this.#api.call<readonly { readonly results?: readonly Row[] }[]>(
      "POST",
      `/d1/database/${id}/query`,
      { body, signal },
    );
    return answer[0]?.results ?? [];
  }
}

type Row = Readonly<Record<string, unknown>>;

function partOf(
  { uuid: id, name }: FoundDatabase,
  { owner, config }: PartContext<D1DatabaseConfig>,
  names: readonly string[],
): D1DatabasePart {
  const wanted = isUnknown(config.schema) ? {} : config.schema;
  const there = Object.entries(wanted).filter(([each]) => names.includes(each));
  return {
    id,
    owner,
    attributes: { id, name },
    schema: Object.fromEntries(there),
    holds: STATE_HELD,
    isAside: true,
  };
}
