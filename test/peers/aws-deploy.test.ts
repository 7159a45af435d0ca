import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@alienplatform/bindings";
import { Function as AlienFunction, Queue, Stack, type StackData } from "@alienplatform/core";
import {
  type ApplyResult,
  applyPlan,
  destroyPlan,
  type Lowered,
  MemoryStateStore,
  observe,
  type Plan,
  plan,
  readState,
} from "@alienplatform/deploy";
import {
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { afterAll, expect, it, vi } from "vitest";
import { platform } from "../../packages/aws/src/deploy.ts";
import { connectTo, zipOf } from "./support/aws/deploying.ts";
import { startAws } from "./support/aws/start-aws.ts";

const { endpoint, region, proxy } = await startAws();
vi.stubEnv("AWS_ENDPOINT_URL", endpoint);
vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
const cloud = await connectTo("dev");
const lambda = new LambdaClient({ endpoint, region });
const directory = mkdtempSync(join(tmpdir(), "alien-aws-"));
afterAll(async () => {
  await cloud.close();
  rmSync(directory, { recursive: true });
});

const { signal } = new AbortController();
const waits = { clock: systemClock, signal, random: () => 0 };
const store = new MemoryStateStore();

function shop(timeout: `${number}s`, batchSize = 1): StackData {
  const tasks = new Queue("tasks").build();
  const orders = new Queue("orders").fifo().build();
  const worker = new AlienFunction("worker")
    .trigger(tasks, { batchSize })
    .trigger(orders)
    .link(orders, "send")
    .timeout(timeout)
    .secret("TOKEN")
    .http()
    .build();
  return new Stack("shop").add(tasks).add(orders).add(worker).build();
}

/** The code of the worker, in a file that its plan names. */
function codeOf(text: string) {
  const { bytes, sha256 } = zipOf(text);
  writeFileSync(join(directory, `${sha256}.zip`), bytes);
  return { worker: { sha256, bytes: bytes.length } };
}

async function planned(
  stack: StackData,
  text: string,
  change: (lowered: Lowered) => Lowered = (lowered) => lowered,
): Promise<Plan> {
  const code = codeOf(text);
  const { sha256 } = code.worker;
  const lowered = change(platform.lower(stack, cloud.place, code));
  const state = (await readState(store, signal))?.state;
  const reads = await observe(lowered.parts, state, cloud, waits);
  const artifacts = { [sha256]: `${sha256}.zip` };
  const { place, controllers } = cloud;
  return plan({ lowered, place, controllers, state, reads, artifacts });
}

async function applied(given: Plan): Promise<ApplyResult> {
  expect(given.problems).toEqual([]);
  const result = await applyPlan(given, { cloud, store, directory, owner: "a test", ...waits });
  expect(result.failed).toEqual([]);
  return result;
}

/** What a plan would do: "update lambda-function timeout". */
function workOf(given: Plan): readonly string[] {
  return given.steps
    .filter(({ action }) => action !== "none")
    .map(({ action, type, changes }) =>
      [action, type, ...changes.map(({ path, drift }) => (drift ? `${path} (drift)` : path))].join(
        " ",
      ),
    );
}

it("a stack is deployed, changed, paused, repaired and destroyed, and its plans say so", async () => {
  const first = await planned(shop("60s"), "export default 1");
  expect(workOf(first)).toHaveLength(first.steps.length);
  await applied(first);

  const from = proxy.calls.length;
  const again = await planned(shop("60s"), "export default 1");
  expect(workOf(again)).toEqual([]);
  const counts = proxy.counts(proxy.calls.slice(from));
  // One each, but for the role's policy and the URL's.
  expect(counts).toEqual({
    "sqs:GetQueueAttributes": 4,
    "iam:GetRole": 2,
    "iam:GetRolePolicy": 2,
    "logs:DescribeLogGroups": 1,
    "lambda:GetFunction": 1,
    "lambda:ListEventSourceMappings": 2,
    "lambda:GetFunctionUrlConfig": 1,
    "lambda:GetPolicy": 1,
    "ssm:DescribeParameters": 2,
    "dynamodb:DescribeTable": 1,
    "dynamodb:DescribeTimeToLive": 1,
    // The group, and what waits in it.
    "scheduler:GET": 2,
  });

  const changed = await planned(shop("90s"), "export default 2");
  expect(workOf(changed)).toEqual([
    "update sqs-queue visibilityTimeout",
    "update sqs-queue visibilityTimeout",
    "update lambda-function timeout code.sha256 environment.ALIEN_FUNCTION",
  ]);
  await applied(changed);

  const listed = await lambda.send(new ListEventSourceMappingsCommand({}));
  const [mapping] = listed.EventSourceMappings ?? [];
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID: mapping?.UUID, Enabled: false }));
  const FunctionName = "shop-dev-worker";
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, MemorySize: 128 }));
  const drifted = await planned(shop("90s"), "export default 2");
  expect(workOf(drifted)).toEqual(["update lambda-function memorySize (drift)"]);
  await applied(drifted);
  expect(workOf(await planned(shop("90s"), "export default 2"))).toEqual([]);

  // AWS changes no mapping while its queue lends for less than the function may take: the queue goes first.
  const before = proxy.calls.length;
  await applied(await planned(shop("900s", 2), "export default 2"));
  const counted = proxy.counts(proxy.calls.slice(before));
  expect(counted).toMatchObject({
    "sqs:SetQueueAttributes": 2,
    "lambda:UpdateFunctionConfiguration": 1,
    "lambda:UpdateEventSourceMapping": 1,
  });

  expect(await cloud.owned({ stack: "shop", stage: "dev" }, signal)).toHaveLength(14);
  const state = (await readState(store, signal))?.state;
  const reads = await observe([], state, cloud, waits);
  const { place, controllers } = cloud;
  await applied(destroyPlan({ place, controllers, state, reads }));
  expect(await cloud.owned({ stack: "shop", stage: "dev" }, signal)).toEqual([]);
});

/** What a stack became before stages had a table: no part of it, no right on it, no word of it in a binding. */
function withoutTable({ parts, bindings }: Lowered): Lowered {
  const plain = (text: string) => text.replace(/"table":"[^"]*",?/g, "");
  const before = parts.flatMap((part) => {
    if (part.type === "dynamodb-table") return [];
    const after = (part.after ?? []).filter((id) => id !== "state");
    const config = JSON.parse(plain(JSON.stringify(part.config)), (_, value) =>
      Array.isArray(value) ? value.filter(({ Sid }) => !/State$|Copies$/.test(String(Sid))) : value,
    );
    return [{ ...part, after, config }];
  });
  return { parts: before, bindings: JSON.parse(plain(JSON.stringify(bindings))) };
}

it("a stage that was deployed without a table gets one, and nothing is replaced for it", async () => {
  await applied(await planned(shop("60s"), "export default 1", withoutTable));
  const next = await planned(shop("60s"), "export default 1");
  expect(workOf(next)).toEqual([
    "create dynamodb-table",
    "update iam-role policy.TriggerCopies policy.TriggerState policy.SendState",
    "update lambda-function environment.ALIEN_TASKS_BINDING environment.ALIEN_ORDERS_BINDING",
  ]);
  await applied(next);
  expect(workOf(await planned(shop("60s"), "export default 1"))).toEqual([]);
});

/** What a stack became before FIFO queues had delays. */
function withoutDelays({ parts, bindings }: Lowered): Lowered {
  const plain = (text: string) => text.replace(/"scheduler":\{[^}]*\},?/g, "");
  const before = parts.flatMap((part) => {
    if (part.id.includes("/schedules")) return [];
    const after = (part.after ?? []).filter((id) => !id.includes("/schedules"));
    const config = JSON.parse(plain(JSON.stringify(part.config)), (_, value) =>
      Array.isArray(value) ? value.filter(({ Sid }) => !/Delay/.test(String(Sid))) : value,
    );
    return [{ ...part, after, config }];
  });
  return { parts: before, bindings: JSON.parse(plain(JSON.stringify(bindings))) };
}

it("a stage whose FIFO queues had no delay gets what keeps it, and nothing is replaced for it", async () => {
  await applied(await planned(shop("60s"), "export default 1", withoutDelays));
  const next = await planned(shop("60s"), "export default 1");
  expect(workOf(next)).toEqual([
    "create schedule-group",
    "create iam-role",
    "update iam-role policy.SendDelays policy.SendDelayRoles",
    "update lambda-function environment.ALIEN_ORDERS_BINDING",
  ]);
  await applied(next);
  expect(workOf(await planned(shop("60s"), "export default 1"))).toEqual([]);
});
