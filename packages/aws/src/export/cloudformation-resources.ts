import type { Json } from "@alienplatform/deploy";
import type { WrittenPart } from "./written-parts.ts";

export interface CloudFormationResource {
  readonly Type: string;
  /** Whether it stays when it leaves the template; undefined where it holds nothing. */
  readonly keep?: boolean;
  readonly Properties: { readonly [key: string]: Json | undefined };
}

/** What a part is in CloudFormation, by what its logical id ends with; nothing for a secret. */
export function resourcesOf(
  written: WrittenPart,
): Readonly<Record<string, CloudFormationResource>> {
  const { name } = written;
  const Tags = Object.entries(written.tags).map(([Key, Value]) => ({ Key, Value }));
  switch (written.type) {
    case "sqs-queue": {
      const { config } = written;
      // CloudFormation does not look whether it holds messages.
      return one(
        "AWS::SQS::Queue",
        { keep: true },
        {
          QueueName: name,
          // "If you don't specify this property, Amazon SQS creates a standard queue", and false is refused.
          ...(config.fifoQueue ? { FifoQueue: true } : {}),
          DeduplicationScope: config.deduplicationScope,
          FifoThroughputLimit: config.fifoThroughputLimit,
          VisibilityTimeout: config.visibilityTimeout,
          MessageRetentionPeriod: config.messageRetentionPeriod,
          ReceiveMessageWaitTimeSeconds: config.receiveMessageWaitTimeSeconds,
          MaximumMessageSize: config.maximumMessageSize,
          DelaySeconds: config.delaySeconds,
          SqsManagedSseEnabled: config.sqsManagedSseEnabled,
          RedrivePolicy: config.redrivePolicy,
          RedriveAllowPolicy: config.redriveAllowPolicy,
          Tags,
        },
      );
    }
    case "iam-role": {
      const { config } = written;
      return one(
        "AWS::IAM::Role",
        {},
        {
          RoleName: name,
          Path: config.path,
          Description: config.description,
          AssumeRolePolicyDocument: config.assumeRolePolicy,
          Policies: [{ PolicyName: config.policyName, PolicyDocument: config.policy }],
          Tags,
        },
      );
    }
    case "log-group":
      return one(
        "AWS::Logs::LogGroup",
        { keep: false },
        {
          LogGroupName: name,
          RetentionInDays: written.config.retentionInDays,
          Tags,
        },
      );
    case "lambda-function": {
      const { config } = written;
      return one(
        "AWS::Lambda::Function",
        {},
        {
          FunctionName: name,
          Description: config.description,
          Role: config.role,
          Runtime: config.runtime,
          Architectures: [config.architecture],
          Handler: config.handler,
          Code: { S3Bucket: `\${CodeBucket}`, S3Key: `\${CodePrefix}${config.code.sha256}.zip` },
          MemorySize: config.memorySize,
          Timeout: config.timeout,
          Environment: { Variables: config.environment },
          ReservedConcurrentExecutions: config.reservedConcurrency,
          Tags,
        },
      );
    }
    case "event-source-mapping": {
      const { config } = written;
      const { maximumConcurrency } = config;
      return one(
        "AWS::Lambda::EventSourceMapping",
        {},
        {
          FunctionName: config.functionName,
          EventSourceArn: config.eventSourceArn,
          BatchSize: config.batchSize,
          MaximumBatchingWindowInSeconds: config.maximumBatchingWindowInSeconds,
          ScalingConfig:
            maximumConcurrency === undefined
              ? undefined
              : { MaximumConcurrency: maximumConcurrency },
          FunctionResponseTypes: config.functionResponseTypes,
          Enabled: config.enabledAtFirst,
          Tags,
        },
      );
    }
    case "function-url": {
      const { functionName, authType, invokeMode, permissions } = written.config;
      const [url, invoke] = permissions;
      return {
        "": {
          Type: "AWS::Lambda::Url",
          Properties: {
            TargetFunctionArn: functionName,
            AuthType: authType,
            InvokeMode: invokeMode,
          },
        },
        [url.statementId]: {
          Type: "AWS::Lambda::Permission",
          Properties: {
            FunctionName: functionName,
            Action: url.action,
            Principal: url.principal,
            FunctionUrlAuthType: url.functionUrlAuthType,
          },
        },
        [invoke.statementId]: {
          Type: "AWS::Lambda::Permission",
          Properties: {
            FunctionName: functionName,
            Action: invoke.action,
            Principal: invoke.principal,
            InvokedViaFunctionUrl: invoke.invokedViaFunctionUrl,
          },
        },
      };
    }
    case "ssm-parameter":
      return {};
    case "dynamodb-table": {
      const { config } = written;
      const { partitionKey, sortKey } = config;
      return one(
        "AWS::DynamoDB::Table",
        // What it holds is about messages, and over by itself.
        { keep: false },
        {
          TableName: name,
          BillingMode: config.billingMode,
          AttributeDefinitions: [partitionKey, sortKey].map((AttributeName) => ({
            AttributeName,
            AttributeType: "S",
          })),
          KeySchema: [
            { AttributeName: partitionKey, KeyType: "HASH" },
            { AttributeName: sortKey, KeyType: "RANGE" },
          ],
          TimeToLiveSpecification: { AttributeName: config.timeToLive, Enabled: true },
          Tags,
        },
      );
    }
    case "schedule-group":
      // CloudFormation does not look whether messages wait in it.
      return one("AWS::Scheduler::ScheduleGroup", { keep: true }, { Name: name, Tags });
  }
}

function one(
  Type: string,
  kept: Pick<CloudFormationResource, "keep">,
  Properties: CloudFormationResource["Properties"],
): Readonly<Record<string, CloudFormationResource>> {
  return { "": { Type, ...kept, Properties } };
}
