import type { QueueResource, Trigger } from "@alienplatform/core";
import type { EventSourceMappingConfig } from "../part-configs.ts";

/** Larger batches are gathered: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html */
const LARGEST_AT_ONCE = 10;
const GATHERING_SECONDS = 1;
/** https://docs.aws.amazon.com/lambda/latest/api/API_ScalingConfig.html */
const LEAST_INVOCATIONS = 2;
const MOST_INVOCATIONS = 1_000;

/** How a mapping takes from its queue. */
export type Batching = Pick<
  EventSourceMappingConfig,
  "batchSize" | "maximumBatchingWindowInSeconds" | "maximumConcurrency"
>;

/**
 * A mapping bounds invocations, and each may run as many handlers as its batch has messages: so invocations times batch
 * size stay within the declared concurrency, for which the batch is made smaller where it has to be.
 */
export function batchingOf(
  queue: Pick<QueueResource, "concurrency" | "fifo">,
  trigger: Pick<Trigger, "batchSize">,
): Batching {
  const { concurrency } = queue;
  if (concurrency === undefined || isOneByOne(queue)) {
    return gathered(trigger.batchSize);
  }
  const batchSize = Math.max(
    1,
    Math.min(trigger.batchSize, Math.floor(concurrency / LEAST_INVOCATIONS)),
  );
  const invocations = Math.floor(concurrency / batchSize);
  return {
    ...gathered(batchSize),
    maximumConcurrency: Math.min(MOST_INVOCATIONS, Math.max(LEAST_INVOCATIONS, invocations)),
  };
}

/**
 * One handler at a time is less than a mapping can be bounded to. Reserved concurrency of 1 would bound it, but what
 * Lambda turns away was received, and dies of that unrun. So such a queue is sent to in one group of SQS, of which one
 * batch is lent at a time, whoever receives; within the batch its order keeps to one at a time.
 */
export function isOneByOne({
  concurrency,
  fifo,
}: Pick<QueueResource, "concurrency" | "fifo">): boolean {
  return concurrency === 1 && fifo !== undefined;
}

function gathered(batchSize: number): Batching {
  const waits = batchSize > LARGEST_AT_ONCE;
  return { batchSize, maximumBatchingWindowInSeconds: waits ? GATHERING_SECONDS : 0 };
}
