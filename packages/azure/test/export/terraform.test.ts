import { readFileSync } from "node:fs";
import { Endpoint, Function as Fn, Queue, Stack } from "@alienplatform/core";
import type { Json } from "@alienplatform/deploy";
import { expect, test } from "vitest";
import type { AzurePart } from "../../src/azure-part.ts";
import { azurePlace } from "../../src/azure-place.ts";
import { terraform } from "../../src/export/terraform.ts";
import { lower } from "../../src/lower.ts";

interface Setting {
  readonly type: string;
  readonly required?: boolean;
  readonly settings?: Readonly<Record<string, Setting>>;
}

const settings = { subscription: "00000000-1111-4222-8333-444444444444", region: "westeurope" };
const place = { platform: "azure", stack: "shop", stage: "dev", settings };
const here = azurePlace(place);
const failed = new Queue("failed").build();
const tasks = new Queue("tasks").concurrency(6).deadLetters(failed).build();
const orders = new Queue("orders").fifo({ group: "account" }).build();
const worker = new Fn("worker")
  .http()
  .trigger(tasks, { paused: true })
  .trigger(orders)
  .link(failed, "operate")
  .secret("TOKEN")
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what Terraform must not take for its own.
  .environment({ TEXT: 'no "${expression}", %{ if } and $${ neither' })
  .build();
const billing = new Endpoint("billing").url("https://billing.test/").trigger(failed).build();
/** A stack with a part of every type. */
const stack = [failed, tasks, orders, worker, billing]
  .reduce((all, each) => all.add(each), new Stack("shop"))
  .build();
const zip = { sha256: "0".repeat(64), bytes: 1 };
const lowered = lower(stack, place, { worker: zip, billing: zip });
const configuration = JSON.parse(terraform(lowered, here));
const schema: { readonly resources: Readonly<Record<string, Readonly<Record<string, Setting>>>> } =
  JSON.parse(readFileSync(new URL("terraform-schema.json", import.meta.url), "utf8"));

/** What Terraform itself knows of every resource. */
const META = new Set(["depends_on", "lifecycle"]);

test("every resource is as the provider's schema says: known settings, their types, and none missing", () => {
  const wrong = Object.entries(configuration.resource).flatMap(([type, resources]) =>
    Object.entries(Object(resources)).flatMap(([name, settings]) =>
      problemsOf(`${type}.${name}`, settings, schema.resources[type] ?? {}),
    ),
  );
  expect(wrong).toEqual([]);
  expect(Object.keys(configuration.resource).sort()).toEqual(Object.keys(schema.resources));
});

test("what the schema does not know, has otherwise or asks for is seen", () => {
  const queue = schema.resources.azurerm_servicebus_queue ?? {};
  expect(problemsOf("one", { name: 1, nothing: true }, queue)).toEqual([
    "one.name is a number, not string",
    "one.nothing is unknown",
    "one.namespace_id is missing",
  ]);
});

test("every expression is of a resource that is there", () => {
  const text = JSON.stringify(configuration);
  const expressions = [...text.matchAll(/(?<![$\w.])(azurerm_(?!client)\w+)\.([\w-]+)[."]/g)];
  expect(expressions.length).toBeGreaterThan(60);
  for (const [, type = "", name = ""] of expressions) {
    expect(configuration.resource[type], `${type}.${name}`).toHaveProperty(name);
  }
  // Those in a text of JSON would be cut by their own quotes.
  expect([...text.matchAll(/\$\{[^}]*\\\\/g)].map(([found]) => found)).toEqual([]);
});

test("what a queue's variable holds is where it is, without a guess", () => {
  const { value } = configuration.output.ALIEN_TASKS_BINDING;
  const { namespace, queue, table } = JSON.parse(value).address;
  expect([namespace, queue, table]).toEqual([
    `\${local.namespace_host}`,
    `\${azurerm_servicebus_queue.queue_tasks.name}`,
    {
      endpoint: `\${azurerm_storage_account.stage_state.primary_table_endpoint}`,
      name: `\${azurerm_storage_table.stage_state_table.name}`,
    },
  ]);
});

test("what only looks like an expression is escaped", () => {
  const { function_worker } = configuration.resource.azurerm_function_app_flex_consumption;
  expect(function_worker.app_settings.TEXT).toBe('no "$${expression}", %%{ if } and $$${ neither');
});

test("a pause is the operators' there too: Terraform does not look at it, nor undoes one", () => {
  const { function_worker: app } = configuration.resource.azurerm_function_app_flex_consumption;
  expect(app.app_settings).toMatchObject({ "AzureWebJobs.queue_tasks.Disabled": "true" });
  expect(app.app_settings).not.toHaveProperty(["AzureWebJobs.queue_orders.Disabled"]);
  expect(app.lifecycle.ignore_changes).toEqual([
    'app_settings["AzureWebJobs.queue_tasks.Disabled"]',
    'app_settings["ALIEN_PAUSED_queue_tasks"]',
    'app_settings["AzureWebJobs.queue_orders.Disabled"]',
    'app_settings["ALIEN_PAUSED_queue_orders"]',
  ]);
});

test("no value of a secret is kept in the state, and no setting holds what opens anything", () => {
  const secrets: Readonly<Record<string, object>> = configuration.resource.azurerm_key_vault_secret;
  expect(Object.keys(secrets).sort()).toEqual(["secret_ALIEN_SIGNING_SECRET", "secret_TOKEN"]);
  for (const secret of Object.values(secrets)) expect(secret).not.toHaveProperty("value");
  expect(secrets.secret_ALIEN_SIGNING_SECRET).toHaveProperty(
    "value_wo",
    `\${ephemeral.random_password.alien.result}`,
  );
  expect(JSON.stringify(configuration)).not.toMatch(
    /(?<!shared_)access_key|AccountKey|SharedAccessKey|primary_connection_string|primary_key/,
  );
});

/** Whether an address is told is no difference to what is made; the vault of a secret is the one in its name. */
const UNSAID = ["function-app http", "key-vault-secret vault"];

test("there is no setting of any part that Terraform leaves out", () => {
  const before = terraform(lowered, here);
  const unsaid = new Set<string>();
  let changes = 0;
  for (const [index, part] of lowered.parts.entries()) {
    for (const path of pathsOf(part.config)) {
      changes++;
      // Another value of the same kind, which the types of the config cannot follow.
      const changed = { ...part, config: withChange(part.config, path) } as AzurePart;
      const parts = lowered.parts.with(index, changed);
      if (terraform({ ...lowered, parts }, here) === before) {
        unsaid.add(`${part.type} ${path.join(".")}`);
      }
    }
  }
  expect([...unsaid].sort()).toEqual(UNSAID);
  expect(changes).toBeGreaterThan(150);
});

type Path = readonly (string | number)[];

/** Every text, number and truth in a value; a reference is one of them. */
function pathsOf(value: Json | undefined): readonly Path[] {
  if (value === undefined) return [];
  if (typeof value !== "object" || "$ref" in value || "$json" in value || "$join" in value)
    return [[]];
  return Object.entries(value).flatMap(([key, each]) =>
    pathsOf(each).map((path) => [Array.isArray(value) ? Number(key) : key, ...path]),
  );
}

function withChange(value: Json | undefined, [key, ...path]: Path): Json {
  if (key === undefined) {
    if (typeof value === "number") return value + 1;
    if (typeof value === "boolean") return !value;
    // JSON in a setting stays JSON.
    return typeof value === "string" ? `${value} ` : "other";
  }
  if (Array.isArray(value))
    return value.map((each, at) => (at === key ? withChange(each, path) : each));
  return { ...Object(value), [key]: withChange(Object(value)[key], path) };
}

function problemsOf(
  where: string,
  settings: unknown,
  known: Readonly<Record<string, Setting>>,
): readonly string[] {
  const given = Object.entries(Object(settings)).filter(([name]) => !META.has(name));
  const missing = Object.entries(known).filter(
    ([name, { required }]) => required === true && !given.some(([each]) => each === name),
  );
  return [
    ...given.flatMap(([name, value]) => valueProblems(`${where}.${name}`, value, known[name])),
    ...missing.map(([name]) => `${where}.${name} is missing`),
  ];
}

function valueProblems(
  where: string,
  value: unknown,
  known: Setting | undefined,
): readonly string[] {
  if (known === undefined) return [`${where} is unknown`];
  const { type, settings } = known;
  if (settings !== undefined) {
    return (Array.isArray(value) ? value : [value]).flatMap((each) =>
      problemsOf(where, each, settings),
    );
  }
  const kinds = type === "list" ? Array.isArray(value) : typeof value === type;
  const map = type === "map" && typeof value === "object" && !Array.isArray(value);
  return kinds || map ? [] : [`${where} is a ${typeof value}, not ${type}`];
}
