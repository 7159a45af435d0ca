import type { Service } from "./google-server.ts";
import { Refused } from "./refused.ts";
import type { Message } from "./schema.ts";
import { checkLabels, type GoogleWorld, masked, type Stored } from "./world.ts";

/** Does the same in an emulator that keeps the messages. */
export interface PubSubMirror {
  topicMade(topic: Stored): Promise<void>;
  topicDeleted(path: string): Promise<void>;
  subscriptionMade(subscription: Stored): Promise<void>;
  subscriptionChanged(subscription: Stored, mask: readonly string[]): Promise<void>;
  subscriptionDeleted(path: string): Promise<void>;
}

const NAME = /^projects\/[^/]+\/(topics|subscriptions)\/(?!goog)[A-Za-z][A-Za-z0-9_.~+%-]{2,254}$/;
/** "You can't change these": https://cloud.google.com/pubsub/docs/subscription-properties */
const FIXED = ["name", "topic", "enableMessageOrdering", "filter"];

/** Topics and subscriptions. */
export function pubsubService(world: GoogleWorld, mirror?: PubSubMirror): Service {
  const { topics, subscriptions } = world;
  const PUBLISHER = "google.pubsub.v1.Publisher";
  const SUBSCRIBER = "google.pubsub.v1.Subscriber";
  return {
    [`${PUBLISHER}.CreateTopic`]: async (topic) => {
      const name = String(topic.name);
      checkName(name);
      checkLabels(topic.labels);
      checkRegions(topic);
      if (topics.has(name)) throw Refused.taken(name);
      topics.set(name, { ...topic });
      await mirror?.topicMade({ ...topic });
      return topics.get(name);
    },
    [`${PUBLISHER}.GetTopic`]: ({ topic }) => found(topics, topic),
    [`${PUBLISHER}.ListTopics`]: () => ({ topics: [...topics.values()] }),
    [`${PUBLISHER}.UpdateTopic`]: ({ topic, updateMask }) => {
      const wanted = topic as Message; // as the schema has it
      const name = String(wanted.name);
      checkLabels(wanted.labels);
      topics.set(name, masked(found(topics, name), wanted, updateMask));
      return topics.get(name);
    },
    [`${PUBLISHER}.DeleteTopic`]: async ({ topic }) => {
      found(topics, topic);
      topics.delete(String(topic));
      world.policies.delete(String(topic));
      for (const each of subscriptions.values()) {
        if (each.topic === topic) each.topic = "_deleted-topic_";
      }
      await mirror?.topicDeleted(String(topic));
    },
    [`${SUBSCRIBER}.CreateSubscription`]: async (subscription) => {
      const name = String(subscription.name);
      checkName(name);
      checkLabels(subscription.labels);
      found(topics, subscription.topic);
      checkSubscription(subscription, world);
      if (subscriptions.has(name)) throw Refused.taken(name);
      // What Google fills in: https://cloud.google.com/pubsub/docs/subscription-properties
      const made: Stored = {
        pushConfig: {},
        ackDeadlineSeconds: 10,
        messageRetentionDuration: "604800s",
        expirationPolicy: { ttl: "2678400s" },
        ...subscription,
        state: "ACTIVE",
      };
      subscriptions.set(name, made);
      await mirror?.subscriptionMade(made);
      return made;
    },
    [`${SUBSCRIBER}.GetSubscription`]: ({ subscription }) => found(subscriptions, subscription),
    [`${SUBSCRIBER}.ListSubscriptions`]: () => ({ subscriptions: [...subscriptions.values()] }),
    [`${SUBSCRIBER}.UpdateSubscription`]: async ({ subscription, updateMask }) => {
      const wanted = subscription as Message; // as the schema has it
      const name = String(wanted.name);
      const mask = String(updateMask).split(",");
      const fixed = mask.find((path) => FIXED.includes(path.split(".")[0] ?? ""));
      if (fixed !== undefined)
        throw Refused.invalid(`Invalid update_mask provided: ${fixed} cannot be changed.`);
      checkLabels(wanted.labels);
      const next = masked(found(subscriptions, name), wanted, updateMask);
      next.pushConfig ??= {};
      checkSubscription(next, world);
      subscriptions.set(name, next);
      await mirror?.subscriptionChanged(next, mask);
      return next;
    },
    [`${SUBSCRIBER}.DeleteSubscription`]: async ({ subscription }) => {
      found(subscriptions, subscription);
      subscriptions.delete(String(subscription));
      world.policies.delete(String(subscription));
      await mirror?.subscriptionDeleted(String(subscription));
    },
  };
}

function found(all: ReadonlyMap<string, Stored>, name: unknown): Stored {
  const one = all.get(String(name));
  if (one === undefined) throw Refused.missing(String(name));
  return one;
}

function checkName(name: string): void {
  if (!NAME.test(name)) throw Refused.invalid(`Invalid resource name given (name=${name}).`);
}

function checkRegions({ messageStoragePolicy }: Message): void {
  const { allowedPersistenceRegions = [] } = (messageStoragePolicy ?? {}) as {
    // as the schema has it
    allowedPersistenceRegions?: readonly string[];
  };
  for (const region of allowedPersistenceRegions) {
    if (!/^[a-z]+-[a-z]+\d+$/.test(region)) throw Refused.invalid(`Unknown region ${region}.`);
  }
}

/** https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions#Subscription */
function checkSubscription(subscription: Message, world: GoogleWorld): void {
  const { ackDeadlineSeconds = 10, messageRetentionDuration = "604800s" } = subscription;
  between("ack_deadline_seconds", Number(ackDeadlineSeconds), 10, 600);
  between("message_retention_duration", seconds(messageRetentionDuration), 600, 2_678_400);
  // Each is what the schema says it is.
  const retry = subscription.retryPolicy as Message | undefined;
  if (retry !== undefined) {
    const least = seconds(retry.minimumBackoff ?? "10s");
    between("minimum_backoff", least, 0, 600);
    between("maximum_backoff", seconds(retry.maximumBackoff ?? "600s"), Math.max(least, 0), 600);
  }
  const dead = subscription.deadLetterPolicy as Message | undefined;
  if (dead !== undefined) {
    between("max_delivery_attempts", Number(dead.maxDeliveryAttempts ?? 5), 5, 100);
    if (!world.topics.has(String(dead.deadLetterTopic)))
      throw Refused.missing(String(dead.deadLetterTopic));
  }
  const push = subscription.pushConfig as Message | undefined;
  if (push?.pushEndpoint === undefined || push.pushEndpoint === "") return;
  if (
    !URL.canParse(String(push.pushEndpoint)) ||
    !String(push.pushEndpoint).startsWith("https://")
  ) {
    throw Refused.invalid(`Invalid push endpoint given (endpoint=${push.pushEndpoint}).`);
  }
  const token = push.oidcToken as Message | undefined;
  if (token !== undefined) world.requireAccount(String(token.serviceAccountEmail));
}

function between(name: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return;
  throw Refused.invalid(`Invalid ${name} given: ${value} is not between ${least} and ${most}.`);
}

function seconds(duration: unknown): number {
  return Number.parseFloat(String(duration));
}
