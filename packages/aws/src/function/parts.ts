import { queuesOf } from "@alienplatform/bindings/declared";
import type { Trigger } from "@alienplatform/core";
import {
  type Consumer,
  type FunctionCode,
  ref,
  secretPartId,
  secretsOf,
} from "@alienplatform/deploy";
import { arnOf, globalArnOf } from "../arn.ts";
import type { AwsPart, TypedPart } from "../aws-part.ts";
import type { AwsStack } from "../aws-stack.ts";
import { functionName, logGroupName, queueName, roleName } from "../names.ts";
import { rolePath } from "../part-configs.ts";
import { queuePartId } from "../queue/parts.ts";
import { schedulePartIds } from "../schedule/parts.ts";
import { STATE_PART } from "../table/parts.ts";
import { batchingOf } from "./batching.ts";
import { environmentOf } from "./environment.ts";
import { policyOf, TRUST } from "./policy.ts";
import { PUBLIC_URL } from "./public-url.ts";
import { memoryOf, RUNTIME, timeoutOf } from "./settings.ts";

/** What Lambda calls in a bundle: its one file's default export. */
const HANDLER = "index.default";
const LOGS_DAYS = 14;

/** A function or an endpoint: the role, the log group, the function itself, what triggers it, its URL. */
export function functionParts(
  consumer: Consumer,
  stack: AwsStack,
  code: FunctionCode,
): readonly AwsPart[] {
  return [
    rolePart(consumer, stack),
    logGroupPart(consumer, stack),
    functionPart(consumer, stack, code),
    ...consumer.triggers.map((trigger) => mappingPart(consumer, trigger, stack)),
    ...(consumer.type === "function" && consumer.http ? [urlPart(consumer, stack)] : []),
  ];
}

/** The address of a function among the parts. */
export function functionPartId(id: string): string {
  return `function/${id}`;
}

function rolePart(consumer: Consumer, stack: AwsStack): TypedPart<"iam-role"> {
  const { place } = stack;
  const name = roleName(place, consumer.id);
  const path = rolePath(place);
  return {
    id: rolePartId(consumer),
    type: "iam-role",
    name,
    resource: consumer.id,
    config: {
      path,
      description: `What the ${describe(consumer, stack)} may do.`,
      assumeRolePolicy: TRUST,
      policyName: "alien",
      policy: policyOf(consumer, stack),
    },
    known: { arn: globalArnOf("iam", `role${path}${name}`, place) },
  };
}

function logGroupPart({ id }: Consumer, { place }: AwsStack): TypedPart<"log-group"> {
  const name = logGroupName(place, id);
  return {
    id: logGroupPartId(id),
    type: "log-group",
    name,
    resource: id,
    config: { retentionInDays: LOGS_DAYS },
    known: { arn: arnOf("logs", `log-group:${name}`, place) },
  };
}

function functionPart(
  consumer: Consumer,
  stack: AwsStack,
  code: FunctionCode,
): TypedPart<"lambda-function"> {
  const { id } = consumer;
  const artifact = code[id];
  if (artifact === undefined) throw new TypeError(`there is no code of ${consumer.type} "${id}"`);
  const name = functionName(stack.place, id);
  return {
    id: functionPartId(id),
    type: "lambda-function",
    name,
    resource: id,
    config: {
      description: `The ${describe(consumer, stack)}.`,
      role: ref(rolePartId(consumer), "arn"),
      runtime: RUNTIME,
      architecture: "arm64",
      handler: HANDLER,
      code: { sha256: artifact.sha256 },
      memorySize: memoryOf(consumer),
      timeout: timeoutOf(consumer),
      environment: environmentOf(consumer, stack),
    },
    // Without its group the function's first line would make one that keeps logs for ever.
    // It asks the table, and Scheduler, from its first message on.
    after: [
      logGroupPartId(id),
      ...secretsOf(consumer).map(secretPartId),
      ...(queuesOf(consumer).length === 0 ? [] : [STATE_PART]),
      ...queuesOf(consumer).flatMap((queue) => schedulePartIds(stack.queue(queue))),
    ],
    known: { name, arn: arnOf("lambda", `function:${name}`, stack.place) },
  };
}

function mappingPart(
  consumer: Consumer,
  trigger: Trigger,
  stack: AwsStack,
): TypedPart<"event-source-mapping"> {
  const { place } = stack;
  const queue = stack.queue(trigger.queue);
  return {
    id: `${functionPartId(consumer.id)}/trigger/${queue.id}`,
    type: "event-source-mapping",
    name: `${functionName(place, consumer.id)}/${queueName(place, queue)}`,
    resource: consumer.id,
    config: {
      functionName: ref(functionPartId(consumer.id), "name"),
      eventSourceArn: ref(queuePartId(queue.id), "arn"),
      ...batchingOf(queue, trigger),
      functionResponseTypes: ["ReportBatchItemFailures"],
      enabledAtFirst: !trigger.paused,
    },
  };
}

function urlPart({ id }: Consumer, { place }: AwsStack): TypedPart<"function-url"> {
  return {
    id: `${functionPartId(id)}/url`,
    type: "function-url",
    name: functionName(place, id),
    resource: id,
    config: {
      functionName: ref(functionPartId(id), "name"),
      ...PUBLIC_URL,
    },
  };
}

function rolePartId({ id }: Consumer): string {
  return `${functionPartId(id)}/role`;
}

function logGroupPartId(id: string): string {
  return `${functionPartId(id)}/logs`;
}

function describe({ type, id }: Consumer, { place }: AwsStack): string {
  return `${type} ${id} of stack ${place.stack}, stage ${place.stage}`;
}
