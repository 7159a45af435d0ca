import type { QueueResource } from "@alienplatform/core";
import { ref } from "@alienplatform/deploy";
import { DEADLINE_SECONDS } from "../capabilities.ts";
import { DELAYS_PART } from "../delays/part-ids.ts";
import { delayGrantPart } from "../delays/parts.ts";
import { functionGrantIds } from "../function/grants.ts";
import { invokersPartId, pushAccountPartId } from "../function/part-ids.ts";
import { pushTarget } from "../function/push-target.ts";
import { timeoutOf } from "../function/settings.ts";
import type { GcpPart, TypedPart } from "../gcp-part.ts";
import { pubsubAgent } from "../gcp-place.ts";
import type { GcpStack } from "../gcp-stack.ts";
import { deadLettersName, queueName } from "../names.ts";
import type { LoweredConfigs } from "../part-configs.ts";
import { stateGrantIds } from "../table/parts.ts";
import { deadLettersPartId, queuePartId, topicPartId } from "./part-ids.ts";

/** The longest: https://cloud.google.com/pubsub/docs/subscription-properties */
const DEAD_LETTERS_SECONDS = 31 * 86_400;
const DEAD_LETTERS_DEADLINE_SECONDS = 30;
/** https://cloud.google.com/pubsub/docs/lease-management */
const LEAST_DEADLINE_SECONDS = 10;
/** The budget is ours, kept by counting; this ends what nobody counts any more. */
const MOST_DELIVERIES = 100;
/** https://cloud.google.com/pubsub/docs/handling-failures#subscription_retry_policy */
const LONGEST_BACKOFF_SECONDS = 600;

/** A queue, after what keeps its dead letters where it declares no other. */
export function queueParts(queue: QueueResource, stack: GcpStack): readonly GcpPart[] {
  const { id, deadLetters } = queue;
  return [
    ...(deadLetters === undefined ? deadLettersParts(queue, stack) : []),
    topicPart(id, topicPartId(queuePartId(id)), queueName(stack.place, id), stack),
    delayGrantPart(queue, stack),
    subscriptionPart(queue, stack),
    ...(stack.dyingInto(id).length === 0 ? [] : [backstopOn("topic", id, queuePartId(id), stack)]),
    backstopOn("subscription", id, queuePartId(id), stack),
  ];
}

/** The subscription's own acknowledgement deadline: a push has to be answered within it. Seconds. */
export function deadlineOf(queue: QueueResource, stack: GcpStack): number {
  const consumer = stack.consumerOf(queue.id);
  const asked = Math.max(
    Math.ceil(queue.leaseMs / 1_000),
    consumer === undefined ? 0 : timeoutOf(consumer),
  );
  return Math.min(DEADLINE_SECONDS, Math.max(LEAST_DEADLINE_SECONDS, asked));
}

function deadLettersParts(queue: QueueResource, stack: GcpStack): readonly GcpPart[] {
  const { id } = queue;
  const name = deadLettersName(stack.place, id);
  const part = deadLettersPartId(queue);
  return [
    topicPart(id, topicPartId(part), name, stack),
    {
      id: part,
      type: "pubsub-subscription",
      name,
      resource: id,
      config: {
        topic: ref(topicPartId(part), "path"),
        // Or a look would see one of each group.
        enableMessageOrdering: false,
        ackDeadlineSeconds: DEAD_LETTERS_DEADLINE_SECONDS,
        messageRetentionDuration: DEAD_LETTERS_SECONDS,
        expires: false,
        pausedAtFirst: false,
      },
      known: { path: `projects/${stack.place.project}/subscriptions/${name}` },
    },
    backstopOn("topic", id, part, stack),
  ];
}

function topicPart(
  resource: string,
  id: string,
  name: string,
  { place }: GcpStack,
): TypedPart<"pubsub-topic"> {
  return {
    id,
    type: "pubsub-topic",
    name,
    resource,
    config: { allowedPersistenceRegions: [place.region] },
    known: { path: `projects/${place.project}/topics/${name}` },
    // And so is deleted first: it tells of what waits there for it.
    after: [DELAYS_PART],
  };
}

/** Its path is not known before it is there: one that is made anew under its name has none of the rights of the former. */
function subscriptionPart(queue: QueueResource, stack: GcpStack): TypedPart<"pubsub-subscription"> {
  const { id, retentionMs, fifo } = queue;
  const name = queueName(stack.place, id);
  const consumer = stack.consumerOf(id);
  const trigger = consumer?.triggers.find((each) => each.queue === id);
  return {
    id: queuePartId(id),
    type: "pubsub-subscription",
    name,
    resource: id,
    config: {
      topic: ref(topicPartId(queuePartId(id)), "path"),
      enableMessageOrdering: fifo !== undefined,
      ackDeadlineSeconds: deadlineOf(queue, stack),
      messageRetentionDuration: Math.ceil(retentionMs / 1_000),
      expires: false,
      deadLetterPolicy: {
        deadLetterTopic: ref(topicPartId(deadLettersPartId(queue)), "path"),
        maxDeliveryAttempts: MOST_DELIVERIES,
      },
      ...(consumer === undefined ? {} : pushing(consumer, queue, stack)),
      pausedAtFirst: trigger?.paused ?? false,
    },
    // What is pushed is to find a function that may do all that it does.
    after:
      consumer === undefined
        ? []
        : [
            invokersPartId(consumer),
            ...functionGrantIds(consumer, stack),
            ...stateGrantIds(consumer),
          ],
  };
}

/** What is not acknowledged follows the subscription's own schedule: nobody can say another one for a message. */
function pushing(
  consumer: Parameters<typeof pushTarget>[0],
  { backoff }: QueueResource,
  { place }: GcpStack,
): Pick<LoweredConfigs["pubsub-subscription"], "push" | "retryPolicy"> {
  const { endpoint, audience } = pushTarget(consumer, place);
  const seconds = (ms: number) => Math.min(LONGEST_BACKOFF_SECONDS, ms / 1_000);
  return {
    push: { endpoint, audience, serviceAccount: ref(pushAccountPartId(consumer), "email") },
    retryPolicy: {
      minimumBackoff: seconds(backoff.initialMs),
      maximumBackoff: seconds(Math.max(backoff.initialMs, backoff.maxMs)),
    },
  };
}

/**
 * Google's own dead-lettering acts in the name of its service agent, and does nothing, silently, without both rights.
 * https://cloud.google.com/pubsub/docs/dead-letter-topics#grant_forwarding_permissions
 */
function backstopOn(
  kind: "topic" | "subscription",
  resource: string,
  part: string,
  { place }: GcpStack,
): TypedPart<"iam-grant"> {
  const on = kind === "topic" ? topicPartId(part) : part;
  const name =
    part === queuePartId(resource) ? queueName(place, resource) : deadLettersName(place, resource);
  return {
    id: `${on}/backstop`,
    type: "iam-grant",
    name: `gcp-sa-pubsub on ${kind}s/${name}`,
    resource,
    config: {
      api: "pubsub",
      resource: ref(on, "path"),
      member: pubsubAgent(place),
      roles: [kind === "topic" ? "roles/pubsub.publisher" : "roles/pubsub.subscriber"],
    },
  };
}
