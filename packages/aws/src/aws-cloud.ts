import type { Cloud, Controller } from "@alienplatform/deploy";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SQSClient } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";
import { arnOf } from "./arn.ts";
import type { AwsPlace } from "./aws-place.ts";
import type { ClientSettings } from "./client-settings.ts";
import { DynamoDbTableController } from "./control/dynamodb-table.ts";
import { EventSourceMappingController } from "./control/event-source-mapping.ts";
import { FunctionUrlController } from "./control/function-url.ts";
import { IamRoleController } from "./control/iam-role.ts";
import { LambdaFunctionController } from "./control/lambda-function.ts";
import { LogGroupController } from "./control/log-group.ts";
import { ScheduleGroupController } from "./control/schedule-group.ts";
import { SqsQueueController } from "./control/sqs-queue.ts";
import { SsmParameterController } from "./control/ssm-parameter.ts";
import { deployError } from "./deploy-errors.ts";
import { ownedBy } from "./owned.ts";
import type { PartConfigs } from "./part-configs.ts";
import { AwsStageOperator } from "./stage-operator.ts";

/**
 * Calls at once, by API. AWS counts calls a second instead: Lambda takes 15 that change something
 * (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html), CloudWatch Logs 10
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html), Parameter Store 3 writes
 * (https://docs.aws.amazon.com/general/latest/gr/ssm.html); IAM and SQS publish none of theirs. One call takes a tenth of a
 * second and more, mappings spend most of theirs waiting, and what is throttled all the same is tried again.
 */
const LIMITS = {
  sqs: 20,
  lambda: 10,
  "lambda-mappings": 30,
  iam: 5,
  logs: 5,
  ssm: 3,
  dynamodb: 10,
  // "CreateScheduleGroup request rate: 10": https://docs.aws.amazon.com/scheduler/latest/UserGuide/scheduler-quotas.html
  scheduler: 5,
} as const;

/** The clients of the services that parts are made with, and the one that finds them again. */
export interface DeployClients {
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
  readonly iam: IAMClient;
  readonly logs: CloudWatchLogsClient;
  readonly ssm: SSMClient;
  readonly dynamodb: DynamoDBClient;
  readonly scheduler: SchedulerClient;
  readonly tagging: ResourceGroupsTaggingAPIClient;
  /** Of the operator: no engine repeats what it asks, so the SDK does. */
  readonly operatorLogs: CloudWatchLogsClient;
  readonly operatorSsm: SSMClient;
}

/** Parameter Store describes a few times a second, and a stage has more secrets than that. */
const OPERATOR_ATTEMPTS = 8;

/** Does no I/O. */
export function openDeployClients(settings: ClientSettings): DeployClients {
  const patient = { ...settings, maxAttempts: OPERATOR_ATTEMPTS };
  return {
    sqs: new SQSClient({ ...settings, useQueueUrlAsEndpoint: false }),
    lambda: new LambdaClient(settings),
    iam: new IAMClient(settings),
    logs: new CloudWatchLogsClient(settings),
    ssm: new SSMClient(settings),
    dynamodb: new DynamoDBClient(settings),
    scheduler: new SchedulerClient(settings),
    tagging: new ResourceGroupsTaggingAPIClient(settings),
    operatorLogs: new CloudWatchLogsClient(patient),
    operatorSsm: new SSMClient(patient),
  };
}

/** What deploying to a place on AWS goes through. Takes the clients over: they end with it. */
export function awsCloud(clients: DeployClients, at: AwsPlace): Cloud {
  const { stack, stage, account, region } = at;
  return {
    place: { platform: "aws", stack, stage, settings: { account, region } },
    controllers: controllersOf(clients, at),
    limits: LIMITS,
    translate: deployError,
    owned: (owner, signal) => ownedBy({ ...owner, region }, clients, signal),
    operator: new AwsStageOperator(clients.operatorLogs, clients.operatorSsm),
    async close() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

/** One controller for each type of part. */
function controllersOf(
  { sqs, lambda, iam, logs, ssm, dynamodb, scheduler }: DeployClients,
  at: AwsPlace,
): Readonly<Record<keyof PartConfigs, Controller>> {
  return {
    "sqs-queue": new SqsQueueController(sqs),
    "iam-role": new IamRoleController(iam),
    "log-group": new LogGroupController(logs, arnOf("logs", "log-group:", at)),
    "lambda-function": new LambdaFunctionController(lambda),
    "event-source-mapping": new EventSourceMappingController(lambda),
    "function-url": new FunctionUrlController(lambda),
    "ssm-parameter": new SsmParameterController(ssm, arnOf("ssm", "parameter", at)),
    "dynamodb-table": new DynamoDbTableController(dynamodb),
    "schedule-group": new ScheduleGroupController(scheduler),
  };
}
