import { createHash } from "node:crypto";
import { hostname } from "node:os";
import type { Outgoing } from "@alienplatform/bindings";
import type { Attributes } from "@opentelemetry/api";
import type { ObservedQueue } from "../observed-queue.ts";
import { attribute, type Operation, operationType } from "./names.ts";

/** What every span and every measurement of an operation on a queue says. */
export interface OperationAttributes {
  /** Few values, so fit for metrics. */
  readonly metric: Attributes;
  readonly span: Attributes;
}

export function operationAttributes(
  { queue, system, consumerGroup }: ObservedQueue,
  operation: Operation,
): OperationAttributes {
  const sending = operation === "send" || operation === "create";
  const metric: Attributes = {
    [attribute.system]: system,
    [attribute.destination]: queue,
    [attribute.operationName]: operation,
    [attribute.operationType]: operationType[operation],
    ...(consumerGroup === undefined || sending ? {} : { [attribute.consumerGroup]: consumerGroup }),
  };
  return { metric, span: { ...metric, [attribute.clientId]: `${hostname()}:${process.pid}` } };
}

/** What a span says of a message on its way out: never its body, and no key that may be somebody's secret. */
export function outgoingAttributes(message: Outgoing): Attributes {
  const { id, delayMs, group, priority, concurrency } = message;
  return {
    [attribute.messageId]: id,
    ...(delayMs === undefined ? {} : { [attribute.delayMs]: delayMs }),
    ...(group === undefined ? {} : { [attribute.group]: group }),
    ...(priority === undefined ? {} : { [attribute.priority]: priority }),
    ...(concurrency === undefined ? {} : { [attribute.concurrencyKey]: hash(concurrency.key) }),
  };
}

/** Enough to tell keys apart, and not to read them. */
function hash(key: string): string {
  return createHash("sha256").update(key).digest("hex").slice(0, 16);
}
