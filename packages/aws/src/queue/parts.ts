import type { QueueResource } from "@alienplatform/core";
import { ref } from "@alienplatform/deploy";
import { arnOf } from "../arn.ts";
import type { TypedPart } from "../aws-part.ts";
import type { AwsStack } from "../aws-stack.ts";
import { LARGEST_BYTES, LONGEST_VISIBILITY_MS } from "../capabilities.ts";
import { batchingOf } from "../function/batching.ts";
import { timeoutOf } from "../function/settings.ts";
import { deadLettersName, queueName } from "../names.ts";
import type { SqsQueueConfig } from "../part-configs.ts";
import { queueArn } from "./queue-arns.ts";

const DEAD_LETTERS_SECONDS = 14 * 24 * 3_600;
const DEAD_LETTERS_VISIBILITY_SECONDS = 30;
/** For those who receive without saying how long they wait. */
const LONG_POLL_SECONDS = 20;
/** The budget is ours, kept by counting; this ends what nobody counts any more. */
const MOST_RECEIVES = 1_000;
/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const MOST_SOURCES = 10;
/** "at least six times the timeout": https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const TIMEOUTS = 6;

type QueuePart = TypedPart<"sqs-queue">;

/** The address of a queue among the parts. */
export function queuePartId(queue: string): string {
  return `queue/${queue}`;
}

/** Of what its dead letters go to. */
export function deadLettersPartId({ id, deadLetters }: QueueResource): string {
  return deadLetters === undefined ? `${queuePartId(id)}/dead-letters` : queuePartId(deadLetters);
}

/** A queue, after its sibling for the dead letters where it declares no other. */
export function queueParts(queue: QueueResource, stack: AwsStack): readonly QueuePart[] {
  const { id, deadLetters } = queue;
  const made = { type: "sqs-queue", resource: id } as const;
  const name = queueName(stack.place, queue);
  const own: QueuePart = {
    ...made,
    id: queuePartId(id),
    name,
    config: {
      ...common(queue),
      visibilityTimeout: visibilityOf(queue, stack),
      messageRetentionPeriod: Math.ceil(queue.retentionMs / 1_000),
      redrivePolicy: {
        deadLetterTargetArn: ref(deadLettersPartId(queue), "arn"),
        maxReceiveCount: MOST_RECEIVES,
      },
      ...allowed(stack.dyingInto(id), stack),
    },
    known: { arn: queueArn(stack.place, queue) },
  };
  if (deadLetters !== undefined) return [own];
  const deadName = deadLettersName(stack.place, queue);
  const dead: QueuePart = {
    ...made,
    id: deadLettersPartId(queue),
    name: deadName,
    config: {
      ...common(queue),
      visibilityTimeout: DEAD_LETTERS_VISIBILITY_SECONDS,
      messageRetentionPeriod: DEAD_LETTERS_SECONDS,
      ...allowed([queue], stack),
    },
    known: { arn: arnOf("sqs", deadName, stack.place) },
  };
  return [dead, own];
}

function common({ fifo }: QueueResource) {
  return {
    fifoQueue: fifo !== undefined,
    ...(fifo === undefined
      ? {}
      : ({
          deduplicationScope: "messageGroup",
          fifoThroughputLimit: "perMessageGroupId",
        } as const)),
    receiveMessageWaitTimeSeconds: LONG_POLL_SECONDS,
    maximumMessageSize: LARGEST_BYTES,
    delaySeconds: 0,
    sqsManagedSseEnabled: true,
  };
}

/** Lambda asks for a loan that outlasts the function by far, the time of gathering a batch included. */
function visibilityOf(queue: QueueResource, stack: AwsStack): number {
  const lease = Math.ceil(queue.leaseMs / 1_000);
  const consumer = stack.consumerOf(queue.id);
  const trigger = consumer?.triggers.find((each) => each.queue === queue.id);
  if (consumer === undefined || trigger === undefined) return lease;
  const { maximumBatchingWindowInSeconds } = batchingOf(queue, trigger);
  const asked = TIMEOUTS * timeoutOf(consumer) + maximumBatchingWindowInSeconds;
  return Math.min(LONGEST_VISIBILITY_MS / 1_000, Math.max(lease, asked));
}

/** Who may send its dead there. SQS lists ten queues; more cannot be told from all. */
function allowed(
  sources: readonly QueueResource[],
  { place }: AwsStack,
): Pick<SqsQueueConfig, "redriveAllowPolicy"> {
  if (sources.length === 0) return {};
  if (sources.length > MOST_SOURCES)
    return { redriveAllowPolicy: { redrivePermission: "allowAll" } };
  const sourceQueueArns = sources.map((source) => queueArn(place, source));
  return { redriveAllowPolicy: { redrivePermission: "byQueue", sourceQueueArns } };
}
