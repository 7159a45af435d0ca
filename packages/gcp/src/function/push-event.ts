import { AlienError } from "@alienplatform/core";
import type { DeliveredMessage } from "../queue/message.ts";

/**
 * What Pub/Sub posts to a push endpoint, wrapped: https://cloud.google.com/pubsub/docs/push#receive_push
 * It spells some fields twice; these are the ones of its REST API.
 */
export interface PushEvent {
  readonly message: {
    /** base64; not there where a message has attributes alone. */
    readonly data?: string;
    readonly attributes?: Readonly<Record<string, string>>;
    readonly messageId: string;
    /** RFC 3339, to the nanosecond. */
    readonly publishTime: string;
    readonly orderingKey?: string;
  };
  /** "projects/p/subscriptions/tasks" */
  readonly subscription: string;
  /** 1 on first delivery; only where the subscription has a dead-letter policy. */
  readonly deliveryAttempt?: number;
}

/** Reads a request's body. DECODE_FAILED where it is not what Pub/Sub posts. */
export function readPushEvent(body: string): PushEvent {
  const event = parse(body);
  if (!isRecord(event) || typeof event.subscription !== "string" || !isRecord(event.message)) {
    throw new AlienError("DECODE_FAILED", "the request's body is not what Pub/Sub pushes", {
      fix: "Push to this URL from a subscription, wrapped: without the option for unwrapped payloads.",
    });
  }
  // Pub/Sub has signed the request: what it says beyond this is taken as documented.
  return event as unknown as PushEvent;
}

export function toDelivered({ message }: PushEvent): DeliveredMessage {
  const { data = "", attributes = {}, messageId, publishTime, orderingKey = "" } = message;
  return {
    id: messageId,
    publishedAt: Date.parse(publishTime),
    body: Buffer.from(data, "base64"),
    attributes,
    orderingKey,
  };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // the caller says so, without the text
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
