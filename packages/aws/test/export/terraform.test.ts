import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { terraform } from "../../src/export/terraform.ts";
import { here, lowered } from "./exported-stack.ts";

interface Setting {
  readonly type: string;
  readonly required?: boolean;
  readonly settings?: Readonly<Record<string, Setting>>;
}

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
  const queue = schema.resources.aws_lambda_permission ?? {};
  const permission = { action: "a", function_name: "f", principal: 1, nothing: true };
  expect(problemsOf("one", permission, queue)).toEqual([
    "one.principal is a number, not string",
    "one.nothing is unknown",
  ]);
  expect(problemsOf("two", { action: "a", principal: "*" }, queue)).toEqual([
    "two.function_name is missing",
  ]);
});

test("a reference is an expression, and what only looks like one is escaped", () => {
  const { aws_sqs_queue, aws_lambda_function } = configuration.resource;
  expect(JSON.parse(aws_sqs_queue.queue_tasks.redrive_policy)).toEqual({
    deadLetterTargetArn: "${aws_sqs_queue.queue_failed.arn}",
    maxReceiveCount: 1_000,
  });
  const { variables } = aws_lambda_function.function_worker.environment;
  expect(JSON.parse(variables.ALIEN_TASKS_BINDING).address.url).toBe(
    "${aws_sqs_queue.queue_tasks.url}",
  );
  expect(variables.TEXT).toBe('no "$${expression}", %%{ if } and $$${ neither');
});

test("every expression is of a resource that is there", () => {
  const text = JSON.stringify(configuration.resource);
  const expressions = [...text.matchAll(/(?<!\$)\$\{(aws_\w+)\.([\w-]+)\./g)];
  expect(expressions.length).toBeGreaterThan(20);
  for (const [, type = "", name = ""] of expressions) {
    expect(configuration.resource[type]).toHaveProperty(name);
  }
  for (const address of [...text.matchAll(/"depends_on":\[([^\]]*)\]/g)].flatMap(([, list = ""]) =>
    list.replaceAll('"', "").split(","),
  )) {
    const [type = "", name = ""] = address.split(".");
    expect(configuration.resource[type]).toHaveProperty(name);
  }
});

test("a function waits for what its role may do, so that its mappings are taken", () => {
  expect(configuration.resource.aws_lambda_function.function_billing.depends_on).toEqual([
    "aws_cloudwatch_log_group.function_billing_logs",
    "aws_ssm_parameter.secret_ALIEN_SIGNING_SECRET",
    "aws_dynamodb_table.state",
    "aws_iam_role_policy.function_billing_role",
  ]);
});

test("no value of a secret is kept in the state, and one that is set later stays", () => {
  const { secret_TOKEN, secret_ALIEN_SIGNING_SECRET } = configuration.resource.aws_ssm_parameter;
  expect(secret_TOKEN).toMatchObject({ value_wo: "alien:not-set", value_wo_version: 1 });
  expect(secret_TOKEN).not.toHaveProperty("value");
  expect(secret_ALIEN_SIGNING_SECRET.value_wo).toBe("${ephemeral.random_password.alien.result}");
});

test("the hash of the code is what Lambda reports", () => {
  const parts = lowered.parts.map((part) =>
    part.type === "lambda-function"
      ? { ...part, config: { ...part.config, code: { sha256: "ab".repeat(32) } } }
      : part,
  );
  const { function_worker } = JSON.parse(terraform({ ...lowered, parts }, here)).resource
    .aws_lambda_function;
  expect(function_worker.source_code_hash).toBe("q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=");
});

test("the provider is held to the account and region of the stage", () => {
  expect(configuration.provider.aws).toEqual({
    region: "eu-central-1",
    allowed_account_ids: ["123456789012"],
  });
});

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

function valueProblems(where: string, value: unknown, known: Setting | undefined) {
  if (known === undefined) return [`${where} is unknown`];
  const { type, settings } = known;
  // Of a block there may be several.
  if (settings !== undefined) {
    return [value].flat().flatMap((block) => problemsOf(where, block, settings));
  }
  const kinds = ["list", "set"].includes(type) ? Array.isArray(value) : typeof value === type;
  const map = type === "map" && typeof value === "object" && !Array.isArray(value);
  return kinds || map ? [] : [`${where} is a ${typeof value}, not ${type}`];
}
