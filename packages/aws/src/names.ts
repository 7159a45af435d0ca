import type { QueueResource } from "@alienplatform/core";
import { type NameRule, physicalName } from "@alienplatform/deploy";
import type { AwsPlace } from "./aws-place.ts";

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html */
const QUEUE: NameRule = { max: 80, legal };
const FIFO_QUEUE: NameRule = { ...QUEUE, suffix: ".fifo" };
/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
const FUNCTION: NameRule = { max: 64, legal };
/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html */
const TABLE: NameRule = { max: 255, legal };
/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const ROLE: NameRule = { max: 64, legal };

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateScheduleGroup.html, and of a role the same. */
const DELAY: NameRule = { max: 64, legal };

type Named = Pick<QueueResource, "id" | "fifo">;

export function queueName({ stack, stage }: AwsPlace, { id, fifo }: Named): string {
  return physicalName([stack, stage, id], fifo === undefined ? QUEUE : FIFO_QUEUE);
}

/** Of the queue that the dead letters of a queue are in. */
export function deadLettersName({ stack, stage }: AwsPlace, { id, fifo }: Named): string {
  return physicalName([stack, stage, id, "dead"], fifo === undefined ? QUEUE : FIFO_QUEUE);
}

export function functionName({ stack, stage }: AwsPlace, id: string): string {
  return physicalName([stack, stage, id], FUNCTION);
}

/** Of a function's role: an account has its roles in all regions together, so the region is in it. */
export function roleName({ stack, stage, region }: AwsPlace, id: string): string {
  return physicalName([stack, stage, id, region], ROLE);
}

/** Of the schedule group of a FIFO queue, and of the role that its schedules send with: a binding names both at once. */
export function delayName({ stack, stage, region }: AwsPlace, queue: string): string {
  return physicalName([stack, stage, queue, "delay", region], DELAY);
}

/** Where a function of Lambda logs. */
export function logGroupName(place: AwsPlace, id: string): string {
  return `/aws/lambda/${functionName(place, id)}`;
}

/** Of the parameter that a secret is in; one for all functions of the stage that ask for it. */
export function secretName({ stack, stage }: AwsPlace, variable: string): string {
  return `/alien/${stack}/${stage}/${variable}`;
}

/** Of the table that a stage keeps its state in. */
export function stateTableName({ stack, stage }: AwsPlace): string {
  return physicalName([stack, stage, "state"], TABLE);
}

/** Ids are legal as they are; what a stage is called nobody has checked for AWS. */
export function legal(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]+/g, "-");
}
