import type { Delivery } from "./driver.ts";
import type { ReceivedMessage } from "./message.ts";

const NO_ATTRIBUTES: Readonly<Record<string, string>> = Object.freeze({});

/** The delivery as its reader sees it. Always the same fields in the same order, which keeps it fast. */
export function toReceived(queue: string, delivery: Delivery, payload: unknown): ReceivedMessage {
  const { headers } = delivery;
  return {
    id: delivery.id,
    queue,
    payload,
    kind: headers.kind,
    attempt: delivery.attempt,
    sentAt: delivery.sentAt,
    attributes: headers.attributes ?? NO_ATTRIBUTES,
    group: delivery.group,
    priority: delivery.priority ?? 0,
    job: headers.job,
    dead: headers.dead,
    receiptHandle: delivery.receipt,
  };
}
