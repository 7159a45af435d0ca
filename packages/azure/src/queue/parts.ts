import type { QueueResource } from "@alienplatform/core";
import { ref } from "@alienplatform/deploy";
import type { TypedPart } from "../azure-part.ts";
import type { AzureStack } from "../azure-place.ts";
import { LOCK_MAX_MS } from "../capabilities.ts";
import { deadLettersName, namespaceName, queueName } from "../names.ts";
import { queueId } from "../resource-ids.ts";
import { NAMESPACE } from "../stage-parts.ts";

/** "The maximum value is 2,000", and the budget is ours, kept by counting: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas */
const MOST_DELIVERIES = 2_000;
/** https://learn.microsoft.com/azure/service-bus-messaging/service-bus-dead-letter-queues says that messages stay there for good. */
const DEAD_LETTERS_SECONDS = 10_675_199 * 86_400;
const DEAD_LETTERS_LOCK_SECONDS = 30;
/** https://learn.microsoft.com/azure/service-bus-messaging/message-transfers-locks-settlement */
const SHORTEST_LOCK_SECONDS = 5;
/** The largest of Standard. https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas */
const LARGEST_MB = 5_120;

type QueuePart = TypedPart<"servicebus-queue">;

/** The address of a queue among the parts. */
export function queuePartId(queue: string): string {
  return `queue/${queue}`;
}

/** Of what its dead letters go to. */
export function deadLettersPartId({ id, deadLetters }: QueueResource): string {
  return deadLetters === undefined ? `${queuePartId(id)}/dead-letters` : queuePartId(deadLetters);
}

/** A queue, after its sibling for the dead letters where it declares no other. */
export function queueParts(queue: QueueResource, stack: AzureStack): readonly QueuePart[] {
  const { id, deadLetters, leaseMs, retentionMs } = queue;
  const own = part(id, queuePartId(id), queueName(id), stack, {
    ...common,
    lockDuration: Math.max(
      SHORTEST_LOCK_SECONDS,
      Math.ceil(Math.min(leaseMs, LOCK_MAX_MS) / 1_000),
    ),
    requiresSession: queue.fifo !== undefined,
    defaultMessageTimeToLive: Math.ceil(retentionMs / 1_000),
    forwardDeadLetteredMessagesTo: ref(deadLettersPartId(queue), "name"),
  });
  if (deadLetters !== undefined) return [own];
  const dead = part(id, deadLettersPartId(queue), deadLettersName(id), stack, {
    ...common,
    lockDuration: DEAD_LETTERS_LOCK_SECONDS,
    // They are looked at, taken and sent back one by one, whatever their groups were.
    requiresSession: false,
    defaultMessageTimeToLive: DEAD_LETTERS_SECONDS,
  });
  return [dead, own];
}

const common = {
  maxDeliveryCount: MOST_DELIVERIES,
  requiresDuplicateDetection: false,
  // What nobody took in time is gone, as on other platforms.
  deadLetteringOnMessageExpiration: false,
  maxSizeInMegabytes: LARGEST_MB,
} as const;

function part(
  resource: string,
  id: string,
  queue: string,
  { place }: AzureStack,
  config: QueuePart["config"],
): QueuePart {
  const name = `${namespaceName(place)}/${queue}`;
  return {
    id,
    type: "servicebus-queue",
    name,
    resource,
    config,
    after: [NAMESPACE],
    known: { id: queueId(place, name), name: queue },
  };
}
