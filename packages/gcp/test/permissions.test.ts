import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Json, PartContext } from "@alienplatform/deploy";
import { resolve as resolved } from "@alienplatform/deploy";
import { fastClock } from "@alienplatform/deploy/conformance";
import { expect, test } from "vitest";
import { connect } from "../src/deploy-client.ts";
import {
  DEPLOYER_PERMISSIONS,
  DEPLOYER_PERMISSIONS_ON_ALL,
  STATE_PERMISSIONS,
} from "../src/deployer-permissions.ts";
import { QUEUE_ROLES, type QueueRoles, SECRET_ROLES } from "../src/function/rights.ts";
import { TABLE_ROLES } from "../src/table/rights.ts";
import { controllerCases } from "./control/controller-cases.ts";
import { artifactText } from "./control/controller-world.ts";
import { delayCases } from "./control/delay-cases.ts";
import { endpointsAt, GoogleServer } from "./google/google-server.ts";

const readme = resolve(import.meta.dirname, "../README.md");
const never = new AbortController().signal;

const all = new Set([
  ...Object.values(DEPLOYER_PERMISSIONS).flat(),
  ...DEPLOYER_PERMISSIONS_ON_ALL,
]);

/** Asked for by calls that have another name. */
const ASKED_BESIDE = [
  "datastore.entities.list",
  "iam.serviceAccounts.actAs",
  "pubsub.topics.attachSubscription",
];

test("who deploys may do what is called, and nothing that is not", async () => {
  const server = new GoogleServer();
  const environment = {
    ...endpointsAt(await server.listen()),
    GOOGLE_CLOUD_PROJECT: server.world.project,
    GOOGLE_CLOUD_REGION: "europe-west1",
  };
  const cloud = await connect({ stack: "shop", stage: "dev", environment });
  for (const { parts: partsOf, settings } of [...controllerCases, ...delayCases])
    await live(partsOf, settings);
  await cloud.owned({ stack: "shop", stage: "dev" }, never);
  const options = { since: 0, follow: false, signal: never };
  for await (const line of cloud.operator.logs("worker", options)) expect(line.text).toBeDefined();
  const called = new Set(server.calls.map(permissionOf));
  server.close();
  expect([...called].filter((permission) => !all.has(permission))).toEqual([]);
  expect([...all].filter((permission) => !called.has(permission)).sort()).toEqual(ASKED_BESIDE);

  /** All parts of a case are made, the last one is changed and marked anew, and all are deleted. */
  async function live(
    partsOf: (typeof controllerCases)[number]["parts"],
    settings: (typeof controllerCases)[number]["settings"],
  ): Promise<void> {
    const parts = partsOf(cloud.place);
    const made = new Map<string, Readonly<Record<string, string>>>();
    const ids = new Map<string, string>();
    const contexts: PartContext[] = [];
    for (const [at, { id, name, type, config: wants }] of parts.entries()) {
      const controller = cloud.controllers[type];
      const context = contextOf(id, name, config(wants));
      contexts.push(context);
      if (controller === undefined) throw new Error(type);
      await controller.read(context);
      let remote = await controller.create(context, context.config);
      made.set(id, remote.attributes);
      ids.set(id, remote.id);
      const last = at === parts.length - 1;
      const patch = last ? Object.assign({}, ...Object.values(settings)) : {};
      const wanted = config({ ...Object(parts[at]?.config), ...patch });
      const changes = [...controller.diff(wanted, remote), { path: "owner", from: {}, to: {} }];
      remote = await controller.update({ ...context, config: wanted }, wanted, remote, changes);
    }
    for (const [at, { type }] of [...parts.entries()].reverse()) {
      const context = contexts[at];
      const remembered = ids.get(parts[at]?.id ?? "");
      const remote =
        context &&
        (await cloud.controllers[type]?.read(
          remembered === undefined ? context : { ...context, remembered },
        ));
      if (context !== undefined && remote !== undefined) {
        await cloud.controllers[type]?.delete(context, remote);
      }
    }

    function config(value: Json): Json {
      return resolved(value, ({ $ref, attribute }) => {
        return made.get($ref)?.[attribute];
      });
    }
  }
});

function contextOf(part: string, name: string, config: Json): PartContext {
  return {
    owner: { stack: "shop", stage: "dev", part },
    name,
    config,
    clock: fastClock(200),
    signal: never,
    artifact: async (sha256) => Buffer.from(artifactText(sha256)),
  };
}

/** By what Google's documents say of each method. */
function permissionOf(call: string): string {
  const [verb = "", api = "", name = "", url = ""] = call.split(" ");
  if (api === "storage") return storagePermission(verb, name);
  const method = name.split(".").at(-1) ?? "";
  const known =
    api === "firestore" && method === "GetOperation"
      ? "datastore.operations.get"
      : PERMISSIONS[method];
  if (known !== undefined) return known;
  if (/IamPolicy$/.test(method))
    return `${policyOf(api, url)}.${method.charAt(0).toLowerCase()}${method.slice(1)}`;
  throw new Error(`no permission is known for ${call}`);
}

function policyOf(api: string, path: string): string {
  if (api === "cloudresourcemanager") return "resourcemanager.projects";
  if (api === "run") return "run.services";
  if (api === "secretmanager") return "secretmanager.secrets";
  if (api === "cloudtasks") return "cloudtasks.queues";
  if (api === "iam") return "iam.serviceAccounts";
  return path.includes("/subscriptions/") ? "pubsub.subscriptions" : "pubsub.topics";
}

function storagePermission(verb: string, path: string): string {
  if (path.startsWith("/upload")) return "storage.objects.create";
  const [, object] = /\/o(?:\/(.+))?$/.exec(path) ?? [];
  if (/\/o(\/|$)/.test(path))
    return object === undefined ? "storage.objects.list" : "storage.objects.delete";
  const word = { GET: "get", POST: "create", PATCH: "update", DELETE: "delete" }[verb];
  return verb === "GET" && path.endsWith("/b") ? "storage.buckets.list" : `storage.buckets.${word}`;
}

const verbs = (kind: string, singular: string, plural = `${singular}s`) => ({
  [`Create${singular}`]: `${kind}.create`,
  [`Get${singular}`]: `${kind}.get`,
  [`Update${singular}`]: `${kind}.update`,
  [`Patch${singular}`]: `${kind}.update`,
  [`Delete${singular}`]: `${kind}.delete`,
  [`List${plural}`]: `${kind}.list`,
});

const PERMISSIONS: Readonly<Record<string, string>> = {
  ...verbs("pubsub.topics", "Topic"),
  ...verbs("pubsub.subscriptions", "Subscription"),
  ...verbs("cloudfunctions.functions", "Function"),
  ...verbs("iam.serviceAccounts", "ServiceAccount"),
  ...verbs("secretmanager.secrets", "Secret"),
  ...verbs("cloudtasks.queues", "Queue"),
  ListTasks: "cloudtasks.tasks.list",
  ...verbs("datastore.databases", "Database"),
  // https://cloud.google.com/firestore/docs/security/iam#required_permissions
  GetDatabase: "datastore.databases.getMetadata",
  ListFields: "datastore.indexes.list",
  UpdateField: "datastore.indexes.update",
  RunQuery: "datastore.entities.get",
  AddSecretVersion: "secretmanager.versions.add",
  ListSecretVersions: "secretmanager.versions.list",
  GetOperation: "cloudfunctions.operations.get",
  GetProject: "resourcemanager.projects.get",
  ListTimeSeries: "monitoring.timeSeries.list",
  ListLogEntries: "logging.logEntries.list",
};

test("the README has the tables of what functions and deployers may do", () => {
  const text = readFileSync(readme, "utf8");
  const [before = "", rest = ""] = text.split(BEGIN);
  const [, after = ""] = rest.split(END);
  const written = `${before}${BEGIN}\n\n${tables()}\n\n${END}${after}`;
  if (process.env.UPDATE_PERMISSIONS === "1") writeFileSync(readme, written);
  expect(
    readFileSync(readme, "utf8"),
    "UPDATE_PERMISSIONS=1 npx vitest run packages/gcp/test/permissions",
  ).toBe(written);
});

const BEGIN = "<!-- permissions, written by packages/gcp/test/permissions.test.ts -->";
const END = "<!-- end of permissions -->";

function tables(): string {
  const { send, receive, trigger, operate } = QUEUE_ROLES;
  return [
    "| to | role | on |",
    "|---|---|---|",
    ...rowsOf("send", send),
    ...rowsOf("receive", receive),
    ...rowsOf("be triggered", trigger),
    ...rowsOf("operate", operate),
    row("any of these", TABLE_ROLES, "the project, on condition of the stage's database"),
    row("read secrets (functions)", SECRET_ROLES, "these secrets"),
    "",
    "Who deploys needs, for each type of part that the stack has:",
    "",
    "| part | permissions |",
    "|---|---|",
    ...Object.entries(DEPLOYER_PERMISSIONS).map(([type, permissions]) => {
      return `| ${type} | ${quoted(permissions)} |`;
    }),
    `| to find and list, in the whole project | ${quoted(DEPLOYER_PERMISSIONS_ON_ALL)} |`,
    `| state in Cloud Storage | ${quoted(STATE_PERMISSIONS)} |`,
  ].join("\n");
}

function rowsOf(to: string, { copies, ...roles }: QueueRoles): readonly string[] {
  const unless = copies ? ", unless the queue is FIFO" : "";
  const places: readonly (readonly [keyof typeof roles, string])[] = [
    ["topic", "the topic"],
    ["delays", `the stage's queue of Cloud Tasks${unless}`],
    ["delaysAccount", `the account that its tasks publish as${unless}`],
    ["subscription", "the subscription"],
    ["deadTopic", "the dead letters' topic"],
    ["deadSubscription", "the dead letters' subscription"],
  ];
  return places
    .filter(([place]) => roles[place].length > 0)
    .map(([place, on], at) => row(at === 0 ? to : "", roles[place], on));
}

function row(first: string, roles: readonly string[], on: string): string {
  return `| ${first} | ${quoted(roles)} | ${on} |`;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(" ");
}
