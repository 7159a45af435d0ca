import { formatDuration } from "@alienplatform/core";
import type { PlanWarning } from "@alienplatform/deploy";
import type { GcpStack } from "../gcp-stack.ts";

/**
 * Of each FIFO queue that is pushed, what its backoff says and the retry policy of a subscription cannot, which has two ends
 * alone. Outside of groups Cloud Tasks keeps the queue's own schedule; in a group a copy would lose its place.
 * https://cloud.google.com/pubsub/docs/handling-failures#subscription_retry_policy
 */
export function scheduleWarnings(stack: GcpStack): readonly PlanWarning[] {
  return stack.queues().flatMap(({ id, fifo, backoff }) => {
    const consumer = fifo === undefined ? undefined : stack.consumerOf(id);
    const { initialMs, maxMs, factor, jitter } = backoff;
    const lost = [
      ...(factor === 2 ? [] : [`factor: ${factor}`]),
      ...(jitter === "full" ? [] : [`jitter: "${jitter}"`]),
    ];
    if (consumer === undefined || lost.length === 0) return [];
    const kept = `grow from ${formatDuration(initialMs)} to ${formatDuration(maxMs)}`;
    const warning = `queue "${id}" is FIFO and pushed to "${consumer.id}": its retries follow Pub/Sub's own schedule, whose waits ${kept}; ${lost.join(" and ")} of its backoff is not kept`;
    return [{ resource: id, warning }];
  });
}
