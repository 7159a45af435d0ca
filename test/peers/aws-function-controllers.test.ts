import {
  LambdaClient,
  RemovePermissionCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { beforeAll, describe, expect, it } from "vitest";
import { PUBLIC_URL } from "../../packages/aws/src/function/public-url.ts";
import type { PartConfigs } from "../../packages/aws/src/part-configs.ts";
import { type Fields, rewritten } from "./support/aws/aws-answer.ts";
import { artifactOf, DeployedPart, lines, writesOf } from "./support/aws/deploying.ts";
import { startControllers } from "./support/aws/start-controllers.ts";
import {
  account,
  functionConfig,
  queueArn,
  queueConfig,
  region,
  roleConfig,
} from "./support/aws/wanted.ts";

const { endpoint, proxy, cloud } = await startControllers();
const options = { region, endpoint };
const lambda = new LambdaClient(options);

async function newQueue(name: string): Promise<void> {
  await new DeployedPart(cloud, "sqs-queue", `queue/${name}`, name).apply(queueConfig);
}

/** A function, with its role of the same name. */
async function newFunction(name: string) {
  await new DeployedPart(cloud, "iam-role", `role/${name}`, name).apply(roleConfig);
  const part = new DeployedPart(cloud, "lambda-function", `function/${name}`, name);
  await part.apply(functionConfig(name));
  return part;
}

describe("a function", () => {
  const name = "shop-dev-worker-1";
  const part = new DeployedPart(cloud, "lambda-function", "function/worker", name);
  const config = functionConfig(name);
  beforeAll(async () => {
    await new DeployedPart(cloud, "iam-role", "role", name).apply(roleConfig);
  });

  it("is made from its zip and ready in the end, though its role is new", async () => {
    const writes = await writesOf(proxy, () => part.apply(config));
    // Lambda did not know the role at first.
    expect(writes).toEqual(["CreateFunction", "CreateFunction"]);
    expect(await part.read(config)).toMatchObject({
      id: `arn:aws:lambda:${region}:${account}:function:${name}`,
      owner: { stack: "shop", stage: "dev", part: "function/worker" },
      state: "ready",
    });
    expect(await part.changes(config)).toEqual([]);
  });

  it("is read in one call", async () => {
    await part.apply(config);
    const from = proxy.calls.length;
    await part.read(config);
    expect(proxy.calls.slice(from).map(({ action }) => action)).toEqual(["GetFunction"]);
  });

  it("gets new code and new settings in two calls, waiting in between", async () => {
    await part.apply(config);
    const next = { ...config, code: artifactOf("export default 2"), timeout: 120 };
    expect((await part.changes(next)).map(({ path }) => path)).toEqual(["timeout", "code.sha256"]);
    expect(await writesOf(proxy, () => part.apply(next))).toEqual([
      "UpdateFunctionConfiguration",
      "UpdateFunctionCode",
    ]);
    expect(await part.changes(next)).toEqual([]);
  });

  it("reserves concurrency and gives it back", async () => {
    const reserved = { ...config, reservedConcurrency: 7 };
    await part.apply(config);
    expect(await writesOf(proxy, () => part.apply(reserved))).toEqual(["PutFunctionConcurrency"]);
    expect(await part.changes(reserved)).toEqual([]);
    expect(await writesOf(proxy, () => part.apply(config))).toEqual(["DeleteFunctionConcurrency"]);
    expect(await part.changes(config)).toEqual([]);
  });

  it("loses a variable that somebody added, whose value nobody sees", async () => {
    await part.apply(config);
    await lambda.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: name,
        Environment: { Variables: { ...config.environment, LEVEL: "debug", PASSWORD: "hunter2" } },
      }),
    );
    expect(lines(await part.changes(config))).toContainEqual([
      "environment.LEVEL",
      "debug",
      "info",
    ]);
    expect(lines(await part.changes(config))).toContainEqual([
      "environment.PASSWORD",
      "(not shown)",
      undefined,
    ]);
    expect(JSON.stringify(await part.read(config))).not.toContain("hunter2");
    await part.apply(config);
    expect(await part.changes(config)).toEqual([]);
  });

  it("that is being changed by somebody else is waited for", async () => {
    await part.apply(config);
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: name, Timeout: 5 }));
    await part.apply(config);
    expect(await part.changes(config)).toEqual([]);
  });

  it("whose last change failed is changed once more", async () => {
    await part.apply(config);
    let failed = true;
    const mended = proxy.use(async (call, pass) => {
      if (call.action === "UpdateFunctionConfiguration") failed = false;
      const answer = await pass(call);
      if (call.action !== "GetFunction" || !failed) return answer;
      return rewritten(answer, ({ Configuration, ...rest }) => ({
        ...rest,
        // GetFunction's answer has one, which is an object.
        Configuration: { ...(Configuration as Fields), LastUpdateStatus: "Failed" },
      }));
    });
    expect((await part.changes(config)).map(({ path }) => path)).toEqual(["lastUpdate"]);
    await part.apply(config);
    expect(await part.changes(config)).toEqual([]);
    mended();
  });

  it("that is gone is gone, twice", async () => {
    const remote = await part.apply(config);
    await part.delete(config);
    expect(await part.read(config)).toBeUndefined();
    await part.controller.delete(part.context(config), remote);
  });
});

describe("an event source mapping", () => {
  const [worker, tasks] = ["shop-dev-mapped", "shop-dev-mapped-tasks"];
  const part = new DeployedPart(
    cloud,
    "event-source-mapping",
    "function/worker/mapping/tasks",
    `${worker}/${tasks}`,
  );
  const config: PartConfigs["event-source-mapping"] = {
    functionName: worker,
    eventSourceArn: queueArn(tasks),
    batchSize: 1,
    maximumBatchingWindowInSeconds: 0,
    maximumConcurrency: 5,
    functionResponseTypes: ["ReportBatchItemFailures"],
    enabledAtFirst: true,
  };
  beforeAll(async () => {
    await newQueue(tasks);
    await newQueue(`${tasks}-2`);
    await newFunction(worker);
  });

  it("is made once, with its marks, and is on when that is done", async () => {
    const other = { ...config, eventSourceArn: queueArn(`${tasks}-2`) };
    await new DeployedPart(cloud, "event-source-mapping", "other", `${worker}/${tasks}-2`).apply(
      other,
    );
    expect(await part.read(config)).toBeUndefined();
    await part.apply(config);
    part.remembered = undefined;
    expect(await part.read(config)).toMatchObject({
      owner: { stack: "shop", stage: "dev", part: "function/worker/mapping/tasks" },
      enabled: true,
    });
    expect(await writesOf(proxy, () => part.apply(config))).toEqual([]);
  });

  it("stays paused, which is no difference", async () => {
    const { attributes } = await part.apply(config);
    await lambda.send(
      new UpdateEventSourceMappingCommand({ UUID: attributes.uuid, Enabled: false }),
    );
    expect(await part.changes(config)).toEqual([]);
    await part.apply({ ...config, batchSize: 5 });
    expect(await part.read(config)).toMatchObject({ enabled: false });
    await lambda.send(
      new UpdateEventSourceMappingCommand({ UUID: attributes.uuid, Enabled: true }),
    );
    await part.apply(config);
  });

  it("gets its settings back, and loses its bound where none is wanted", async () => {
    const { attributes } = await part.apply(config);
    await lambda.send(
      new UpdateEventSourceMappingCommand({ UUID: attributes.uuid, FunctionResponseTypes: [] }),
    );
    expect(lines(await part.changes(config))).toEqual([
      ["functionResponseTypes", [], ["ReportBatchItemFailures"]],
    ]);
    const { maximumConcurrency, ...unbounded } = config;
    await part.apply(unbounded);
    expect(await part.changes(unbounded)).toEqual([]);
  });

  it("is replaced where it is to be of another queue", async () => {
    await part.apply(config);
    const [change] = await part.changes({ ...config, eventSourceArn: queueArn("other") });
    expect(change).toMatchObject({ path: "eventSourceArn", replaces: expect.any(String) });
  });

  it("is made paused where it is to begin so", async () => {
    await part.delete(config);
    await part.apply({ ...config, enabledAtFirst: false });
    expect(await part.read(config)).toMatchObject({ enabled: false });
  });

  it("that is gone is gone, twice", async () => {
    const remote = await part.apply(config);
    await part.delete(config);
    expect(await part.read(config)).toBeUndefined();
    await part.controller.delete(part.context(config), remote);
  });
});

describe("a function's URL", () => {
  const name = "shop-dev-web";
  const part = new DeployedPart(cloud, "function-url", "function/web/url", name);
  const config: PartConfigs["function-url"] = { functionName: name, ...PUBLIC_URL };
  beforeAll(async () => {
    await newFunction(name);
  });

  it("is made with both permissions, and is whose the function is", async () => {
    expect(await writesOf(proxy, () => part.apply(config))).toEqual([
      "CreateFunctionUrlConfig",
      "AddPermission",
      "AddPermission",
    ]);
    part.remembered = undefined;
    expect(await part.read(config)).toMatchObject({
      owner: { stack: "shop", stage: "dev", part: "function/web/url" },
      attributes: { url: expect.stringMatching(/^https:/) },
    });
    expect(await part.changes(config)).toEqual([]);
  });

  it("gets a permission back that somebody took", async () => {
    await part.apply(config);
    await lambda.send(
      new RemovePermissionCommand({ FunctionName: name, StatementId: "AlienUrlInvoke" }),
    );
    expect((await part.changes(config)).map(({ path }) => path)).toEqual([
      "permissions.AlienUrlInvoke",
    ]);
    expect(await writesOf(proxy, () => part.apply(config))).toEqual(["AddPermission"]);
  });

  it("that is gone is gone, permissions and all, twice", async () => {
    const remote = await part.apply(config);
    await part.delete(config);
    expect(await part.read(config)).toBeUndefined();
    await part.controller.delete(part.context(config), remote);
    expect(await writesOf(proxy, () => part.apply(config))).toEqual([
      "CreateFunctionUrlConfig",
      "AddPermission",
      "AddPermission",
    ]);
  });
});
