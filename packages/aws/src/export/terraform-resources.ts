import type { Json } from "@alienplatform/deploy";
import { type PartConfigs, PLACEHOLDER } from "../part-configs.ts";
import type { WrittenPart } from "./written-parts.ts";

export interface TerraformResource {
  readonly type: string;
  /** What its name ends with, after the part's; nothing for the one that the part itself is. */
  readonly suffix?: string;
  readonly settings: Readonly<Record<string, Json>>;
}

const TYPES: Readonly<Record<keyof PartConfigs, string>> = {
  "sqs-queue": "aws_sqs_queue",
  "iam-role": "aws_iam_role",
  "log-group": "aws_cloudwatch_log_group",
  "lambda-function": "aws_lambda_function",
  "event-source-mapping": "aws_lambda_event_source_mapping",
  "function-url": "aws_lambda_function_url",
  "ssm-parameter": "aws_ssm_parameter",
  "dynamodb-table": "aws_dynamodb_table",
  "schedule-group": "aws_scheduler_schedule_group",
};

/** What a type of part is in the provider's words. */
export function terraformTypeOf(type: keyof PartConfigs): string {
  return TYPES[type];
}

/** What a part is in Terraform: one resource, and where the provider has them apart, others that go with it. */
export function resourcesOf(written: WrittenPart, address: string): readonly TerraformResource[] {
  const { name, tags } = written;
  const made = (settings: Readonly<Record<string, Json | undefined>>): TerraformResource => ({
    type: terraformTypeOf(written.type),
    settings: defined(settings),
  });
  switch (written.type) {
    case "sqs-queue": {
      const { config } = written;
      return [
        made({
          name,
          fifo_queue: config.fifoQueue,
          deduplication_scope: config.deduplicationScope,
          fifo_throughput_limit: config.fifoThroughputLimit,
          visibility_timeout_seconds: config.visibilityTimeout,
          message_retention_seconds: config.messageRetentionPeriod,
          receive_wait_time_seconds: config.receiveMessageWaitTimeSeconds,
          max_message_size: config.maximumMessageSize,
          delay_seconds: config.delaySeconds,
          sqs_managed_sse_enabled: config.sqsManagedSseEnabled,
          redrive_policy: config.redrivePolicy && JSON.stringify(config.redrivePolicy),
          redrive_allow_policy:
            config.redriveAllowPolicy && JSON.stringify(config.redriveAllowPolicy),
          tags,
        }),
      ];
    }
    case "iam-role": {
      const { path, description, assumeRolePolicy, policyName, policy } = written.config;
      return [
        made({
          name,
          path,
          description,
          assume_role_policy: JSON.stringify(assumeRolePolicy),
          tags,
        }),
        {
          type: "aws_iam_role_policy",
          settings: {
            name: policyName,
            role: `\${${address}.name}`,
            policy: JSON.stringify(policy),
          },
        },
      ];
    }
    case "log-group":
      return [made({ name, retention_in_days: written.config.retentionInDays, tags })];
    case "lambda-function": {
      const { config } = written;
      const { sha256 } = config.code;
      return [
        made({
          function_name: name,
          description: config.description,
          role: config.role,
          runtime: config.runtime,
          architectures: [config.architecture],
          handler: config.handler,
          filename: `\${path.module}/code/${sha256}.zip`,
          source_code_hash: Buffer.from(sha256, "hex").toString("base64"),
          memory_size: config.memorySize,
          timeout: config.timeout,
          environment: { variables: config.environment },
          reserved_concurrent_executions: config.reservedConcurrency,
          tags,
        }),
      ];
    }
    case "event-source-mapping": {
      const { config } = written;
      const { maximumConcurrency } = config;
      return [
        made({
          function_name: config.functionName,
          event_source_arn: config.eventSourceArn,
          batch_size: config.batchSize,
          maximum_batching_window_in_seconds: config.maximumBatchingWindowInSeconds,
          scaling_config:
            maximumConcurrency === undefined
              ? undefined
              : { maximum_concurrency: maximumConcurrency },
          function_response_types: config.functionResponseTypes,
          enabled: config.enabledAtFirst,
          tags,
          // A pause is the operators'.
          lifecycle: { ignore_changes: ["enabled"] },
        }),
      ];
    }
    case "function-url": {
      const { functionName, authType, invokeMode, permissions } = written.config;
      const [url, invoke] = permissions;
      const permission = { type: "aws_lambda_permission" } as const;
      return [
        made({
          function_name: functionName,
          authorization_type: authType,
          invoke_mode: invokeMode,
        }),
        {
          ...permission,
          suffix: `_${url.statementId}`,
          settings: {
            statement_id: url.statementId,
            action: url.action,
            function_name: functionName,
            principal: url.principal,
            function_url_auth_type: url.functionUrlAuthType,
          },
        },
        {
          ...permission,
          suffix: `_${invoke.statementId}`,
          settings: {
            statement_id: invoke.statementId,
            action: invoke.action,
            function_name: functionName,
            principal: invoke.principal,
            invoked_via_function_url: invoke.invokedViaFunctionUrl,
          },
        },
      ];
    }
    case "ssm-parameter": {
      const { config } = written;
      const generated = `\${ephemeral.random_password.alien.result}`;
      return [
        made({
          name,
          type: config.type,
          tier: config.tier,
          description: config.description,
          value_wo: config.firstValue === "random" ? generated : PLACEHOLDER,
          value_wo_version: 1,
          tags,
        }),
      ];
    }
    case "dynamodb-table": {
      const { billingMode, partitionKey, sortKey, timeToLive } = written.config;
      return [
        made({
          name,
          billing_mode: billingMode,
          hash_key: partitionKey,
          range_key: sortKey,
          attribute: [partitionKey, sortKey].map((key) => ({ name: key, type: "S" })),
          ttl: { attribute_name: timeToLive, enabled: true },
          tags,
        }),
      ];
    }
    case "schedule-group":
      // Terraform does not look what waits in it. This holds at a destroy, not where a queue has left the configuration:
      // https://developer.hashicorp.com/terraform/language/block/resource#prevent_destroy
      return [made({ name, tags, lifecycle: { prevent_destroy: true } })];
  }
}

function defined(
  settings: Readonly<Record<string, Json | undefined>>,
): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
