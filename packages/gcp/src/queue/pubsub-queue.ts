import type { QueueBinding, QueueCapabilities, QueueOptions } from "@alienplatform/bindings";
import { type PushTarget, readAddress } from "../address.ts";
import {
  countedCapabilities,
  delayedCapabilities,
  pullCapabilities,
  pushCapabilities,
} from "../capabilities.ts";
import { PubSubClient } from "../client.ts";
import { DelayedPublisher } from "../delays/delayed-publisher.ts";
import { readTasksAddress } from "../delays/tasks-address.ts";

/** One topic of Pub/Sub and its subscription, as this process reaches them: a declared queue, or its dead letters'. */
export interface PubSubQueue {
  /** The logical name of the declared one. */
  readonly name: string;
  readonly options: QueueOptions;
  /** Paths, as every request names them. */
  readonly topic: string;
  readonly subscription: string;
  /** Where its dead letters go; undefined in the queue that they are in. */
  readonly dead?: { readonly topic: string; readonly subscription: string };
  /** Of the messages of an ordering key one is taken at a time, in the order of the subscription. */
  readonly ordered: boolean;
  /** What its subscription makes it. */
  readonly capabilities: QueueCapabilities;
  /** The subscription's own acknowledgement deadline, where it is known. */
  readonly ackDeadlineSeconds?: number;
  /** The function that it pushes to, of what deploy has made. */
  readonly consumer?: PushTarget;
  /** What publishes to the topic later on, where the binding names a queue of Cloud Tasks. */
  readonly delays?: DelayedPublisher;
  /** The longest delay of a retry that the subscription keeps by itself, milliseconds; longer ones are delayed copies. */
  readonly longestRetryMs: number;
  readonly client: PubSubClient;
}

/** The queue of a binding. Does no I/O. */
export function pubsubQueueOf(binding: QueueBinding): PubSubQueue {
  const { queue: name, options } = binding;
  const address = readAddress(binding);
  const { project, ordered, push = false, ackDeadlineSeconds, consumer, deployed } = address;
  const alone = push ? pushCapabilities : pullCapabilities;
  const tasks = readTasksAddress(binding);
  const own = tasks === undefined ? alone : delayedCapabilities(alone, options);
  const topicOf = (id: string) => `projects/${project}/topics/${id}`;
  const subscriptionOf = (id: string) => `projects/${project}/subscriptions/${id}`;
  return {
    name,
    options,
    topic: topicOf(address.topic),
    subscription: subscriptionOf(address.subscription),
    dead: {
      topic: topicOf(address.deadTopic),
      subscription: subscriptionOf(address.deadSubscription),
    },
    ordered,
    capabilities: deployed === true ? countedCapabilities(own) : own,
    ...(consumer === undefined ? {} : { consumer }),
    ...(ackDeadlineSeconds === undefined ? {} : { ackDeadlineSeconds }),
    ...(tasks === undefined
      ? {}
      : {
          delays: new DelayedPublisher({
            address: tasks,
            topic: topicOf(address.topic),
            endpoint: address.endpoint,
            queue: name,
          }),
        }),
    longestRetryMs: alone.retryDelay.maxMs,
    client: new PubSubClient(address),
  };
}

/**
 * The queue that its dead letters are in, over the same connections. To look at them in no order: of a group in order,
 * one at a time would be seen.
 */
export function deadLettersOf({
  dead,
  ackDeadlineSeconds: _,
  delays: __,
  ...queue
}: PubSubQueue): PubSubQueue {
  return { ...queue, ...dead, ordered: false, capabilities: pullCapabilities };
}
