import { readFileSync } from "node:fs";
import * as alien from "@alienplatform/core";
import type { Json } from "@alienplatform/deploy";
import { expect, test } from "vitest";
import { terraform } from "../../src/export/terraform.ts";
import type { GcpPart } from "../../src/gcp-part.ts";
import { gcpPlace } from "../../src/gcp-place.ts";
import { loweredOf, place } from "../lower/lowered.ts";

interface Setting {
  readonly type: string;
  readonly required?: boolean;
  readonly settings?: Readonly<Record<string, Setting>>;
}

const failed = new alien.Queue("failed").build();
const tasks = new alien.Queue("tasks").concurrency(6).deadLetters(failed).build();
const orders = new alien.Queue("orders").fifo({ group: "account" }).build();
const worker = new alien.Function("worker")
  .http()
  .trigger(tasks)
  .trigger(orders)
  .link(failed, "operate")
  .secret("TOKEN")
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what Terraform must not take for its own.
  .environment({ TEXT: 'no "${expression}", %{ if } and $${ neither' })
  .build();
const billing = new alien.Endpoint("billing").url("https://billing.test/").trigger(failed).build();
/** A stack with a part of every type. */
const lowered = loweredOf(failed, tasks, orders, worker, billing);
const here = gcpPlace(place);
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
  const member = schema.resources.google_pubsub_topic_iam_member ?? {};
  expect(problemsOf("one", { topic: 1, member: "m", nothing: true }, member)).toEqual([
    "one.topic is a number, not string",
    "one.nothing is unknown",
    "one.role is missing",
  ]);
});

test("every expression is of a resource that is there", () => {
  const text = JSON.stringify(configuration);
  const expressions = [...text.matchAll(/(?<!\$)\$\{(google_\w+)\.([\w-]+)\./g)];
  expect(expressions.length).toBeGreaterThan(30);
  const waited = [...text.matchAll(/"depends_on":\[([^\]]*)\]/g)].flatMap(([, list = ""]) =>
    list.replaceAll('"', "").split(","),
  );
  expect(waited.length).toBeGreaterThan(10);
  for (const [type = "", name = ""] of [
    ...expressions.map(([, ...address]) => address),
    ...waited.map((address) => address.split(".")),
  ]) {
    expect(configuration.resource[type], `${type}.${name}`).toHaveProperty(name);
  }
});

test("what only looks like an expression is escaped", () => {
  const { function_worker } = configuration.resource.google_cloudfunctions2_function;
  expect(function_worker.service_config.environment_variables.TEXT).toBe(
    'no "$${expression}", %%{ if } and $$${ neither',
  );
});

test("a pause is the operators' there too, and no value of a secret is kept in the state", () => {
  const { queue_tasks } = configuration.resource.google_pubsub_subscription;
  expect(queue_tasks.lifecycle).toEqual({ ignore_changes: ["push_config", "labels"] });
  const versions = configuration.resource.google_secret_manager_secret_version;
  expect(Object.keys(versions)).toEqual(["secret_ALIEN_SIGNING_SECRET"]);
  expect(versions.secret_ALIEN_SIGNING_SECRET).not.toHaveProperty("secret_data");
});

test("the queue that delayed messages wait in is not destroyed unasked", () => {
  const [delays] = Object.values(configuration.resource.google_cloud_tasks_queue);
  expect(delays).toMatchObject({ lifecycle: { prevent_destroy: true } });
});

/** What a grant is on says of which service it is, by the resource that is referred to. */
const UNSAID = ["iam-grant api"];

test("there is no setting of any part that Terraform leaves out", () => {
  const before = terraform(lowered, here);
  const unsaid = new Set<string>();
  let changes = 0;
  for (const [index, part] of lowered.parts.entries()) {
    for (const path of pathsOf(part.config)) {
      changes++;
      // Another value of the same kind, which the types of the config cannot follow.
      const changed = { ...part, config: withChange(part.config, path) } as GcpPart;
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
    return typeof value === "string" ? `${value}x` : "other";
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
