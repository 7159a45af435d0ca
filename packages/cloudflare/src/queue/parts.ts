import type { QueueResource } from "@alienplatform/core";
import { type Json, ref, secretsOf } from "@alienplatform/deploy";
import type { TypedPart } from "../cloudflare-part.ts";
import type { CloudflareStack } from "../cloudflare-stack.ts";
import { batchingOf } from "../function/batching.ts";
import { functionPartId, secretPartId } from "../function/part-ids.ts";
import { deadLettersName, queueName } from "../names.ts";
import type { PullConsumer } from "../part-configs.ts";

/** https://developers.cloudflare.com/queues/configuration/configure-queues/#queue-configuration */
const DEAD_LETTERS_SECONDS = 14 * 24 * 3_600;
const DEAD_LETTERS_VISIBILITY_MS = 30_000;
/** The budget is ours, kept by counting; this ends what nobody counts any more. https://developers.cloudflare.com/queues/platform/limits/ */
const MOST_RETRIES = 100;
/** Of a pull that does not say how many it wants; drivers say it. */
const PULL_BATCH = 10;

type QueuePart = TypedPart<"queue">;
type ConsumerPart = TypedPart<"queue-consumer">;

/** The address of a queue among the parts. */
export function queuePartId(queue: string): string {
  return `queue/${queue}`;
}

/** Of what its dead letters go to. */
export function deadLettersPartId({ id, deadLetters }: QueueResource): string {
  return deadLetters === undefined ? `${queuePartId(id)}/dead-letters` : queuePartId(deadLetters);
}

/** A queue with what consumes it, after its sibling for the dead letters where it declares no other. */
export function queueParts(
  queue: QueueResource,
  stack: CloudflareStack,
): readonly (QueuePart | ConsumerPart)[] {
  const { id, deadLetters } = queue;
  const name = queueName(stack.place, id);
  const trigger = stack.consumerOf(id)?.triggers.find((each) => each.queue === id);
  const own = queuePart(queuePartId(id), name, {
    resource: id,
    retentionSeconds: Math.ceil(queue.retentionMs / 1_000),
    pausedAtFirst: trigger?.paused ?? false,
  });
  const consumer = {
    ...consumerPart(queuePartId(id), name, id, configOf(queue, stack)),
    // Else the first messages would find a Worker that has none yet.
    after: secretsOfConsumer(id, stack).map(secretPartId),
  };
  if (deadLetters !== undefined) return [own, consumer];
  const deadId = deadLettersPartId(queue);
  const deadName = deadLettersName(stack.place, id);
  const dead = queuePart(deadId, deadName, {
    resource: id,
    retentionSeconds: DEAD_LETTERS_SECONDS,
    pausedAtFirst: false,
  });
  // Without one nobody could take a dead letter to redrive it.
  const looked = consumerPart(deadId, deadName, id, pulled(deadId, DEAD_LETTERS_VISIBILITY_MS));
  return [dead, looked, own, consumer];
}

function secretsOfConsumer(queue: string, stack: CloudflareStack): readonly string[] {
  const consumer = stack.consumerOf(queue);
  return consumer === undefined ? [] : secretsOf(consumer);
}

interface Wanted {
  readonly resource: string;
  readonly retentionSeconds: number;
  readonly pausedAtFirst: boolean;
}

function queuePart(
  id: string,
  name: string,
  { resource, retentionSeconds, pausedAtFirst }: Wanted,
): QueuePart {
  const config = {
    messageRetentionPeriod: retentionSeconds,
    deliveryDelay: 0,
    pausedAtFirst,
  };
  return { id, type: "queue", name, resource, config, known: { name } };
}

function consumerPart(
  queue: string,
  name: string,
  resource: string,
  config: ConsumerPart["config"],
): ConsumerPart {
  return {
    id: `${queue}/consumer`,
    type: "queue-consumer",
    name: `${name}/consumer`,
    resource,
    config,
  };
}

/** Pushed to the Worker that it triggers; what triggers none is pulled by a process of one's own. */
function configOf(queue: QueueResource, stack: CloudflareStack): ConsumerPart["config"] {
  const { id } = queue;
  const deadLetterQueue = ref(deadLettersPartId(queue), "name");
  const consumer = stack.consumerOf(id);
  const trigger = consumer?.triggers.find((each) => each.queue === id);
  if (consumer === undefined || trigger === undefined) {
    return { ...pulled(queuePartId(id), queue.leaseMs), deadLetterQueue };
  }
  return {
    queueId: ref(queuePartId(id), "id"),
    type: "worker",
    scriptName: ref(functionPartId(consumer.id), "name"),
    deadLetterQueue,
    ...batchingOf(queue, trigger),
    maxRetries: MOST_RETRIES,
    retryDelay: 0,
  };
}

function pulled(queue: string, visibilityTimeoutMs: number): PullConsumer<Json> {
  return {
    queueId: ref(queue, "id"),
    type: "http_pull",
    batchSize: PULL_BATCH,
    maxRetries: MOST_RETRIES,
    retryDelay: 0,
    visibilityTimeoutMs,
  };
}
