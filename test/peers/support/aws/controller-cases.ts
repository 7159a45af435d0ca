import { type Part, type Place, ref } from "@alienplatform/deploy";
import type { ControllerCase } from "@alienplatform/deploy/conformance";
import { CreateScheduleCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { AwsPart } from "../../../../packages/aws/src/aws-part.ts";
import { PUBLIC_URL } from "../../../../packages/aws/src/function/public-url.ts";
import { artifactOf } from "./deploying.ts";
import { account, functionConfig, queueArn, queueConfig, region, roleConfig } from "./wanted.ts";

const named = ({ stack, stage }: Place, id: string) => `${stack}-${stage}-${id}`;

function queue(place: Place, id: string): AwsPart {
  const name = named(place, id);
  return {
    id: `queue/${id}`,
    type: "sqs-queue",
    name,
    resource: id,
    config: queueConfig,
    known: { arn: queueArn(name) },
  };
}

function role(place: Place): AwsPart {
  const name = named(place, "worker");
  const path = `/alien/${place.stack}/${place.stage}/${region}/`;
  return {
    id: "role",
    type: "iam-role",
    name,
    resource: "worker",
    config: { ...roleConfig, path },
    known: { arn: `arn:aws:iam::${account}:role${path}${name}` },
  };
}

function lambdaFunction(place: Place): AwsPart {
  const name = named(place, "worker");
  return {
    id: "function",
    type: "lambda-function",
    name,
    resource: "worker",
    config: { ...functionConfig(name), role: ref("role", "arn") },
    known: { name, arn: `arn:aws:lambda:${region}:${account}:function:${name}` },
  };
}

const [trust] = roleConfig.assumeRolePolicy.Statement;
const [receive] = roleConfig.policy.Statement;

/** A case for each type of part. */
export const controllerCases: readonly ControllerCase[] = [
  {
    name: "sqs-queue",
    parts: (place) => [
      { ...queue(place, "dead"), config: { ...queueConfig, messageRetentionPeriod: 1_209_600 } },
      queue(place, "tasks"),
    ],
    settings: {
      visibilityTimeout: { visibilityTimeout: 30 },
      messageRetentionPeriod: { messageRetentionPeriod: 86_400 },
      receiveMessageWaitTimeSeconds: { receiveMessageWaitTimeSeconds: 20 },
      maximumMessageSize: { maximumMessageSize: 262_144 },
      delaySeconds: { delaySeconds: 5 },
      sqsManagedSseEnabled: { sqsManagedSseEnabled: false },
      redrivePolicy: {
        redrivePolicy: { deadLetterTargetArn: ref("queue/dead", "arn"), maxReceiveCount: 1_000 },
      },
      redriveAllowPolicy: {
        redriveAllowPolicy: { redrivePermission: "byQueue", sourceQueueArns: [queueArn("other")] },
      },
    },
    fill: sendOne,
  },
  {
    name: "sqs-queue, FIFO",
    parts: (place) => {
      const name = `${named(place, "orders")}.fifo`;
      const config = {
        ...queueConfig,
        fifoQueue: true,
        deduplicationScope: "messageGroup",
        fifoThroughputLimit: "perMessageGroupId",
      };
      return [{ ...queue(place, "orders"), name, config, known: { arn: queueArn(name) } }];
    },
    settings: { visibilityTimeout: { visibilityTimeout: 30 } },
    fill: sendOne,
  },
  {
    name: "iam-role",
    parts: (place) => [role(place)],
    settings: {
      description: { description: "Of another one" },
      assumeRolePolicy: {
        assumeRolePolicy: {
          ...roleConfig.assumeRolePolicy,
          Statement: [{ ...trust, Condition: { StringEquals: { "aws:SourceAccount": account } } }],
        },
      },
      policy: {
        policy: { ...roleConfig.policy, Statement: [{ ...receive, Sid: "Another" }] },
      },
    },
    replacing: { path: { path: "/alien/elsewhere/" } },
  },
  {
    name: "log-group",
    parts: (place) => {
      const name = `/aws/lambda/${named(place, "worker")}`;
      const arn = `arn:aws:logs:${region}:${account}:log-group:${name}`;
      const config = { retentionInDays: 30 };
      return [{ id: "logs", type: "log-group", name, resource: "worker", config, known: { arn } }];
    },
    settings: { retentionInDays: { retentionInDays: 7 } },
  },
  {
    name: "lambda-function",
    parts: (place) => [role(place), lambdaFunction(place)],
    settings: {
      description: { description: "another" },
      runtime: { runtime: "nodejs24.x" },
      handler: { handler: "other.default" },
      code: { code: artifactOf("export default 2") },
      memorySize: { memorySize: 1_024 },
      timeout: { timeout: 90 },
      environment: { environment: { LEVEL: "debug", MORE: "1" } },
      reservedConcurrency: { reservedConcurrency: 5 },
    },
  },
  {
    name: "event-source-mapping",
    parts: (place) => [
      queue(place, "tasks"),
      role(place),
      lambdaFunction(place),
      {
        id: "trigger",
        type: "event-source-mapping",
        name: `${named(place, "worker")}/${named(place, "tasks")}`,
        resource: "worker",
        config: {
          functionName: ref("function", "name"),
          eventSourceArn: ref("queue/tasks", "arn"),
          batchSize: 1,
          maximumBatchingWindowInSeconds: 0,
          functionResponseTypes: ["ReportBatchItemFailures"],
          enabledAtFirst: true,
        },
      },
    ],
    settings: {
      batchSize: { batchSize: 10 },
      maximumBatchingWindowInSeconds: { maximumBatchingWindowInSeconds: 1 },
      maximumConcurrency: { maximumConcurrency: 5 },
    },
  },
  {
    name: "function-url",
    parts: (place) => [role(place), lambdaFunction(place), url(place)],
    settings: {},
    unlisted: "a URL bears no tags: it is whose the function is",
  },
  {
    name: "ssm-parameter",
    parts: ({ stack, stage }) => {
      const name = `/alien/${stack}/${stage}/TOKEN`;
      return [
        {
          id: "secret/TOKEN",
          type: "ssm-parameter",
          name,
          resource: "worker",
          config: {
            type: "SecureString",
            tier: "Standard",
            description: "",
            firstValue: "placeholder",
          },
          known: { name, arn: `arn:aws:ssm:${region}:${account}:parameter${name}` },
        },
      ];
    },
    settings: {},
  },
  {
    name: "dynamodb-table",
    parts: (place) => {
      const name = named(place, "state");
      const config = {
        billingMode: "PAY_PER_REQUEST",
        partitionKey: "pk",
        sortKey: "sk",
        timeToLive: "rm",
      } as const;
      const arn = `arn:aws:dynamodb:${region}:${account}:table/${name}`;
      const known = { name, arn };
      return [{ id: "table", type: "dynamodb-table", name, resource: "tasks", config, known }];
    },
    settings: {},
    replacing: { sortKey: { sortKey: "sort" } },
  },
  {
    name: "schedule-group",
    parts: (place) => {
      const name = named(place, "orders");
      const arn = `arn:aws:scheduler:${region}:${account}:schedule-group/${name}`;
      const known = { name, arn };
      return [
        { id: "schedules", type: "schedule-group", name, resource: "orders", config: {}, known },
      ];
    },
    settings: {},
    fill: delayOne,
  },
];

function url(place: Place): AwsPart {
  return {
    id: "url",
    type: "function-url",
    name: named(place, "worker"),
    resource: "worker",
    config: { functionName: ref("function", "name"), ...PUBLIC_URL },
  };
}

async function delayOne(_world: unknown, { name: GroupName }: Part): Promise<void> {
  const scheduler = new SchedulerClient({ region });
  const Target = {
    Arn: "arn:aws:scheduler:::aws-sdk:sqs:sendMessage",
    RoleArn: `arn:aws:iam::${account}:role/worker`,
    Input: "{}",
  };
  await scheduler.send(
    new CreateScheduleCommand({
      ...{ Name: "one", GroupName, Target, FlexibleTimeWindow: { Mode: "OFF" } },
      ScheduleExpression: "at(2030-01-01T00:00:00)",
    }),
  );
  scheduler.destroy();
}

async function sendOne(_world: unknown, { name }: Part): Promise<void> {
  const sqs = new SQSClient({ region, useQueueUrlAsEndpoint: false });
  const QueueUrl = `${process.env.AWS_ENDPOINT_URL}/${account}/${name}`;
  const fifo = name.endsWith(".fifo") ? { MessageGroupId: "g", MessageDeduplicationId: "1" } : {};
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "1", ...fifo }));
  sqs.destroy();
}
