import type { QueueResource, Trigger } from "@alienplatform/core";
import type { WorkerConsumer } from "../part-configs.ts";

/** https://developers.cloudflare.com/queues/platform/limits/ */
export const LARGEST_BATCH = 100;
const MOST_INVOCATIONS = 250;
/** A batch of several is worth a second; Cloudflare's own default is 5. */
const GATHERING_MS = 1_000;

/** How a Worker is given what is in its queue. */
export type Batching = Pick<WorkerConsumer, "batchSize" | "maxWaitTimeMs" | "maxConcurrency">;

/**
 * Cloudflare bounds invocations, and each may run as many handlers as its batch has messages: so invocations times batch
 * size stay within the declared concurrency, for which the batch is made smaller where it has to be.
 */
export function batchingOf(
  { concurrency }: Pick<QueueResource, "concurrency">,
  trigger: Pick<Trigger, "batchSize">,
): Batching {
  const batchSize = Math.min(trigger.batchSize, LARGEST_BATCH, concurrency ?? LARGEST_BATCH);
  const maxWaitTimeMs = batchSize === 1 ? 0 : GATHERING_MS;
  if (concurrency === undefined) return { batchSize, maxWaitTimeMs };
  const maxConcurrency = Math.min(MOST_INVOCATIONS, Math.floor(concurrency / batchSize));
  return { batchSize, maxWaitTimeMs, maxConcurrency };
}
