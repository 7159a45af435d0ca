import type { QueueResource } from "@alienplatform/core";

/** The address of a queue's subscription among the parts. */
export function queuePartId(queue: string): string {
  return `queue/${queue}`;
}

/** Of what keeps its dead letters. */
export function deadLettersPartId({
  id,
  deadLetters,
}: Pick<QueueResource, "id" | "deadLetters">): string {
  return deadLetters === undefined ? `${queuePartId(id)}/dead-letters` : queuePartId(deadLetters);
}

/** Of the topic that a subscription is of. */
export function topicPartId(subscription: string): string {
  return `${subscription}/topic`;
}
