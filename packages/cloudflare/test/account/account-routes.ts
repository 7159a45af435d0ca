import { randomBytes } from "node:crypto";
import { carryOutMessages, Refused, readJson } from "../server/message-routes.ts";
import {
  consumer,
  databaseCreate,
  databaseQuery,
  queueCreate,
  queueEdit,
  SCRIPT_NAME,
  scriptMetadata,
  scriptSettings,
  secret,
  subdomain,
  telemetryQuery,
} from "./requests.ts";
import type { Shape } from "./shape.ts";
import type {
  AccountQueue,
  ConsumerRequest,
  QueueSettings,
  ScriptMetadata,
  StoredAccount,
  StoredConsumer,
  StoredDatabase,
  StoredScript,
} from "./stored-account.ts";

/** What a route is given. */
export interface AccountRequest {
  /** The pieces of the path that stand for names and ids. */
  readonly names: readonly string[];
  readonly query: URLSearchParams;
  readonly text: () => Promise<string>;
  readonly form: () => Promise<FormData>;
}

type Route = (account: StoredAccount, request: AccountRequest) => unknown;

/** The API of an account as deploy uses it, by method and path; everything beside it is refused. */
export const accountRoutes: Readonly<Record<string, Route>> = {
  "GET /queues": (account, { query }) =>
    [...account.queues.values()]
      .filter(({ name }) => !query.has("name") || name === query.get("name"))
      .map(queueShown),
  "POST /queues": async (account, { text }) => {
    const body = checked<{ queue_name: string; settings?: QueueSettings }>(
      await text(),
      queueCreate,
      11_003,
    );
    return queueShown(account.makeQueue(body.queue_name, body.settings ?? {}));
  },
  "GET /queues/*": (account, { names: [id = ""] }) => queueShown(account.queue(id)),
  "PATCH /queues/*": async (account, { names: [id = ""], text }) => {
    const queue = account.queue(id);
    queue.change(checked<{ settings?: QueueSettings }>(await text(), queueEdit).settings ?? {});
    return queueShown(queue);
  },
  "DELETE /queues/*": (account, { names: [id = ""] }) => account.deleteQueue(id),
  "GET /queues/*/consumers": (account, { names: [id = ""] }) => consumersOf(account.queue(id)),
  "POST /queues/*/consumers": async (account, { names: [id = ""], text }) => {
    const queue = account.queue(id);
    const request = checked<ConsumerRequest>(await text(), consumer);
    if (queue.consumer !== undefined) throw new Refused(409, 11_004, "Consumer already exists");
    const made = account.setConsumer(queue, request, randomBytes(16).toString("hex"));
    return consumerShown(made, queue);
  },
  "PUT /queues/*/consumers/*": async (account, { names: [id = "", consumerId = ""], text }) => {
    const queue = account.queue(id);
    const request = checked<ConsumerRequest>(await text(), consumer);
    return consumerShown(account.setConsumer(queue, request, known(queue, consumerId).id), queue);
  },
  "DELETE /queues/*/consumers/*": (account, { names: [id = "", consumerId = ""] }) => {
    const queue = account.queue(id);
    known(queue, consumerId);
    queue.consumer = undefined;
  },
  // What has the text anywhere in its name.
  "GET /d1/database": (account, { query }) =>
    [...account.databases.values()]
      .filter(({ name }) => name.includes(query.get("name") ?? ""))
      .map(databaseShown),
  "POST /d1/database": async (account, { text }) => {
    const { name } = checked<{ name: string }>(await text(), databaseCreate, 7_400);
    return databaseShown(account.makeDatabase(name));
  },
  "DELETE /d1/database/*": (account, { names: [id = ""] }) => {
    account.databases.delete(account.database(id).id);
  },
  "POST /d1/database/*/query": async (account, { names: [id = ""], text }) => {
    const body = checked<{ sql: string; params?: readonly string[] }>(
      await text(),
      databaseQuery,
      7_400,
    );
    const results = await account.query(id, body.sql, body.params ?? []);
    return [{ success: true, results, meta: {} }];
  },
  "GET /workers/scripts": (account) =>
    [...account.scripts.values()].map(({ name, tags }) => ({ id: name, tags })),
  "PUT /workers/scripts/*": async (account, { names: [name = ""], form }) => {
    if (!SCRIPT_NAME.test(name))
      throw new Refused(400, 10_016, "workers.api.error.invalid_script_name");
    const given = await form();
    const metadata = checked<ScriptMetadata>(await textOf(given.get("metadata")), scriptMetadata);
    const modules = await modulesOf(given);
    if (!modules.has(metadata.main_module)) {
      throw new Refused(400, 10_021, `No such module: ${metadata.main_module}`);
    }
    return { id: account.putScript(name, metadata, modules).name };
  },
  "DELETE /workers/scripts/*": (account, { names: [name = ""] }) => account.deleteScript(name),
  "GET /workers/scripts/*/settings": (account, { names: [name = ""] }) =>
    settingsShown(account.script(name)),
  "GET /workers/scripts/*/script-settings": (account, { names: [name = ""] }) => ({
    tags: account.script(name).tags,
  }),
  "PATCH /workers/scripts/*/script-settings": async (account, { names: [name = ""], text }) => {
    const script = account.script(name);
    const { tags } = checked<{ tags?: readonly string[] }>(await text(), scriptSettings);
    if (tags !== undefined) script.tags = tags;
    return { tags: script.tags };
  },
  "GET /workers/scripts/*/secrets": (account, { names: [name = ""] }) =>
    [...account.script(name).secrets.keys()].map((each) => ({ name: each, type: "secret_text" })),
  "PUT /workers/scripts/*/secrets": async (account, { names: [name = ""], text }) => {
    const script = account.script(name);
    const given = checked<{ name: string; text: string }>(await text(), secret);
    if (script.metadata.bindings?.some((each) => each.name === given.name)) {
      throw new Refused(400, 10_053, `Binding name '${given.name}' already in use.`);
    }
    script.secrets.set(given.name, given.text);
    script.version += 1;
    return { name: given.name, type: "secret_text" };
  },
  "DELETE /workers/scripts/*/secrets/*": (account, { names: [name = "", variable = ""] }) => {
    if (!account.script(name).secrets.delete(variable)) {
      throw new Refused(404, 10_056, "Binding not found.");
    }
  },
  "GET /workers/scripts/*/subdomain": (account, { names: [name = ""] }) =>
    account.script(name).subdomain,
  "POST /workers/scripts/*/subdomain": async (account, { names: [name = ""], text }) => {
    const script = account.script(name);
    const given = checked<{ enabled: boolean; previews_enabled?: boolean }>(
      await text(),
      subdomain,
    );
    script.subdomain = { previews_enabled: given.enabled, ...given };
    return script.subdomain;
  },
  "GET /workers/subdomain": () => ({ subdomain: "shop" }),
  "POST /workers/observability/telemetry/query": async (account, { text }) =>
    logged(account, checked<TelemetryQuery>(await text(), telemetryQuery)),
};

/** A path of messages: "POST /queues/<id>/messages/pull". */
export async function messageRoute(
  account: StoredAccount,
  method: string,
  path: string,
  text: () => Promise<string>,
): Promise<unknown> {
  const [, id, rest] = /^\/queues\/([^/]+)\/(.+)$/.exec(path) ?? [];
  const queue = id === undefined ? undefined : account.queues.get(id);
  if (queue === undefined || rest === undefined) return undefined;
  const pulls = rest === "messages/pull" || rest === "messages/ack";
  if (pulls && queue.consumer?.type !== "http_pull") {
    throw new Refused(405, 10_105, "http_pull is not enabled for this queue");
  }
  return carryOutMessages(
    queue.messages,
    `${method} ${rest}`,
    method === "GET" ? {} : readJson(await text()),
  );
}

interface TelemetryQuery {
  readonly timeframe: { readonly from: number; readonly to: number };
  readonly limit?: number;
  readonly offsetBy?: number;
  readonly parameters?: {
    readonly filters?: readonly { readonly key: string; readonly value?: string }[];
    readonly needle?: { readonly value: string };
  };
}

/** The newest first, as the dashboard has them. */
function logged(account: StoredAccount, query: TelemetryQuery) {
  const { timeframe, limit = 100, offsetBy = 0, parameters = {} } = query;
  const service = parameters.filters?.find(({ key }) => key === "$metadata.service")?.value;
  const events = (account.scripts.get(service ?? "")?.lines ?? [])
    .filter(({ at }) => at >= timeframe.from && at <= timeframe.to)
    .filter(({ text }) => text.includes(parameters.needle?.value ?? ""))
    .map(({ id, at, text }) => ({
      timestamp: at,
      dataset: "cloudflare-workers",
      source: { message: text },
      $metadata: { id, message: text, service },
    }))
    .reverse();
  return { events: { count: events.length, events: events.slice(offsetBy, offsetBy + limit) } };
}

function databaseShown({ id: uuid, name }: StoredDatabase) {
  return { uuid, name, version: "production" };
}

function queueShown(queue: AccountQueue) {
  const consumers = consumersOf(queue);
  return {
    queue_id: queue.id,
    queue_name: queue.name,
    settings: queue.settings,
    consumers,
    consumers_total_count: consumers.length,
  };
}

function consumersOf(queue: AccountQueue) {
  return queue.consumer === undefined ? [] : [consumerShown(queue.consumer, queue)];
}

/** As the API answers, which calls `script` what its page calls `script_name`. */
function consumerShown({ id, type, script_name, ...rest }: StoredConsumer, { name }: AccountQueue) {
  const script = script_name === undefined ? {} : { script: script_name };
  return { consumer_id: id, queue_name: name, type, ...script, ...rest };
}

function known(queue: AccountQueue, consumerId: string): StoredConsumer {
  if (queue.consumer?.id === consumerId) return queue.consumer;
  throw new Refused(404, 11_006, "Consumer not found");
}

/** Secrets come without their values. */
function settingsShown({ metadata, secrets, tags }: StoredScript) {
  const { bindings = [], compatibility_date, compatibility_flags, observability } = metadata;
  const hidden = [...secrets.keys()].map((name) => ({ name, type: "secret_text" }));
  return {
    bindings: [...bindings, ...hidden],
    compatibility_date,
    compatibility_flags: compatibility_flags ?? [],
    observability: observability ?? null,
    tags,
  };
}

async function modulesOf(form: FormData): Promise<StoredScript["modules"]> {
  const modules = new Map<string, { type: string; text: string }>();
  for (const [name, part] of form) {
    if (name === "metadata") continue;
    if (typeof part === "string") throw new Refused(400, 10_021, `${name} is no file`);
    modules.set(name, { type: part.type, text: await part.text() });
  }
  return modules;
}

async function textOf(part: ReturnType<FormData["get"]>): Promise<string> {
  return typeof part === "object" && part !== null ? part.text() : (part ?? "");
}

/** The body of a request, which Cloudflare refuses where it is something else. */
function checked<Body>(text: string, shape: Shape, code = 10_021): Body {
  const body = readJson(text);
  const problem = shape(body, "body");
  if (problem !== undefined) throw new Refused(400, code, problem);
  return body as Body; // the shape was checked
}
