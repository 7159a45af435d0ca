import { withDefaults } from "@alienplatform/bindings";
import * as alien from "@alienplatform/core";
import { resolve } from "@alienplatform/deploy";
import { expect, test } from "vitest";
import { readAddress } from "../../src/address.ts";
import { sources } from "../../src/sources.ts";
import { loweredOf, partOf, place, stackOf } from "./lowered.ts";

const tasks = new alien.Queue("tasks").build();
const emails = new alien.Queue("emails").build();

test("a function is a role, a log group, itself, and a mapping for each trigger", () => {
  const worker = new alien.Function("worker").trigger(tasks).link(emails).build();
  const { parts } = loweredOf(tasks, emails, worker);
  expect(parts.filter(({ resource }) => resource === "worker").map(shortly)).toEqual([
    ["function/worker/role", "iam-role", "shop-dev-worker-eu-central-1"],
    ["function/worker/logs", "log-group", "/aws/lambda/shop-dev-worker"],
    ["function/worker", "lambda-function", "shop-dev-worker"],
    ["function/worker/trigger/tasks", "event-source-mapping", "shop-dev-worker/shop-dev-tasks"],
  ]);
});

test("what nothing is said of has a value all the same", () => {
  const { parts } = loweredOf(tasks, new alien.Function("worker").trigger(tasks).build());
  const { config, after, known } = partOf("lambda-function", "function/worker", parts);
  expect(config).toMatchObject({
    description: "The function worker of stack shop, stage dev.",
    role: { $ref: "function/worker/role", attribute: "arn" },
    runtime: "nodejs24.x",
    architecture: "arm64",
    handler: "index.default",
    code: { sha256: "sha-of-worker" },
    memorySize: 512,
    timeout: 60,
  });
  expect(after).toEqual(["function/worker/logs", "state"]);
  expect(known).toEqual({
    name: "shop-dev-worker",
    arn: "arn:aws:lambda:eu-central-1:123456789012:function:shop-dev-worker",
  });
  expect(partOf("log-group", "function/worker/logs", parts).config).toEqual({
    retentionInDays: 14,
  });
});

test("memory and timeout are as declared", () => {
  const worker = new alien.Function("worker").memory("2GiB").timeout("90s").build();
  const { config } = partOf("lambda-function", "function/worker", loweredOf(worker).parts);
  expect([config.memorySize, config.timeout]).toEqual([2_048, 90]);
});

test("the environment has the bindings of the triggers and links, which the driver reads", () => {
  const worker = new alien.Function("worker")
    .trigger(tasks)
    .link(emails)
    .environment({ REGION_NAME: "Europe", NODE_OPTIONS: "--no-warnings" })
    .build();
  const { parts } = loweredOf(tasks, emails, worker);
  const { environment } = partOf("lambda-function", "function/worker", parts).config;
  const deployed = Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      String(resolve(value, ({ $ref, attribute }) => `https://${attribute}.of/${$ref}`)),
    ]),
  );
  expect(JSON.parse(deployed.ALIEN_EMAILS_BINDING ?? "").address).not.toHaveProperty("consumer");
  expect(Object.keys(deployed).sort()).toEqual([
    "ALIEN_EMAILS_BINDING",
    "ALIEN_FUNCTION",
    "ALIEN_TASKS_BINDING",
    "NODE_OPTIONS",
    "REGION_NAME",
  ]);
  const { options = {}, ...binding } = JSON.parse(deployed.ALIEN_TASKS_BINDING ?? "");
  expect(readAddress({ ...binding, options: withDefaults(options) })).toEqual({
    url: "https://url.of/queue/tasks",
    deadLetterUrl: "https://url.of/queue/tasks/dead-letters",
    region: "eu-central-1",
    consumer: partOf("lambda-function", "function/worker", parts).name,
  });
  expect(deployed.NODE_OPTIONS).toBe("--no-warnings --enable-source-maps");
  expect(JSON.parse(deployed.ALIEN_FUNCTION ?? "")).toEqual({
    id: "worker",
    triggers: [{ queue: "tasks" }],
  });
});

test("a mapping reports what failed of a batch, and begins paused where it is declared so", () => {
  const worker = new alien.Function("worker")
    .trigger(tasks, { batchSize: 100, paused: true })
    .trigger(emails, { batchSize: 10 })
    .build();
  const { parts } = loweredOf(tasks, emails, worker);
  const mapping = (queue: string) =>
    partOf("event-source-mapping", `function/worker/trigger/${queue}`, parts).config;
  expect(mapping("tasks")).toEqual({
    functionName: { $ref: "function/worker", attribute: "name" },
    eventSourceArn: { $ref: "queue/tasks", attribute: "arn" },
    batchSize: 100,
    maximumBatchingWindowInSeconds: 1,
    functionResponseTypes: ["ReportBatchItemFailures"],
    enabledAtFirst: false,
  });
  expect(mapping("emails")).toMatchObject({
    batchSize: 10,
    maximumBatchingWindowInSeconds: 0,
    enabledAtFirst: true,
  });
});

test.each([
  // declared concurrency, batch size; batch size, invocations
  [3, 1, 1, 3],
  [2, 10, 1, 2],
  [10, 10, 5, 2],
  [100, 10, 10, 10],
  [5, 2, 2, 2],
  [5_000, 1, 1, 1_000],
])(
  "concurrency %d with batches of %d is %d messages in %d invocations",
  (declared, batch, size, most) => {
    const few = new alien.Queue("few").concurrency(declared).build();
    const worker = new alien.Function("worker").trigger(few, { batchSize: batch }).build();
    const { config } = partOf(
      "event-source-mapping",
      "function/worker/trigger/few",
      loweredOf(few, worker).parts,
    );
    expect([config.batchSize, config.maximumConcurrency]).toEqual([size, most]);
    expect(size * most).toBeLessThanOrEqual(declared);
  },
);

test("one handler at a time on a FIFO queue is one group of SQS, not a bound of Lambda's", () => {
  const one = new alien.Queue("one").fifo().concurrency(1).build();
  const worker = new alien.Function("worker").trigger(one).build();
  const { parts, bindings } = loweredOf(one, worker);
  const { config } = partOf("event-source-mapping", "function/worker/trigger/one", parts);
  expect(config.maximumConcurrency).toBeUndefined();
  expect(bindings.one).toMatchObject({ address: { oneGroup: true } });
  expect(loweredOf(one).bindings.one).not.toMatchObject({ address: { oneGroup: true } });
});

test("with HTTP a function has a URL that is open to all, by the two permissions that it takes", () => {
  const web = new alien.Function("web").http().build();
  const { parts } = loweredOf(web);
  expect(partOf("function-url", "function/web/url", parts).config).toEqual({
    functionName: { $ref: "function/web", attribute: "name" },
    authType: "NONE",
    invokeMode: "BUFFERED",
    permissions: [
      {
        statementId: "AlienUrl",
        action: "lambda:InvokeFunctionUrl",
        principal: "*",
        functionUrlAuthType: "NONE",
      },
      {
        statementId: "AlienUrlInvoke",
        action: "lambda:InvokeFunction",
        principal: "*",
        invokedViaFunctionUrl: true,
      },
    ],
  });
  expect(parts.filter(({ type }) => type === "ssm-parameter")).toEqual([]);
});

test("a secret is one parameter for all who ask for it, and its value is nowhere", () => {
  const functions = ["worker", "mailer"].map((id) =>
    new alien.Function(id).secret("SMTP_PASSWORD").build(),
  );
  const { parts } = loweredOf(...functions);
  expect(parts.filter(({ type }) => type === "ssm-parameter")).toEqual([
    {
      id: "secret/SMTP_PASSWORD",
      type: "ssm-parameter",
      name: "/alien/shop/dev/SMTP_PASSWORD",
      resource: "worker",
      config: {
        type: "SecureString",
        tier: "Standard",
        description: "The secret SMTP_PASSWORD of stack shop, stage dev.",
        firstValue: "placeholder",
      },
      known: {
        name: "/alien/shop/dev/SMTP_PASSWORD",
        arn: "arn:aws:ssm:eu-central-1:123456789012:parameter/alien/shop/dev/SMTP_PASSWORD",
      },
    },
  ]);
  const mailer = partOf("lambda-function", "function/mailer", parts);
  expect(mailer.config.environment.ALIEN_SECRETS).toBe(
    '{"SMTP_PASSWORD":"/alien/shop/dev/SMTP_PASSWORD"}',
  );
  expect(mailer.after).toContain("secret/SMTP_PASSWORD");
});

test("an endpoint is a function that posts the messages, signed with a secret that nobody has to set", () => {
  const billing = new alien.Endpoint("billing").url("https://billing.test/").trigger(tasks).build();
  const { parts } = loweredOf(tasks, billing);
  const { config } = partOf("lambda-function", "function/billing", parts);
  expect(JSON.parse(String(config.environment.ALIEN_FUNCTION))).toMatchObject({
    id: "billing",
    endpoint: { url: "https://billing.test/" },
  });
  expect(partOf("ssm-parameter", "secret/ALIEN_SIGNING_SECRET", parts).config.firstValue).toBe(
    "random",
  );
  expect(parts.map(({ id }) => id)).toContain("function/billing/trigger/tasks");
});

test("the sources of a function are its queues by their ARNs", () => {
  const orders = new alien.Queue("orders").fifo().build();
  const worker = new alien.Function("worker").trigger(tasks).trigger(orders).link(emails).build();
  const stack = stackOf(tasks, orders, emails, worker);
  expect(sources(stack, place, "worker")).toEqual({
    "arn:aws:sqs:eu-central-1:123456789012:shop-dev-tasks": "tasks",
    "arn:aws:sqs:eu-central-1:123456789012:shop-dev-orders.fifo": "orders",
  });
});

test("what a part refers to is among the parts, and every part has an id of its own", () => {
  const worker = new alien.Function("worker").http().trigger(tasks).link(emails, "operate").build();
  const { parts } = loweredOf(tasks, emails, worker);
  const ids = parts.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { config, after = [] } of parts) {
    const unknown: string[] = [];
    resolve(config, ({ $ref }) => {
      if (!ids.includes($ref)) unknown.push($ref);
      return "";
    });
    expect([...unknown, ...after.filter((id) => !ids.includes(id))]).toEqual([]);
  }
});

function shortly({ id, type, name }: { id: string; type: string; name: string }) {
  return [id, type, name];
}
