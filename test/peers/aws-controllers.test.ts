import { CloudWatchLogsClient, PutRetentionPolicyCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  DynamoDBClient,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { SendMessageCommand, SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { describe, expect, it } from "vitest";
import type { PartConfigs } from "../../packages/aws/src/part-configs.ts";
import { connectTo, DeployedPart, lines, writesOf } from "./support/aws/deploying.ts";
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
const sqs = new SQSClient(options);
const iam = new IAMClient(options);
const logs = new CloudWatchLogsClient(options);
const ssm = new SSMClient(options);

describe("an SQS queue", () => {
  const dead = new DeployedPart(cloud, "sqs-queue", "queue/tasks/dead", "shop-dev-tasks-dead");
  const part = new DeployedPart(cloud, "sqs-queue", "queue/tasks", "shop-dev-tasks");
  const deadConfig: PartConfigs["sqs-queue"] = {
    ...queueConfig,
    messageRetentionPeriod: 1_209_600,
    redriveAllowPolicy: { redrivePermission: "byQueue", sourceQueueArns: [queueArn(part.name)] },
  };
  const config: PartConfigs["sqs-queue"] = {
    ...queueConfig,
    redrivePolicy: { deadLetterTargetArn: queueArn(dead.name), maxReceiveCount: 1_000 },
  };

  it("is made in one call, with all its settings and its marks", async () => {
    await dead.apply(deadConfig);
    const writes = await writesOf(proxy, () => part.apply(config));
    expect(writes).toEqual(["CreateQueue"]);
    part.remembered = undefined;
    expect(await part.read(config)).toMatchObject({
      id: queueArn(part.name),
      owner: { stack: "shop", stage: "dev", part: "queue/tasks" },
      attributes: { arn: queueArn(part.name), url: `${endpoint}/${account}/${part.name}` },
    });
    expect(await part.changes(config)).toEqual([]);
    expect(await dead.changes(deadConfig)).toEqual([]);
  });

  it("is read in one call where the state remembers it", async () => {
    await part.apply(config);
    const from = proxy.calls.length;
    await part.read(config);
    expect(proxy.calls.slice(from).map(({ action }) => action)).toEqual(["GetQueueAttributes"]);
  });

  it("gets what somebody changed set again, and nothing else", async () => {
    const { attributes } = await part.apply(config);
    await sqs.send(
      new SetQueueAttributesCommand({
        QueueUrl: attributes.url,
        Attributes: { VisibilityTimeout: "5", RedrivePolicy: "" },
      }),
    );
    expect(lines(await part.changes(config))).toEqual([
      ["visibilityTimeout", 5, 360],
      ["redrivePolicy", undefined, config.redrivePolicy],
    ]);
    expect(await writesOf(proxy, () => part.apply(config))).toEqual(["SetQueueAttributes"]);
    expect(await part.changes(config)).toEqual([]);
  });

  it("loses what is not wanted any more", async () => {
    await part.apply(config);
    await part.apply(queueConfig);
    expect(await part.changes(queueConfig)).toEqual([]);
    await dead.apply(queueConfig);
    expect(await dead.changes(queueConfig)).toEqual([]);
  });

  it("says how many messages it holds", async () => {
    const { attributes } = await part.apply(config);
    for (const MessageBody of ["1", "2"]) {
      await sqs.send(new SendMessageCommand({ QueueUrl: attributes.url, MessageBody }));
    }
    expect((await part.read(config))?.holds).toBe("about 2 messages");
  });

  it("is replaced where it is to be FIFO", async () => {
    await part.apply(config);
    const [change] = await part.changes({ ...config, fifoQueue: true });
    expect(change).toMatchObject({ path: "fifoQueue", replaces: expect.stringContaining("FIFO") });
  });

  it("is made FIFO with groups of their own", async () => {
    const fifo = new DeployedPart(cloud, "sqs-queue", "queue/orders", "shop-dev-orders.fifo");
    const fifoConfig: PartConfigs["sqs-queue"] = {
      ...queueConfig,
      fifoQueue: true,
      deduplicationScope: "messageGroup",
      fifoThroughputLimit: "perMessageGroupId",
    };
    await fifo.apply(fifoConfig);
    expect(await fifo.changes(fifoConfig)).toEqual([]);
  });

  it("of somebody else tells whose it is, and can become ours", async () => {
    const theirs = new DeployedPart(cloud, "sqs-queue", "queue/theirs", "shop-dev-theirs");
    await theirs.apply(queueConfig);
    const ours = new DeployedPart(cloud, "sqs-queue", "queue/ours", theirs.name);
    const remote = await ours.read(queueConfig);
    expect(remote?.owner).toEqual({ stack: "shop", stage: "dev", part: "queue/theirs" });
    if (remote === undefined) return;
    const context = ours.context(queueConfig);
    await ours.controller.update(context, queueConfig, remote, [{ path: "owner" }]);
    expect((await ours.read(queueConfig))?.owner).toEqual(context.owner);
  });

  it("that is gone is gone, twice", async () => {
    const remote = await part.apply(config);
    await part.delete(config);
    expect(await part.read(config)).toBeUndefined();
    await part.controller.delete(part.context(config), remote);
  });
});

describe("a role", () => {
  const part = new DeployedPart(cloud, "iam-role", "function/worker/role", "shop-dev-worker");

  it("is made with its policy and its marks", async () => {
    expect(await writesOf(proxy, () => part.apply(roleConfig))).toEqual([
      "CreateRole",
      "PutRolePolicy",
    ]);
    expect(await part.read(roleConfig)).toMatchObject({
      id: `arn:aws:iam::${account}:role${roleConfig.path}${part.name}`,
      owner: { stack: "shop", stage: "dev", part: "function/worker/role" },
    });
    expect(await part.changes(roleConfig)).toEqual([]);
  });

  it("names the statement that somebody changed, and gets it back", async () => {
    await part.apply(roleConfig);
    const open = { Effect: "Allow", Action: "*", Resource: "*" };
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: part.name,
        PolicyName: "alien",
        PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: open }),
      }),
    );
    const { Sid, ...receive } = roleConfig.policy.Statement[0] ?? {};
    expect(lines(await part.changes(roleConfig))).toEqual([
      [`policy.${Sid}`, undefined, receive],
      ["policy.statement 1", open, undefined],
    ]);
    expect(await writesOf(proxy, () => part.apply(roleConfig))).toEqual(["PutRolePolicy"]);
    expect(await part.changes(roleConfig)).toEqual([]);
  });

  it("changes its trust and its description in place, its path not", async () => {
    await part.apply(roleConfig);
    const [statement] = roleConfig.assumeRolePolicy.Statement;
    const changed: PartConfigs["iam-role"] = {
      ...roleConfig,
      description: "Of another one",
      assumeRolePolicy: {
        Version: "2012-10-17",
        Statement: statement
          ? [{ ...statement, Condition: { StringEquals: { "aws:SourceAccount": account } } }]
          : [],
      },
    };
    expect(await writesOf(proxy, () => part.apply(changed))).toEqual([
      "UpdateRole",
      "UpdateAssumeRolePolicy",
    ]);
    expect(await part.changes(changed)).toEqual([]);
    const [moved] = await part.changes({ ...changed, path: "/alien/shop/test/" });
    expect(moved).toMatchObject({ path: "path", replaces: expect.any(String) });
  });

  it("is deleted with what somebody attached to it", async () => {
    const remote = await part.apply(roleConfig);
    const { Policy } = await iam.send(
      new CreatePolicyCommand({
        PolicyName: "theirs",
        PolicyDocument: JSON.stringify(roleConfig.policy),
      }),
    );
    await iam.send(new AttachRolePolicyCommand({ RoleName: part.name, PolicyArn: Policy?.Arn }));
    await part.delete(roleConfig);
    expect(await part.read(roleConfig)).toBeUndefined();
    await part.controller.delete(part.context(roleConfig), remote);
  });
});

describe("a log group", () => {
  const part = new DeployedPart(
    cloud,
    "log-group",
    "function/worker/logs",
    "/aws/lambda/shop-worker",
  );
  const config = { retentionInDays: 30 };

  it("is made with its marks, and gets its retention back", async () => {
    // One whose name begins with its own is another one.
    await new DeployedPart(cloud, "log-group", "other", `${part.name}-2`).apply(config);
    expect(await part.read(config)).toBeUndefined();
    await part.apply(config);
    part.remembered = undefined;
    expect(await part.read(config)).toMatchObject({
      id: `arn:aws:logs:${region}:${account}:log-group:${part.name}`,
      owner: { stack: "shop", stage: "dev", part: "function/worker/logs" },
    });
    await logs.send(new PutRetentionPolicyCommand({ logGroupName: part.name, retentionInDays: 1 }));
    expect(lines(await part.changes(config))).toEqual([["retentionInDays", 1, 30]]);
    await part.apply(config);
    expect(await part.changes(config)).toEqual([]);
  });

  it("that is gone is gone, twice", async () => {
    const remote = await part.apply(config);
    await part.delete(config);
    expect(await part.read(config)).toBeUndefined();
    await part.controller.delete(part.context(config), remote);
  });
});

describe("a table", () => {
  const dynamodb = new DynamoDBClient(options);
  const part = new DeployedPart(cloud, "dynamodb-table", "table", "shop-dev-state");
  const { name: TableName } = part;
  const config = {
    billingMode: "PAY_PER_REQUEST",
    partitionKey: "pk",
    sortKey: "sk",
    timeToLive: "rm",
  } as const;

  it("is made with its marks, and then told what to remove by", async () => {
    const writes = await writesOf(proxy, () => part.apply(config));
    expect(writes).toEqual(["CreateTable", "UpdateTimeToLive"]);
    part.remembered = undefined;
    expect(await part.read(config)).toMatchObject({
      id: `arn:aws:dynamodb:${region}:${account}:table/${TableName}`,
      owner: { stack: "shop", stage: "dev", part: "table" },
    });
    expect(await part.changes(config)).toEqual([]);
  });

  it("gets back what somebody has switched off, and is paid by the request again", async () => {
    await dynamodb.send(
      new UpdateTimeToLiveCommand({
        TableName,
        TimeToLiveSpecification: { AttributeName: "rm", Enabled: false },
      }),
    );
    await dynamodb.send(
      new UpdateTableCommand({
        TableName,
        BillingMode: "PROVISIONED",
        ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
      }),
    );
    expect(lines(await part.changes(config))).toEqual([
      ["billingMode", "PROVISIONED", "PAY_PER_REQUEST"],
      ["timeToLive", undefined, "rm"],
    ]);
    await part.apply(config);
    expect(await part.changes(config)).toEqual([]);
  });

  it("that is gone is gone, twice", async () => {
    const remote = await part.apply(config);
    await part.delete(config);
    expect(await part.read(config)).toBeUndefined();
    await part.controller.delete(part.context(config), remote);
    dynamodb.destroy();
  });
});

describe("a secret's parameter", () => {
  const part = new DeployedPart(cloud, "ssm-parameter", "secret/TOKEN", "/alien/shop/dev/TOKEN");
  const config: PartConfigs["ssm-parameter"] = {
    type: "SecureString",
    tier: "Standard",
    description: "Of the stage dev",
    firstValue: "placeholder",
  };
  const value = async () => {
    const command = new GetParameterCommand({ Name: part.name, WithDecryption: true });
    return (await ssm.send(command)).Parameter?.Value;
  };

  it("is made with a value of no meaning, and its own one is never read nor written", async () => {
    await part.apply(config);
    expect(await value()).toBe("alien:not-set");
    await ssm.send(new PutParameterCommand({ Name: part.name, Value: "s3cret", Overwrite: true }));
    const from = proxy.calls.length;
    await part.apply({ ...config, description: "another" });
    expect(proxy.calls.slice(from).map(({ action }) => action)).toEqual(["DescribeParameters"]);
    expect(await value()).toBe("s3cret");
  });

  it("holds a value once somebody has set one, and none before", async () => {
    const own = new DeployedPart(cloud, "ssm-parameter", "secret/OWN", "/alien/shop/dev/OWN");
    await own.apply(config);
    expect(await own.read(config)).not.toHaveProperty("holds");
    await ssm.send(new PutParameterCommand({ Name: own.name, Value: "s3cret", Overwrite: true }));
    expect(await own.read(config)).toMatchObject({ holds: "its value" });
    await own.delete(config);
  });

  it("begins as something unguessable where that is wanted", async () => {
    const random = new DeployedPart(cloud, "ssm-parameter", "secret/KEY", "/alien/shop/dev/KEY");
    await random.apply({ ...config, firstValue: "random" });
    const command = new GetParameterCommand({ Name: random.name, WithDecryption: true });
    expect((await ssm.send(command)).Parameter?.Value).toMatch(/^[\w-]{43}$/);
  });

  it("that is gone is gone, twice", async () => {
    const remote = await part.apply(config);
    await part.delete(config);
    expect(await part.read(config)).toBeUndefined();
    await part.controller.delete(part.context(config), remote);
  });
});

describe("what a stage owns", () => {
  it("is found by tags, paths and mappings, and not what another stage owns", async () => {
    const other = await connectTo("test");
    const stage = { stack: "shop", stage: "owned" };
    const owned = await connectTo("owned");
    const begins = "shop-owned";
    await new DeployedPart(other, "sqs-queue", "queue/t", "shop-test-t").apply(queueConfig);
    await new DeployedPart(owned, "sqs-queue", "queue/t", `${begins}-t`).apply(queueConfig);
    const path = `/alien/shop/owned/${region}/`;
    await new DeployedPart(owned, "iam-role", "role", `${begins}-w`).apply({ ...roleConfig, path });
    const config = {
      ...functionConfig("x"),
      role: `arn:aws:iam::${account}:role${path}${begins}-w`,
    };
    await new DeployedPart(owned, "lambda-function", "function/w", `${begins}-w`).apply(config);
    const mapping = new DeployedPart(
      owned,
      "event-source-mapping",
      "map",
      `${begins}-w/${begins}-t`,
    );
    const { id } = await mapping.apply({
      functionName: `${begins}-w`,
      eventSourceArn: queueArn(`${begins}-t`),
      batchSize: 1,
      maximumBatchingWindowInSeconds: 0,
      functionResponseTypes: ["ReportBatchItemFailures"],
      enabledAtFirst: true,
    });
    const found = await owned.owned(stage, new AbortController().signal);
    expect([...found].sort()).toEqual(
      [
        id,
        queueArn(`${begins}-t`),
        config.role,
        `arn:aws:lambda:${region}:${account}:function:${begins}-w`,
      ].sort(),
    );
    await Promise.all([other.close(), owned.close()]);
  });
});
