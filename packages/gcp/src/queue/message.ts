import {
  attemptOf,
  type Death,
  type Delivery,
  type Headers,
  readEnvelope,
} from "@alienplatform/bindings";
import type { PulledMessage } from "../client.ts";
import { type Attributes, unpackAttributes } from "./attributes.ts";
import type { PubSubQueue } from "./pubsub-queue.ts";
import { writeReceipt } from "./receipt.ts";

/** What was pulled, as a delivery. */
export function toDelivery(
  { ackId, deliveryAttempt, message }: PulledMessage,
  queue: PubSubQueue,
): Delivery {
  const { data, attributes, messageId, orderingKey, publishTime } = message ?? {};
  const seconds = Number(publishTime?.seconds ?? 0);
  return deliveryOf(
    {
      id: messageId ?? "",
      publishedAt: seconds * 1_000 + Math.floor((publishTime?.nanos ?? 0) / 1_000_000),
      body: typeof data === "string" ? Buffer.from(data, "base64") : (data ?? new Uint8Array()),
      attributes: attributes ?? {},
      orderingKey: orderingKey ?? "",
    },
    { ackId: ackId ?? "", count: deliveryAttempt ?? 0 },
    queue,
  );
}

/** A message as Pub/Sub delivers it, by pull or by push. */
export interface DeliveredMessage {
  readonly id: string;
  readonly publishedAt: number;
  readonly body: Uint8Array;
  readonly attributes: Attributes;
  /** "" for none. */
  readonly orderingKey: string;
}

/** `count` is Pub/Sub's own: 1 on first delivery, 0 where it does not count. */
export function deliveryOf(
  message: DeliveredMessage,
  { ackId, count }: { readonly ackId: string; readonly count: number },
  queue: PubSubQueue,
): Delivery {
  const { body, attributes, orderingKey, publishedAt } = message;
  const vendor = { id: message.id, sentAt: publishedAt };
  const { envelope, undecodable } = readEnvelope(unpackAttributes(attributes), vendor);
  const { id, sentAt } = envelope;
  const moved = movedBy(attributes, publishedAt, envelope.attempt ?? 1, queue);
  const headers = moved === undefined ? envelope.headers : { ...envelope.headers, dead: moved };
  return {
    id,
    receipt: writeReceipt({ ackId, counted: count > 0 }),
    body,
    headers: aliveAgain(headers, queue),
    attempt: moved === undefined ? attemptOf(envelope, count) : Math.max(1, count),
    sentAt,
    ...(orderingKey === "" ? {} : { group: orderingKey }),
    ...(undecodable === undefined ? {} : { undecodable }),
  };
}

/**
 * Pub/Sub's own forwarding, after the deliveries that its policy allows: it says where from and how often, not why;
 * https://cloud.google.com/pubsub/docs/dead-letter-topics#receive_forwarded_messages
 */
function movedBy(
  attributes: Attributes,
  deadAt: number,
  firstAttempt: number,
  { name, dead }: PubSubQueue,
): Death | undefined {
  const subscription = attributes.CloudPubSubDeadLetterSourceSubscription;
  if (subscription === undefined) return undefined;
  const count = Number(attributes.CloudPubSubDeadLetterSourceDeliveryCount ?? 1);
  const attempts = firstAttempt - 1 + count;
  const message = `the lease of delivery ${attempts} ended before it was settled; Pub/Sub moved it`;
  // Among the dead letters of a queue it is that queue's; in a declared one only Pub/Sub's own name of it is known.
  const source = dead === undefined ? name : subscription;
  return { source, attempts, deadAt, error: { code: "LEASE_EXPIRED", message } };
}

/** A message that died in this queue and is in it again: somebody has published it there as it was. It is alive. */
function aliveAgain(headers: Headers, { name, subscription, dead }: PubSubQueue): Headers {
  const source = headers.dead?.source;
  const own = source === name || (source !== undefined && subscription.endsWith(`/${source}`));
  if (dead === undefined || !own) return headers;
  const { dead: _, ...alive } = headers;
  return alive;
}
