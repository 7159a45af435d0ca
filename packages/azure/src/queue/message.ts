import { createHash } from "node:crypto";
import {
  attemptOf,
  type Death,
  type Delivery,
  deathOf,
  type Envelope,
  type Headers,
  type Outgoing,
  packEnvelope,
  readEnvelope,
} from "@alienplatform/bindings";
import type { ServiceBusMessage, ServiceBusReceivedMessage } from "@azure/service-bus";
import { PROPERTY_MAX } from "../capabilities.ts";

/** The one application property that carries everything of ours. */
export const ENVELOPE = "alien";

/** When the first message of a group may be tried again, milliseconds since the epoch. */
export const NOT_BEFORE = "alien-not-before";

/** Characters of a MessageId: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas */
const LONGEST_ID = 128;

/**
 * What a message takes beside its body and its envelope: AMQP sections, annotations, ids; and room for what a
 * retry adds to it, so that a message of the largest size can be retried.
 */
const OVERHEAD = 1024;

/** A message to be sent; a copy of what a foreign producer has sent may have a body that is no text. */
export interface Sendable extends Omit<Outgoing, "body"> {
  readonly body: string | Uint8Array;
}

/** What Service Bus counts for a message, in bytes, and never less. */
export function sizeOf({ body, group = "", ...message }: Outgoing): number {
  const envelope = Buffer.byteLength(packEnvelope(message));
  return Buffer.byteLength(body) + envelope + Buffer.byteLength(group) + OVERHEAD;
}

/** The message as Service Bus takes it; its own id is always set, and new for a copy. */
export function toServiceBus(message: Sendable): ServiceBusMessage {
  const { id, body, headers, group, copy } = message;
  return {
    body: Buffer.from(body),
    contentType: headers.kind === "json" ? "application/json" : "text/plain",
    messageId: copy === undefined ? id : copyId(id, copy),
    applicationProperties: { [ENVELOPE]: packFitted(message) },
    ...(group === undefined ? {} : { sessionId: group }),
  };
}

/** The envelope, which tells of a death as much as one property has room for: that must not keep a letter back. */
export function packFitted(envelope: Envelope): string {
  const { dead, ...alive } = envelope.headers;
  const whole = packEnvelope(envelope);
  const excess = Buffer.byteLength(whole) - PROPERTY_MAX;
  if (dead === undefined || excess <= 0) return whole;
  const { code, message } = dead.error;
  const telling = (error: Death["error"]) =>
    packEnvelope({ ...envelope, headers: { ...alive, dead: { ...dead, error } } });
  const shorter = [
    telling({ code, message: message.slice(0, Math.max(0, message.length - excess)) }),
    telling({ code: code.slice(0, 50), message: "" }),
  ];
  const fits = (packed: string) => Buffer.byteLength(packed) <= PROPERTY_MAX;
  return shorter.find(fits) ?? packEnvelope({ ...envelope, headers: alive });
}

/** What is delivered, and the envelope it came in. */
export interface Received {
  readonly delivery: Delivery;
  readonly envelope: Envelope;
  readonly message: ServiceBusReceivedMessage;
}

/** A message of a queue, as it was received or seen. */
export function toReceived(message: ServiceBusReceivedMessage, queue: string): Received {
  const property = message.applicationProperties?.[ENVELOPE];
  const { envelope, undecodable } = readEnvelope(
    property === undefined || property === null ? undefined : String(property),
    { id: vendorId(message), sentAt: message.enqueuedTimeUtc?.getTime() ?? 0 },
  );
  // The SDK hands out AMQP's own count, which is 0 on the first delivery.
  const deliveries = (message.deliveryCount ?? 0) + 1;
  const delivery: Delivery = {
    id: envelope.id,
    receipt: message.lockToken ?? "",
    body: bodyOf(message.body),
    headers: withDeath(envelope.headers, message, queue),
    attempt: attemptOf(envelope, deliveries),
    sentAt: envelope.sentAt,
    ...(message.sessionId === undefined ? {} : { group: message.sessionId }),
    ...(undecodable === undefined ? {} : { undecodable }),
  };
  return { delivery, envelope, message };
}

/**
 * An id of Service Bus for a message that had one: where duplicates are detected another copy under the same id would
 * be accepted and dropped. https://learn.microsoft.com/azure/service-bus-messaging/duplicate-detection
 */
function copyId(id: string, copy: string): string {
  const whole = `${id}-${copy}`;
  return whole.length <= LONGEST_ID ? whole : createHash("sha256").update(whole).digest("hex");
}

/** The same message under an id of Service Bus that is this loan's alone, to be delivered once more: it counts on from `attempt`. */
export function copyOf({ message, envelope }: Received, attempt: number): ServiceBusMessage {
  const { body, contentType, correlationId, subject, replyTo, to, sessionId } = message;
  return {
    body,
    messageId: copyId(envelope.id, message.lockToken ?? String(attempt)),
    ...(contentType === undefined ? {} : { contentType }),
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(subject === undefined ? {} : { subject }),
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(to === undefined ? {} : { to }),
    ...(sessionId === undefined ? {} : { sessionId }),
    applicationProperties: {
      ...message.applicationProperties,
      [ENVELOPE]: packEnvelope({ ...envelope, attempt }),
    },
  };
}

/** Milliseconds since the epoch; 0 where it may be handed out at once. */
export function notBefore({ applicationProperties }: ServiceBusReceivedMessage): number {
  const due = Number(applicationProperties?.[NOT_BEFORE] ?? 0);
  return Number.isFinite(due) ? due : 0;
}

/** What Service Bus itself, or a receiver that is not ours, has dead-lettered tells of it in properties. */
function withDeath(headers: Headers, message: ServiceBusReceivedMessage, queue: string): Headers {
  const { deadLetterReason: reason, deadLetterErrorDescription, enqueuedTimeUtc } = message;
  if (headers.dead !== undefined || reason === undefined) return headers;
  const code = reason === "MaxDeliveryCountExceeded" ? "LEASE_EXPIRED" : reason;
  const death = {
    source: message.deadLetterSource ?? queue,
    attempts: message.deliveryCount ?? 0,
    deadAt: enqueuedTimeUtc?.getTime() ?? 0,
  };
  return {
    ...headers,
    dead: deathOf(death, { code, message: deadLetterErrorDescription ?? reason }),
  };
}

function vendorId({ messageId, sequenceNumber }: ServiceBusReceivedMessage): string {
  if (Buffer.isBuffer(messageId)) return messageId.toString("hex");
  return messageId === undefined ? String(sequenceNumber) : String(messageId);
}

/**
 * Bytes, as most send them, which AMQP may carry in several sections; or a text of an AMQP value; anything else that
 * AMQP can carry is shown as JSON.
 */
function bodyOf(body: unknown): string | Uint8Array {
  if (typeof body === "string" || body instanceof Uint8Array) return body;
  if (isSections(body)) return Buffer.concat(body);
  return body === undefined || body === null ? "" : JSON.stringify(body);
}

function isSections(body: unknown): body is readonly Uint8Array[] {
  return Array.isArray(body) && body.length > 0 && body.every((one) => one instanceof Uint8Array);
}
