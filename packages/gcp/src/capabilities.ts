import {
  keptCapabilities,
  plainService,
  type QueueCapabilities,
  type QueueOptions,
} from "@alienplatform/bindings";
import type { PlatformCapabilities } from "@alienplatform/bindings/declared";

/** Of an attribute's value; https://cloud.google.com/pubsub/quotas#resource_limits */
export const ATTRIBUTE_BYTES = 1_024;
/** Attributes of a message; https://cloud.google.com/pubsub/quotas#resource_limits */
export const ATTRIBUTES = 100;
/** The longest a deadline can be set to; https://cloud.google.com/pubsub/docs/lease-management */
export const DEADLINE_SECONDS = 600;
/**
 * Of one request that acknowledges or changes deadlines: "Request payload size exceeds the limit: 524288 bytes",
 * https://github.com/googleapis/nodejs-pubsub/issues/1864
 */
export const SETTLE_BYTES = 524_288;
/** Of one publish request; https://cloud.google.com/pubsub/quotas#resource_limits */
const PUBLISH_BYTES = 10_000_000;
/** Kept free for the topic's path, and for what a dead letter tells beside what was sent. */
const REQUEST_BYTES = 16_384;

const DAY_MS = 24 * 60 * 60 * 1_000;

/** What Pub/Sub can do by itself, where its subscription is pulled from. */
export const pullCapabilities: QueueCapabilities = Object.freeze({
  ...plainService,
  service: "Pub/Sub",
  // https://opentelemetry.io/docs/specs/semconv/messaging/gcp-pubsub/
  system: "gcp_pubsub",
  pull: true,
  // modifyAckDeadline; https://cloud.google.com/pubsub/docs/lease-management
  extend: true,
  // A nack counts as a delivery attempt; https://cloud.google.com/pubsub/docs/handling-failures#track-delivery-attempts
  release: false,
  // https://cloud.google.com/pubsub/docs/ordering
  ordered: true,
  // Only exactly-once subscriptions tell; https://cloud.google.com/pubsub/docs/exactly-once-delivery
  fencing: "none",
  // A retry and a dead letter may be copies, and the copy needs the message.
  receipts: "process",
  peek: "none",
  // In Cloud Monitoring alone; https://cloud.google.com/pubsub/docs/monitoring#monitoring_the_backlog
  stats: "none",
  // Seek is eventual; https://cloud.google.com/pubsub/docs/replay-overview#seek_eventual_consistency
  purge: "eventual",
  deadLetters: "take",
  redrive: "source",
  leaseMaxMs: DEADLINE_SECONDS * 1_000,
  leases: "chosen",
  // "from the moment a message is published"; https://cloud.google.com/pubsub/docs/subscription-properties#message_retention_duration
  retention: Object.freeze({ minMs: 600_000, maxMs: 31 * DAY_MS, since: "sent" }),
  // A deadline that is left to lapse; whole seconds.
  retryDelay: Object.freeze({ maxMs: DEADLINE_SECONDS * 1_000, fifo: true }),
  delayMaxMs: 0,
  // Of our own choice: a publish takes some milliseconds within a region, and some tens from elsewhere.
  network: Object.freeze({ inFlight: 16, lingerMs: 5 }),
  max: Object.freeze({
    message: PUBLISH_BYTES - REQUEST_BYTES,
    // https://cloud.google.com/pubsub/quotas#resource_limits
    batch: 1_000,
    batchBytes: PUBLISH_BYTES - REQUEST_BYTES,
    // https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions/pull
    receive: 1_000,
  }),
});

/** What plan and dev hold a stack to: what is deployed has a state table, and a queue of Cloud Tasks. */
export const platform: PlatformCapabilities = Object.freeze({
  platform: "gcp",
  queue: (declared: Pick<QueueOptions, "fifo">) =>
    keptCapabilities(delayedCapabilities(pullCapabilities, declared)),
  trigger: Object.freeze({
    service: "Pub/Sub's push",
    // The deadline of a push is that of its acknowledgement; https://cloud.google.com/pubsub/docs/push
    timeoutMaxMs: DEADLINE_SECONDS * 1_000,
    // Instances, each with one request at once; https://cloud.google.com/run/docs/configuring/max-instances
    concurrencyMin: 1,
  }),
});

/** The same where the subscription pushes, which leaves it without acknowledgement ids. */
export const pushCapabilities: QueueCapabilities = Object.freeze({
  ...pullCapabilities,
  pull: false,
  extend: false,
  leases: "declared",
  // A message that is not acknowledged follows the subscription's own retry policy;
  // https://cloud.google.com/pubsub/docs/handling-failures#subscription_retry_policy
  retryDelay: Object.freeze({ maxMs: 0, fifo: false }),
});

/** The same of a queue that deploy has made: Cloud Monitoring counts what is in it, some minutes late. */
export function countedCapabilities(capabilities: QueueCapabilities): QueueCapabilities {
  return Object.freeze({ ...capabilities, stats: "approximate" });
}

/**
 * The same where the binding names a queue of Cloud Tasks, which publishes a message, or the copy that is its next
 * attempt, up to 30 days later (https://cloud.google.com/tasks/docs/quotas); 7 days are the contract's own longest. In a
 * group a copy would go behind the later ones: its retries are as they were.
 */
export function delayedCapabilities(
  own: QueueCapabilities,
  { fifo }: Pick<QueueOptions, "fifo">,
): QueueCapabilities {
  const { retryDelay } = own;
  return Object.freeze({
    ...own,
    delayMaxMs: 7 * DAY_MS,
    retryDelay:
      fifo === undefined ? Object.freeze({ ...retryDelay, maxMs: 7 * DAY_MS }) : retryDelay,
  });
}
