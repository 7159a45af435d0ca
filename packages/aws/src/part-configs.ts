import type { Json } from "@alienplatform/deploy";

/*
 * What each type of part is to be. `Text` is a text that may hang on another part: controllers get it resolved, as the
 * default says; the parts themselves hold references there (`Json`). Numbers are in the vendor's own units.
 */

/** By the type of part. */
export interface PartConfigs<Text = string> {
  readonly "sqs-queue": SqsQueueConfig<Text>;
  readonly "iam-role": IamRoleConfig;
  readonly "log-group": LogGroupConfig;
  readonly "lambda-function": LambdaFunctionConfig<Text>;
  readonly "event-source-mapping": EventSourceMappingConfig<Text>;
  readonly "function-url": FunctionUrlConfig<Text>;
  readonly "ssm-parameter": SsmParameterConfig;
  readonly "dynamodb-table": DynamoDbTableConfig;
  readonly "schedule-group": ScheduleGroupConfig;
}

/** What others may refer to, by the type of part; `known` are those that its name tells before it exists. */
export const ATTRIBUTES = {
  "sqs-queue": { all: ["url", "arn"], known: ["arn"] },
  "iam-role": { all: ["arn"], known: ["arn"] },
  "log-group": { all: ["arn"], known: ["arn"] },
  "lambda-function": { all: ["arn", "name"], known: ["arn", "name"] },
  "event-source-mapping": { all: ["uuid"], known: [] },
  "function-url": { all: ["url"], known: [] },
  "ssm-parameter": { all: ["arn", "name"], known: ["arn", "name"] },
  "dynamodb-table": { all: ["arn", "name"], known: ["arn", "name"] },
  "schedule-group": { all: ["arn", "name"], known: ["arn", "name"] },
} as const satisfies Record<
  keyof PartConfigs,
  { all: readonly string[]; known: readonly string[] }
>;

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html */
export type SqsQueueConfig<Text = string> = {
  /** The name ends with ".fifo" then. Another value is another queue. */
  readonly fifoQueue: boolean;
  /** FIFO alone: order and duplicates are per group, for its high throughput. Undefined on a standard queue. */
  readonly deduplicationScope?: "messageGroup";
  readonly fifoThroughputLimit?: "perMessageGroupId";
  /** Seconds. */
  readonly visibilityTimeout: number;
  /** Seconds. */
  readonly messageRetentionPeriod: number;
  /** Seconds. */
  readonly receiveMessageWaitTimeSeconds: number;
  /** Bytes. */
  readonly maximumMessageSize: number;
  /** Seconds. */
  readonly delaySeconds: number;
  readonly sqsManagedSseEnabled: boolean;
  /** Undefined where it is a dead-letter queue: nothing moves on from there. */
  readonly redrivePolicy?: { readonly deadLetterTargetArn: Text; readonly maxReceiveCount: number };
  /** Who may name it in a redrive policy; sources by their ARNs, which are texts, since they refer to it. */
  readonly redriveAllowPolicy?:
    | { readonly redrivePermission: "byQueue"; readonly sourceQueueArns: readonly string[] }
    | { readonly redrivePermission: "allowAll" };
};

/** The role is of one function alone, or of the delayed messages of one queue. Policies name ARNs as texts, so that no role waits for what it is about. */
export type IamRoleConfig = {
  /**
   * rolePath(place): "/alien/<stack>/<stage>/<region>/", which is how the roles of a stage are found again, since AWS does
   * not find roles by their tags. The ARN holds it: "arn:aws:iam::123456789012:role/alien/images/dev/eu-central-1/<name>".
   * Another value is another role.
   */
  readonly path: string;
  readonly description: string;
  readonly assumeRolePolicy: PolicyDocument;
  /** Its one inline policy, by this name. */
  readonly policyName: string;
  readonly policy: PolicyDocument;
};

export type PolicyDocument = {
  readonly Version: "2012-10-17";
  readonly Statement: readonly PolicyStatement[];
};

export type PolicyStatement = {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Principal?: { readonly Service: string };
  readonly Action: readonly string[];
  /** Undefined in a trust policy. */
  readonly Resource?: readonly string[];
  readonly Condition?: {
    readonly [operator: string]: { readonly [key: string]: string };
  };
};

/** The name is the part's: "/aws/lambda/<function>". */
export type LogGroupConfig = {
  /** Days, of those that CloudWatch Logs knows. */
  readonly retentionInDays: number;
};

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
export type LambdaFunctionConfig<Text = string> = {
  readonly description: string;
  /** Of its role. */
  readonly role: Text;
  readonly runtime: string;
  readonly architecture: "arm64";
  readonly handler: string;
  /** The zip file that is uploaded, by its SHA-256 in hex. Lambda reports the same in base64, as CodeSha256. */
  readonly code: { readonly sha256: string };
  /** MiB. */
  readonly memorySize: number;
  /** Seconds. */
  readonly timeout: number;
  readonly environment: { readonly [name: string]: Text };
  /** Instances that are kept for it, and the most that it has; undefined where none are. */
  readonly reservedConcurrency?: number;
};

/** It has no name of its own; the part's is "<function>/<queue>". One of a function and a queue exists at most. */
export type EventSourceMappingConfig<Text = string> = {
  /** Another value is another mapping. */
  readonly functionName: Text;
  /** Another value is another mapping. */
  readonly eventSourceArn: Text;
  readonly batchSize: number;
  /** Seconds; 0 where a batch goes as soon as it may. */
  readonly maximumBatchingWindowInSeconds: number;
  /** 2..1000; undefined is unbounded. */
  readonly maximumConcurrency?: number;
  readonly functionResponseTypes: readonly ["ReportBatchItemFailures"];
  /** When it is made; from then on a pause is the operators', and no difference. */
  readonly enabledAtFirst: boolean;
};

/** The part's name is the function's. A URL that was deleted comes back as another one. */
export type FunctionUrlConfig<Text = string> = {
  readonly functionName: Text;
  readonly authType: "NONE";
  readonly invokeMode: "BUFFERED";
  /**
   * Statements of the function's resource policy: since October 2025 a public URL needs both.
   * https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
   */
  readonly permissions: readonly [
    {
      readonly statementId: string;
      readonly action: "lambda:InvokeFunctionUrl";
      readonly principal: "*";
      readonly functionUrlAuthType: "NONE";
    },
    {
      readonly statementId: string;
      readonly action: "lambda:InvokeFunction";
      readonly principal: "*";
      readonly invokedViaFunctionUrl: true;
    },
  ];
};

/**
 * A secret without its value, which no plan and no state has. `create` gives it a first one, `alien secret set` writes over
 * it, and no difference is ever found in its value.
 */
export type SsmParameterConfig = {
  readonly type: "SecureString";
  readonly tier: "Standard";
  readonly description: string;
  /** What it is made with: PLACEHOLDER, or 32 random bytes in base64url for one that only has to be unguessable. */
  readonly firstValue: "placeholder" | "random";
};

/** What a secret holds that nobody has set; Parameter Store takes no empty value. */
export const PLACEHOLDER = "alien:not-set";

/** What a stage keeps beside its queues. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html */
export type DynamoDbTableConfig = {
  /** By the request: a table that nobody uses costs nothing. */
  readonly billingMode: "PAY_PER_REQUEST";
  /** Names of attributes, which are texts. Others are another table. */
  readonly partitionKey: string;
  readonly sortKey: string;
  /** The attribute that holds from when DynamoDB may remove an item, in seconds. */
  readonly timeToLive: string;
};

/** It has a name, and nothing else. https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateScheduleGroup.html */
export type ScheduleGroupConfig = Readonly<Record<string, never>>;

/** For lowering: texts that may be references. */
export type LoweredConfigs = PartConfigs<Json>;

/** What tells the roles of a stage from others: an account has its roles in all regions together. */
export interface RolePlace {
  readonly stack: string;
  readonly stage: string;
  readonly region: string;
}

/** Of a stage's roles; see IamRoleConfig. */
export function rolePath({ stack, stage, region }: RolePlace): string {
  return `/alien/${stack}/${stage}/${region}/`;
}
