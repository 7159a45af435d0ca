import type { ServiceBusReceivedMessage } from "@azure/service-bus";

/** A link of rhea, the SDK's AMQP library. */
interface AmqpLink {
  is_open(): boolean;
  /** Hears what happens without being taken for its handler. */
  readonly observers: { once(event: "receiver_close", run: () => void): void };
}

/** What the SDK (7.9.5) keeps of a message, and its types do not show. */
interface Carried {
  readonly delivery?: {
    /** None for a message that was received by its place. */
    readonly link?: AmqpLink;
    readonly remote_settled?: boolean;
    readonly remote_state?: { readonly error?: { readonly condition?: string } };
  };
}

/**
 * Whether the link that a message came on is still open. The SDK opens a link again under its old name, and would
 * send an outcome of what came before into the void.
 */
export function isOnOpenLink(message: ServiceBusReceivedMessage): boolean {
  return deliveryOf(message)?.link?.is_open() ?? false;
}

const waiting = new WeakMap<AmqpLink, Set<() => void>>();

/**
 * Calls `run` when the link that a message came on is closed, by whichever side: the SDK then forgets the outcomes
 * that were asked for on it. The answer stops that.
 */
export function whenLinkCloses(message: ServiceBusReceivedMessage, run: () => void): () => void {
  const link = deliveryOf(message)?.link;
  if (link === undefined) return () => undefined;
  const known = waiting.get(link);
  const those = known ?? new Set();
  if (known === undefined) {
    waiting.set(link, those);
    link.observers.once("receiver_close", () => {
      for (const one of [...those]) one();
    });
  }
  those.add(run);
  return () => those.delete(run);
}

/**
 * Whether an outcome was refused, say since Service Bus was busy. To AMQP that settles the delivery as much as
 * success does, so the SDK takes no further outcome and says that the message is settled; its lock holds all the same.
 */
export function isRefused(message: ServiceBusReceivedMessage): boolean {
  const { remote_settled: settled, remote_state: state } = deliveryOf(message) ?? {};
  return settled === true && state?.error?.condition !== undefined;
}

/**
 * The same message without its delivery: the SDK settles it by its lock token, at the queue's $management, as it does
 * with one that was received by its place.
 */
export function byLockToken(message: ServiceBusReceivedMessage): ServiceBusReceivedMessage {
  return Object.assign({ ...message }, { delivery: {} });
}

function deliveryOf(message: ServiceBusReceivedMessage): Carried["delivery"] {
  return (message as ServiceBusReceivedMessage & Carried).delivery; // see above
}
