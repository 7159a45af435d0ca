import { fileURLToPath } from "node:url";
import { queue } from "@alienplatform/sdk";
import { operate } from "@alienplatform/sdk/operate";
import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  BatchGetItemCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import {
  CreateRoleCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListRolesCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import {
  DeleteFunctionCommand,
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
} from "@aws-sdk/client-lambda";
import { ListBucketsCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
  TagQueueCommand,
  UntagQueueCommand,
} from "@aws-sdk/client-sqs";
import {
  DescribeParametersCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { STSClient } from "@aws-sdk/client-sts";
import { afterAll, expect, it, vi } from "vitest";
import { deployStage } from "./support/aws/deploy-stage.ts";
import { connectTo } from "./support/aws/deploying.ts";
import { BATCHES, enforceIam, newAdministrator } from "./support/aws/iam-enforcement.ts";
import { LambdaHost } from "./support/aws/lambda-host.ts";
import { type RoleCredentials, RolesAssumed } from "./support/aws/role-credentials.ts";
import { startAws } from "./support/aws/start-aws.ts";

const aws = await startAws();
const { endpoint, region, accountId } = aws;
const anybody = { endpoint, region, credentials: { accessKeyId: "x", secretAccessKey: "x" } };
const administrator = await newAdministrator(new IAMClient(anybody));
const iam = new IAMClient({ ...anybody, credentials: administrator });
vi.stubEnv("AWS_ENDPOINT_URL", endpoint);
act(administrator);

/** This process is somebody else from now on. */
function act(as: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }): void {
  vi.stubEnv("AWS_ACCESS_KEY_ID", as.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", as.secretAccessKey);
  vi.stubEnv("AWS_SESSION_TOKEN", as.sessionToken);
}

const cloud = await connectTo("dev", region, "rights");
afterAll(() => cloud.close());
const file = fileURLToPath(new URL("./aws-rights/alien.ts", import.meta.url));
const { bindings } = await deployStage(file, cloud);
for (const [id, binding] of Object.entries(bindings)) {
  vi.stubEnv(`ALIEN_${id.toUpperCase()}_BINDING`, JSON.stringify(binding));
}
const host = new LambdaHost(aws, { credentials: administrator });
await host.followed();

const functions = ["worker", "auditor", "janitor"] as const;
const sts = new STSClient({ ...anybody, credentials: administrator });
const roles = new RolesAssumed(sts);
const credentials = new Map<string, RoleCredentials>();
for (const id of functions) {
  const name = `rights-dev-${id}-${region}`;
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: name }));
  credentials.set(id, await roles.of(Role?.Arn ?? ""));
  await allowOnMoto(name);
}
await enforceIam(aws.moto);

/** Of a function. */
function roleOf(id: string): RoleCredentials {
  const known = credentials.get(id);
  if (known === undefined) throw new Error(`${id} has no role`);
  return known;
}

/** Moto's own exceptions: who may do something may do it by the batch; and of a table it asks for rights on "*". */
async function allowOnMoto(RoleName: string): Promise<void> {
  const command = new GetRolePolicyCommand({ RoleName, PolicyName: "alien" });
  const { PolicyDocument = "" } = await iam.send(command);
  const policy = JSON.parse(decodeURIComponent(PolicyDocument));
  const Statement = policy.Statement.flatMap((statement: { Action: string[] }) => {
    if (statement.Action.some((action) => action.startsWith("dynamodb:"))) {
      expect(statement).toMatchObject({
        Resource: [expect.stringMatching(/:table\/rights-dev-state$/)],
      });
      return [{ ...statement, Resource: ["*"] }];
    }
    const Action = statement.Action.flatMap((action) => BATCHES[action] ?? []);
    return Action.length === 0 ? [] : [{ ...statement, Action }];
  });
  if (Statement.length === 0) return;
  await iam.send(
    new PutRolePolicyCommand({
      RoleName,
      PolicyName: "moto",
      PolicyDocument: JSON.stringify({ ...policy, Statement }),
    }),
  );
}

/** Whether AWS lets it happen; how it fails otherwise is no matter. */
async function allowed(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { $metadata } = error as { $metadata?: { httpStatusCode?: number } }; // of the SDK
    if ($metadata?.httpStatusCode === undefined) throw error;
    // A purge that follows another too soon is answered 403, too.
    const denied = error.name.startsWith("AccessDenied");
    if (denied) expect($metadata.httpStatusCode).toBe(403);
    return !denied;
  }
}

const Id = "1";
const ReceiptHandle = "none";
const QUEUE_CALLS: Readonly<
  Record<string, (sqs: SQSClient, QueueUrl: string) => Promise<unknown>>
> = {
  ReceiveMessage: (sqs, QueueUrl) =>
    sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 0 })),
  DeleteMessage: (sqs, QueueUrl) => sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle })),
  DeleteMessageBatch: (sqs, QueueUrl) =>
    sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: [{ Id, ReceiptHandle }] })),
  ChangeMessageVisibility: (sqs, QueueUrl) =>
    sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 1 })),
  ChangeMessageVisibilityBatch: (sqs, QueueUrl) =>
    sqs.send(
      new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries: [{ Id, ReceiptHandle }] }),
    ),
  GetQueueAttributes: (sqs, QueueUrl) =>
    sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] })),
  SendMessage: (sqs, QueueUrl) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "{}" })),
  SendMessageBatch: (sqs, QueueUrl) =>
    sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id, MessageBody: "{}" }] })),
  PurgeQueue: (sqs, QueueUrl) => sqs.send(new PurgeQueueCommand({ QueueUrl })),
  SetQueueAttributes: (sqs, QueueUrl) =>
    sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { DelaySeconds: "0" } })),
  TagQueue: (sqs, QueueUrl) => sqs.send(new TagQueueCommand({ QueueUrl, Tags: { a: "b" } })),
  UntagQueue: (sqs, QueueUrl) => sqs.send(new UntagQueueCommand({ QueueUrl, TagKeys: ["a"] })),
  ListQueueTags: (sqs, QueueUrl) => sqs.send(new ListQueueTagsCommand({ QueueUrl })),
  DeleteQueue: (sqs, QueueUrl) => sqs.send(new DeleteQueueCommand({ QueueUrl })),
};

const SETTLE = [
  "DeleteMessage",
  "DeleteMessageBatch",
  "ChangeMessageVisibility",
  "ChangeMessageVisibilityBatch",
];
const SEND = ["SendMessage", "SendMessageBatch"];

/** What each may do, by queue. */
const RIGHTS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  worker: {
    // What is put off is sent again.
    orders: ["ReceiveMessage", ...SETTLE, "GetQueueAttributes", ...SEND],
    "orders-dead": SEND,
    receipts: SEND,
  },
  auditor: { archive: ["ReceiveMessage", ...SETTLE, ...SEND], "archive-dead": SEND },
  janitor: {
    letters: ["GetQueueAttributes", ...SEND, "PurgeQueue"],
    "letters-dead": ["ReceiveMessage", ...SETTLE, "GetQueueAttributes", ...SEND],
  },
};

/** What each may do with the state table. */
const TABLE_RIGHTS: Readonly<Record<string, readonly string[]>> = {
  worker: ["GetItem", "PutItem", "DeleteItem"],
  auditor: ["GetItem", "PutItem", "DeleteItem"],
  janitor: ["GetItem", "PutItem", "Query"],
};

const TableName = "rights-dev-state";
const Key = { pk: { S: "mine" }, sk: { S: "mine" } };
const KeyConditionExpression = "pk = :pk";
const ExpressionAttributeValues = { ":pk": { S: "mine" } };
const TABLE_CALLS: Readonly<Record<string, (dynamodb: DynamoDBClient) => Promise<unknown>>> = {
  GetItem: (dynamodb) => dynamodb.send(new GetItemCommand({ TableName, Key })),
  PutItem: (dynamodb) => dynamodb.send(new PutItemCommand({ TableName, Item: Key })),
  DeleteItem: (dynamodb) => dynamodb.send(new DeleteItemCommand({ TableName, Key })),
  UpdateItem: (dynamodb) => dynamodb.send(new UpdateItemCommand({ TableName, Key })),
  Query: (dynamodb) =>
    dynamodb.send(
      new QueryCommand({ TableName, KeyConditionExpression, ExpressionAttributeValues }),
    ),
  Scan: (dynamodb) => dynamodb.send(new ScanCommand({ TableName })),
  BatchGetItem: (dynamodb) =>
    dynamodb.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [Key] } } })),
  DescribeTable: (dynamodb) => dynamodb.send(new DescribeTableCommand({ TableName })),
  ListTables: (dynamodb) => dynamodb.send(new ListTablesCommand({})),
  DeleteTable: (dynamodb) => dynamodb.send(new DeleteTableCommand({ TableName })),
};

/** What somebody with these credentials does with a queue; all that it opens is closed again. */
async function using<T>(
  as: typeof administrator,
  name: string,
  work: (opened: Awaited<ReturnType<typeof queue>>) => Promise<T>,
): Promise<T> {
  act(as);
  const opened = await queue(name);
  try {
    return await work(opened);
  } finally {
    await opened.close();
    act(administrator);
  }
}

it("a worker takes its orders, sends receipts, and its dead letters go where they belong", async () => {
  await using(administrator, "orders", async (orders) => {
    const once = { idempotencyKey: "1", concurrency: { key: "desk", limit: 1 } };
    const first = await orders.send({ number: 1, how: "good" }, once);
    const again = await orders.send({ number: 1, how: "good" }, once);
    expect(again).toEqual({ id: first.id, deduplicated: true });
    await orders.send({ number: 2, how: "bad" });
    await orders.send({ number: 3, how: "dead" });
  });
  await host.handled((batches) => batches.flatMap(({ deleted }) => deleted).length === 3);
  expect(host.batches.flatMap(({ error }) => error ?? [])).toEqual([]);
  const receipts = await using(administrator, "receipts", (each) => each.receive(10));
  expect(receipts.map(({ payload }) => payload)).toEqual([{ order: 1 }]);
  const jobs = await operate("orders").jobs.list();
  expect(jobs.map(({ status }) => status)).toEqual(["DEAD", "DEAD", "SUCCEEDED"]);
  const dead = await operate("orders").dead.list();
  expect(dead.map(({ attempts, error }) => [attempts, error.message]).sort()).toEqual([
    [1, "order 3 is dead"],
    [2, "order 2 is bad"],
  ]);
});

it("an auditor receives, extends, gives back, acknowledges and buries", async () => {
  await using(administrator, "archive", (archive) =>
    archive.sendBatch([{ payload: "one" }, { payload: "two" }]),
  );
  await using(roleOf("auditor"), "archive", async (archive) => {
    const [first, second] = await archive.receive(2, { wait: "5s" });
    if (first === undefined || second === undefined) throw new Error("archive has fewer than two");
    await archive.extend(first, "1m");
    await archive.ack(first);
    await archive.nack(second);
    const [again] = await archive.receive(1, { wait: "5s" });
    if (again === undefined) throw new Error("archive has nothing more");
    expect(again.attempt).toBe(2);
    await archive.deadLetter(again, "unreadable");
  });
  expect(await operate("archive").dead.list()).toHaveLength(1);
});

it("a janitor counts, redrives, discards and purges", async () => {
  await using(administrator, "letters", async (letters) => {
    await letters.sendBatch([{ payload: "one" }, { payload: "two" }]);
    for (const letter of await letters.receive(2, { wait: "5s" })) {
      await letters.deadLetter(letter, "no address");
    }
  });
  act(roleOf("janitor"));
  const letters = operate("letters");
  expect(await letters.stats()).toMatchObject({ ready: 0, dead: 2 });
  const [first, second] = await letters.dead.list();
  await letters.dead.redrive([first?.id ?? ""]);
  await letters.dead.discard([second?.id ?? ""]);
  expect(await letters.stats()).toMatchObject({ ready: 1, dead: 0 });
  await letters.purge();
  expect((await letters.jobs.list()).map(({ status }) => status)).toEqual(["FAILED", "CANCELLED"]);
  expect(await letters.stats()).toMatchObject({ ready: 0, dead: 0 });
  await letters.close();
  act(administrator);
});

it.each(functions)("the %s can do no other thing with any queue", async (id) => {
  const sqs = new SQSClient({ endpoint, region, credentials: roleOf(id), maxAttempts: 1 });
  const names = ["orders", "receipts", "archive", "letters"].flatMap((name) => [
    name,
    `${name}-dead`,
  ]);
  const may: Record<string, readonly string[]> = {};
  for (const name of names) {
    const url = `${endpoint}/${accountId}/rights-dev-${name}`;
    const can: string[] = [];
    for (const [action, call] of Object.entries(QUEUE_CALLS)) {
      if (await allowed(call(sqs, url))) can.push(action);
    }
    if (can.length > 0) may[name] = can.sort();
  }
  const wanted = Object.entries(RIGHTS[id] ?? {}).map(([name, actions]) => [
    name,
    [...actions].sort(),
  ]);
  expect(may).toEqual(Object.fromEntries(wanted));
});

it.each(functions)("the %s can do its own with the state table, and no more", async (id) => {
  const options = { endpoint, region, credentials: roleOf(id), maxAttempts: 1 };
  const dynamodb = new DynamoDBClient(options);
  const can: string[] = [];
  for (const [action, call] of Object.entries(TABLE_CALLS)) {
    if (await allowed(call(dynamodb))) can.push(action);
  }
  expect(can).toEqual(TABLE_RIGHTS[id]);
});

it.each(functions)("the %s can do nothing else in the account", async (id) => {
  const options = { endpoint, region, credentials: roleOf(id), maxAttempts: 1 };
  const [sqs, role, lambda] = [
    new SQSClient(options),
    new IAMClient(options),
    new LambdaClient(options),
  ];
  const [logs, ssm] = [new CloudWatchLogsClient(options), new SSMClient(options)];
  const s3 = new S3Client({ ...options, forcePathStyle: true });
  const [RoleName, FunctionName] = [`rights-dev-${id}-${region}`, `rights-dev-${id}`];
  const Name = "/alien/rights/dev/TOKEN";
  const may = await Promise.all(
    [
      sqs.send(new ListQueuesCommand({})),
      sqs.send(new CreateQueueCommand({ QueueName: "mine" })),
      role.send(new ListRolesCommand({})),
      role.send(new CreateRoleCommand({ RoleName: "mine", AssumeRolePolicyDocument: "{}" })),
      role.send(new PutRolePolicyCommand({ RoleName, PolicyName: "all", PolicyDocument: "{}" })),
      role.send(new GetRolePolicyCommand({ RoleName, PolicyName: "alien" })),
      lambda.send(new GetFunctionCommand({ FunctionName })),
      lambda.send(new InvokeCommand({ FunctionName })),
      lambda.send(new DeleteFunctionCommand({ FunctionName })),
      lambda.send(new ListEventSourceMappingsCommand({})),
      logs.send(new DescribeLogGroupsCommand({})),
      ssm.send(new DescribeParametersCommand({})),
      ssm.send(new PutParameterCommand({ Name, Value: "mine", Overwrite: true })),
      s3.send(new ListBucketsCommand({})),
      s3.send(new PutObjectCommand({ Bucket: "mine", Key: "mine", Body: "mine" })),
    ].map(allowed),
  );
  expect(may).toEqual(may.map(() => false));
});

// Moto asks whether these are allowed on "*", and ours are allowed on one resource: what AWS would allow it refuses.
it("moto refuses what is allowed on the ARN of a log group or a parameter alone", async () => {
  const options = { endpoint, region, credentials: roleOf("auditor"), maxAttempts: 1 };
  const logGroupName = "/aws/lambda/rights-dev-auditor";
  const stream = new CreateLogStreamCommand({ logGroupName, logStreamName: "mine" });
  expect(await allowed(new CloudWatchLogsClient(options).send(stream))).toBe(false);
  const read = new GetParametersCommand({ Names: ["/alien/rights/dev/TOKEN"] });
  expect(await allowed(new SSMClient(options).send(read))).toBe(false);
});
