import { type Consumer, secretsOf } from "@alienplatform/deploy";
import { arnOf } from "../arn.ts";
import type { AwsPlace } from "../aws-place.ts";
import type { AwsStack } from "../aws-stack.ts";
import { delayName, logGroupName, secretName } from "../names.ts";
import type { PolicyDocument, PolicyStatement } from "../part-configs.ts";
import { deadLettersArn, queueArn } from "../queue/queue-arns.ts";
import { delayRoleArn, schedulesArn } from "../schedule/parts.ts";
import { stateTableArn } from "../table/parts.ts";
import {
  LOG_ACTIONS,
  QUEUE_ACTIONS,
  type QueueActions,
  type QueueRight,
  SECRET_ACTIONS,
} from "./rights.ts";

/**
 * Who may take the role. There is no condition on the account: a role can be passed to a service in its own account only,
 * and Lambda does not say that it tells one.
 */
export const TRUST: PolicyDocument = {
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "Lambda",
      Effect: "Allow",
      Principal: { Service: "lambda.amazonaws.com" },
      Action: ["sts:AssumeRole"],
    },
  ],
};

/** What a function may do: what its triggers, links, secrets and logs need, on exactly those. */
export function policyOf(consumer: Consumer, stack: AwsStack): PolicyDocument {
  const { place } = stack;
  const secrets = secretsOf(consumer).map((variable) =>
    arnOf("ssm", `parameter${secretName(place, variable)}`, place),
  );
  const logs = arnOf("logs", `log-group:${logGroupName(place, consumer.id)}:*`, place);
  const statements = [
    ...RIGHTS.flatMap((right) => queueStatements(right, consumer, stack)),
    statement("Secrets", SECRET_ACTIONS, secrets),
    statement("Logs", LOG_ACTIONS, [logs]),
  ];
  return {
    Version: "2012-10-17",
    Statement: statements.filter((each) => each !== undefined),
  };
}

const RIGHTS: readonly QueueRight[] = ["trigger", "send", "receive", "operate"];

function queueStatements(right: QueueRight, consumer: Consumer, stack: AwsStack) {
  const queues = queuesOf(right, consumer).map(stack.queue);
  const actions = QUEUE_ACTIONS[right];
  // The dead letters that are in a declared queue are its messages: who operates the one does not operate the other.
  const fifo = queues.filter((queue) => queue.fifo !== undefined);
  const dying = queues.filter(
    ({ deadLetters }) => right !== "operate" || deadLetters === undefined,
  );
  const name = `${right.charAt(0).toUpperCase()}${right.slice(1)}`;
  return [
    statement(
      name,
      actions.queue,
      queues.map((queue) => queueArn(stack.place, queue)),
    ),
    statement(
      `${name}DeadLetters`,
      actions.deadLetters,
      dying.map((queue) => deadLettersArn(stack, queue)),
    ),
    statement(
      `${name}Copies`,
      actions.copies,
      queues.flatMap((queue) => (queue.fifo === undefined ? [queueArn(stack.place, queue)] : [])),
    ),
    statement(
      `${name}State`,
      actions.table,
      queues.length === 0 ? [] : [stateTableArn(stack.place)],
    ),
    ...delayStatements(
      name,
      actions,
      stack.place,
      fifo.map((queue) => ({
        group: delayName(stack.place, queue.id),
        role: delayRoleArn(stack.place, queue),
      })),
    ),
  ];
}

function queuesOf(right: QueueRight, consumer: Consumer): readonly string[] {
  if (right === "trigger") return consumer.triggers.map(({ queue }) => queue);
  const links = consumer.type === "function" ? consumer.links : [];
  return links.filter((link) => link.right === right).map(({ resource }) => resource);
}

/** What a right is on what delays the messages of FIFO queues. */
export function delayStatements(
  name: string,
  { schedules, delayRole, listing }: QueueActions,
  place: AwsPlace,
  delays: readonly { readonly group: string; readonly role: string }[],
): readonly (PolicyStatement | undefined)[] {
  const roles = delays.map(({ role }) => role);
  return [
    statement(
      `${name}Delays`,
      schedules,
      delays.map(({ group }) => schedulesArn(place, group)),
    ),
    statement(`${name}DelayRoles`, delayRole, roles, TO_SCHEDULER),
    statement(`${name}DelayList`, listing, delays.length === 0 ? [] : ["*"]),
  ];
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/security_iam_id-based-policies.html */
const TO_SCHEDULER: PolicyStatement["Condition"] = {
  StringEquals: { "iam:PassedToService": "scheduler.amazonaws.com" },
};

export function statement(
  Sid: string,
  actions: readonly string[],
  resources: readonly string[],
  Condition?: PolicyStatement["Condition"],
): PolicyStatement | undefined {
  if (actions.length === 0 || resources.length === 0) return undefined;
  return {
    Sid,
    Effect: "Allow",
    Action: actions,
    Resource: [...new Set(resources)],
    ...(Condition === undefined ? {} : { Condition }),
  };
}
