import type { QueueResource } from "@alienplatform/core";
import { arnOf, globalArnOf } from "../arn.ts";
import type { AwsPart, TypedPart } from "../aws-part.ts";
import type { AwsPlace } from "../aws-place.ts";
import type { AwsStack } from "../aws-stack.ts";
import { delayName } from "../names.ts";
import { type PolicyDocument, rolePath } from "../part-configs.ts";
import { queuePartId } from "../queue/parts.ts";
import { queueArn } from "../queue/queue-arns.ts";

/**
 * What delays the messages of a FIFO queue, which SQS does not: a group for the schedules, and the role that Scheduler
 * sends with. Each queue has both for itself, so that who may send to one can make Scheduler send to no other one, and so
 * that a queue's removal finds what is delayed in it.
 */
export function scheduleParts(queue: QueueResource, stack: AwsStack): readonly AwsPart[] {
  if (queue.fifo === undefined) return [];
  return [groupPart(queue, stack), rolePart(queue, stack)];
}

/** What a function waits for beside the role, which its binding names; nothing for a standard queue. */
export function schedulePartIds(queue: QueueResource): readonly string[] {
  return queue.fifo === undefined ? [] : [groupPartId(queue)];
}

/** The address of the role among the parts. */
export function delayRolePartId({ id }: QueueResource): string {
  return `${queuePartId(id)}/schedules/role`;
}

/** The role that Scheduler sends with. It has the name of the group. */
export function delayRoleArn(place: AwsPlace, queue: Pick<QueueResource, "id">): string {
  return globalArnOf("iam", `role${rolePath(place)}${delayName(place, queue.id)}`, place);
}

/** What rights on the schedules of a group are given on. */
export function schedulesArn(place: AwsPlace, group: string): string {
  return arnOf("scheduler", `schedule/${group}/*`, place);
}

function groupPart(queue: QueueResource, { place }: AwsStack): TypedPart<"schedule-group"> {
  const name = delayName(place, queue.id);
  return {
    id: groupPartId(queue),
    type: "schedule-group",
    name,
    resource: queue.id,
    config: {},
    known: { name, arn: groupArn(place, name) },
  };
}

function rolePart(queue: QueueResource, { place }: AwsStack): TypedPart<"iam-role"> {
  const name = delayName(place, queue.id);
  const { stack, stage } = place;
  return {
    id: delayRolePartId(queue),
    type: "iam-role",
    name,
    resource: queue.id,
    config: {
      path: rolePath(place),
      description: `What sends the delayed messages of queue ${queue.id} of stack ${stack}, stage ${stage} may do.`,
      assumeRolePolicy: trustOf(place, name),
      policyName: "alien",
      policy: {
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "Send",
            Effect: "Allow",
            Action: ["sqs:SendMessage"],
            Resource: [queueArn(place, queue)],
          },
        ],
      },
    },
    known: { arn: delayRoleArn(place, queue) },
  };
}

/** Scheduler, for the schedules of this group. https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html */
function trustOf(place: AwsPlace, group: string): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Scheduler",
        Effect: "Allow",
        Principal: { Service: "scheduler.amazonaws.com" },
        Action: ["sts:AssumeRole"],
        Condition: {
          StringEquals: {
            "aws:SourceAccount": place.account,
            "aws:SourceArn": groupArn(place, group),
          },
        },
      },
    ],
  };
}

function groupArn(place: AwsPlace, name: string): string {
  return arnOf("scheduler", `schedule-group/${name}`, place);
}

function groupPartId({ id }: QueueResource): string {
  return `${queuePartId(id)}/schedules`;
}
