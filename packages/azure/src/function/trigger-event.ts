import { attemptOf, type Delivery, readEnvelope } from "@alienplatform/bindings";
import { ENVELOPE } from "../queue/message.ts";

/**
 * What of an invocation's context is looked at. The names are those of the trigger's metadata in camel case, and end
 * in "Array" where the trigger hands over batches:
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus-trigger#message-metadata
 */
export interface InvocationContext {
  /** The function's name in its app, of which each queue has its own. */
  readonly functionName: string;
  readonly triggerMetadata?: Readonly<Record<string, unknown>>;
}

/** Whether one call is for a batch: a single message may be a list too, where the host has read it as JSON. */
export function isBatch({ triggerMetadata = {} }: InvocationContext): boolean {
  return Array.isArray(triggerMetadata.messageIdArray);
}

/** What the trigger hands over, as deliveries. */
export function toDeliveries(input: unknown, context: InvocationContext): Delivery[] {
  const metadata = context.triggerMetadata ?? {};
  if (!isBatch(context)) return [toDelivery(input, (name) => metadata[name])];
  const bodies: readonly unknown[] = Array.isArray(input) ? input : [input];
  return bodies.map((body, index) =>
    toDelivery(body, (name) => {
      const values = metadata[`${name}Array`];
      return Array.isArray(values) ? values[index] : undefined;
    }),
  );
}

function toDelivery(body: unknown, metadata: (name: string) => unknown): Delivery {
  const id = textOf(metadata("messageId")) ?? textOf(metadata("sequenceNumber")) ?? "";
  const sentAt = Date.parse(textOf(metadata("enqueuedTimeUtc")) ?? "") || 0;
  const { envelope, undecodable } = readEnvelope(propertyOf(metadata), { id, sentAt });
  const group = textOf(metadata("sessionId"));
  // .NET, which the host is written in, counts from 1.
  const deliveries = Number(metadata("deliveryCount") ?? 1);
  return {
    id: envelope.id,
    receipt: textOf(metadata("lockToken")) ?? "",
    body: bodyOf(body),
    headers: envelope.headers,
    attempt: attemptOf(envelope, deliveries),
    sentAt: envelope.sentAt,
    ...(group === undefined ? {} : { group }),
    ...(undecodable === undefined ? {} : { undecodable }),
  };
}

/** Before version 5 of the extension they were called user properties. */
function propertyOf(metadata: (name: string) => unknown): string | undefined {
  for (const name of ["applicationProperties", "userProperties"]) {
    const properties = metadata(name);
    if (typeof properties !== "object" || properties === null) continue;
    const value = (properties as Record<string, unknown>)[ENVELOPE]; // a map of whatever the sender wrote
    if (value !== undefined && value !== null) return textOf(value);
  }
  return undefined;
}

/** The host's library reads every text that happens to be JSON as such, our envelope and a group named 7 too. */
function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Bytes where the trigger is declared with dataType "binary", as deploying does; else what the host has read. */
function bodyOf(body: unknown): string | Uint8Array {
  if (typeof body === "string" || body instanceof Uint8Array) return body;
  return JSON.stringify(body) ?? "";
}
