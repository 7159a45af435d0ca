import { declaredBinding } from "@alienplatform/bindings/declared";
import type { QueueResource } from "@alienplatform/core";
import type { Json } from "@alienplatform/deploy";
import { loweredTasks } from "../delays/parts.ts";
import { pushTarget } from "../function/push-target.ts";
import type { GcpStack } from "../gcp-stack.ts";
import { deadLettersName, queueName } from "../names.ts";
import { loweredTable } from "../table/parts.ts";
import { deadlineOf } from "./parts.ts";

/**
 * What ALIEN_<ID>_BINDING holds for a queue. All of it follows from names but the one of Cloud
 * Tasks, which only its making tells: a function waits for that, and not for its queues.
 */
export function loweredBinding(
  queue: QueueResource,
  stack: GcpStack,
): { readonly [key: string]: Json } {
  const { id, fifo, deadLetters } = queue;
  const { place } = stack;
  const consumer = stack.consumerOf(id);
  const name = queueName(place, id);
  const dead =
    deadLetters === undefined ? deadLettersName(place, id) : queueName(place, deadLetters);
  return declaredBinding(queue, "gcp", {
    project: place.project,
    topic: name,
    subscription: name,
    deadTopic: dead,
    deadSubscription: dead,
    ordered: fifo !== undefined,
    ackDeadlineSeconds: deadlineOf(queue, stack),
    ...(consumer === undefined ? {} : { push: true, consumer: pushTarget(consumer, place) }),
    deployed: true,
    table: loweredTable(stack),
    tasks: loweredTasks(stack),
    ...(place.pubsub === undefined ? {} : { endpoint: place.pubsub }),
  });
}
