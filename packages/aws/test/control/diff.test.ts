import type { Json } from "@alienplatform/deploy";
import { IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SQSClient } from "@aws-sdk/client-sqs";
import { expect, it } from "vitest";
import { IamRoleController } from "../../src/control/iam-role.ts";
import { LambdaFunctionController } from "../../src/control/lambda-function.ts";
import { statementsOf } from "../../src/control/policy-statements.ts";
import {
  attributesOf,
  holdsOf,
  settingsOf,
  wantedSettings,
} from "../../src/control/sqs-attributes.ts";
import { SqsQueueController } from "../../src/control/sqs-queue.ts";
import type {
  IamRoleConfig,
  LambdaFunctionConfig,
  PolicyDocument,
  SqsQueueConfig,
} from "../../src/part-configs.ts";

const queue: SqsQueueConfig = {
  fifoQueue: true,
  deduplicationScope: "messageGroup",
  fifoThroughputLimit: "perMessageGroupId",
  visibilityTimeout: 360,
  messageRetentionPeriod: 345_600,
  receiveMessageWaitTimeSeconds: 0,
  maximumMessageSize: 1_048_576,
  delaySeconds: 0,
  sqsManagedSseEnabled: true,
  redrivePolicy: { deadLetterTargetArn: "arn:aws:sqs:r:1:dead.fifo", maxReceiveCount: 1_000 },
  redriveAllowPolicy: { redrivePermission: "byQueue", sourceQueueArns: ["arn:b", "arn:a"] },
};

const part = { id: "arn", attributes: {} };

it("a queue's settings come back as the attributes that they were sent as", () => {
  const wanted = wantedSettings(queue);
  const sent = attributesOf(wanted, Object.keys(wanted));
  expect(sent).toMatchObject({ FifoQueue: "true", VisibilityTimeout: "360", KmsMasterKeyId: "" });
  expect(settingsOf(sent)).toEqual(wanted);
});

it("what differs only in the way it is written is no difference of a queue", () => {
  const controller = new SqsQueueController(new SQSClient({ region: "us-east-1" }));
  const settings = settingsOf({
    ...attributesOf(wantedSettings(queue), Object.keys(wantedSettings(queue))),
    RedrivePolicy: '{"maxReceiveCount":"1000","deadLetterTargetArn":"arn:aws:sqs:r:1:dead.fifo"}',
    RedriveAllowPolicy: '{"sourceQueueArns":["arn:a","arn:b"],"redrivePermission":"byQueue"}',
    // What SQS tells beside its settings.
    CreatedTimestamp: "1795342234",
    QueueArn: "arn",
    ContentBasedDeduplication: "false",
  });
  expect(controller.diff(queue, { ...part, settings })).toEqual([]);
  const { redriveAllowPolicy, ...open } = queue;
  const allowAll = settingsOf({ RedriveAllowPolicy: '{"redrivePermission":"allowAll"}' });
  expect(
    wantedSettings({ ...open, redriveAllowPolicy: { redrivePermission: "allowAll" } }),
  ).toEqual(wantedSettings(open));
  expect(allowAll).not.toHaveProperty("redriveAllowPolicy");
});

it("a queue of standard kind is not told that it is not FIFO", () => {
  expect(
    attributesOf({ fifoQueue: false, delaySeconds: 0 }, ["fifoQueue", "delaySeconds"]),
  ).toEqual({
    DelaySeconds: "0",
  });
});

it("what a queue holds counts what waits, what is delayed and what is on loan", () => {
  const counts = (ready: string, delayed: string, onLoan: string) =>
    holdsOf({
      ApproximateNumberOfMessages: ready,
      ApproximateNumberOfMessagesDelayed: delayed,
      ApproximateNumberOfMessagesNotVisible: onLoan,
    });
  expect(counts("0", "0", "0")).toBeUndefined();
  expect(counts("0", "0", "1")).toBe("about 1 message");
  expect(counts("1200", "30", "4")).toBe("about 1,234 messages");
});

const policy: PolicyDocument = {
  Version: "2012-10-17",
  Statement: [
    { Sid: "A", Effect: "Allow", Action: ["sqs:SendMessage"], Resource: ["arn:a"] },
    { Sid: "B", Effect: "Allow", Action: ["sqs:ReceiveMessage"], Resource: ["arn:b"] },
  ],
};

it("a policy is the same in another order, encoded or not", () => {
  const turned = { ...policy, Statement: [...policy.Statement].reverse() };
  expect(statementsOf(encodeURIComponent(JSON.stringify(turned)))).toEqual(statementsOf(policy));
  expect(statementsOf(JSON.stringify(policy))).toEqual(statementsOf(policy));
});

it("a role's differences name the statement", () => {
  const controller = new IamRoleController(new IAMClient({ region: "us-east-1" }));
  const config: IamRoleConfig = {
    path: "/p/",
    description: "d",
    assumeRolePolicy: policy,
    policyName: "alien",
    policy,
  };
  const statements = statementsOf(policy);
  const remote = {
    ...part,
    path: "/p/",
    description: "d",
    assumeRolePolicy: statements,
    policy: { A: { ...statements.A, Resource: ["*"] }, C: { Effect: "Allow" } },
  };
  expect(controller.diff(config, remote).map(({ path }) => path)).toEqual([
    "policy.A",
    "policy.B",
    "policy.C",
  ]);
});

const code = "00ff".repeat(16);
const worker: LambdaFunctionConfig = {
  description: "",
  role: "arn:role",
  runtime: "nodejs22.x",
  architecture: "arm64",
  handler: "index.default",
  code: { sha256: code },
  memorySize: 512,
  timeout: 60,
  environment: { QUEUE: "a", LEVEL: "info" },
};

const found = {
  ...part,
  settings: {
    description: "",
    role: "arn:role",
    runtime: "nodejs22.x",
    architecture: "arm64",
    handler: "index.default",
    "code.sha256": code,
    memorySize: 512,
    timeout: 60,
  },
  environment: worker.environment,
  state: "ready",
} as const;

const lambda = new LambdaFunctionController(new LambdaClient({ region: "us-east-1" }));

it("a function's differences name each variable; what only apply will tell is one", () => {
  expect(lambda.diff(worker, found)).toEqual([]);
  const unknown = { $unknown: "queue/tasks.url" };
  // As the engine gives it at plan: not a text yet.
  const environment = { QUEUE: unknown as unknown as string, NEW: "1" };
  expect(lambda.diff({ ...worker, environment, reservedConcurrency: 5 }, found)).toEqual([
    { path: "reservedConcurrency", to: 5 },
    { path: "environment.QUEUE", from: "a", to: unknown satisfies Json },
    { path: "environment.NEW", to: "1" },
    { path: "environment.LEVEL", from: "info" },
  ]);
});

it("a function that failed is changed once more, or replaced; one on its way is no difference", () => {
  expect(lambda.diff(worker, { ...found, state: "pending" })).toEqual([]);
  expect(lambda.diff(worker, { ...found, state: "update failed: no memory" })).toEqual([
    { path: "lastUpdate", from: "update failed: no memory", to: "ready" },
  ]);
  expect(lambda.diff(worker, { ...found, state: "failed: no key" })).toEqual([
    { path: "state", from: "failed: no key", to: "ready", replaces: expect.any(String) },
  ]);
});
