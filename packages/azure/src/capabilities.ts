import {
  keptCapabilities,
  plainService,
  type QueueCapabilities,
  type QueueOptions,
} from "@alienplatform/bindings";
import type { PlatformCapabilities } from "@alienplatform/bindings/declared";
import type { ServiceBusAddress } from "./address.ts";

const KB = 1024;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** 256 KB on Standard, properties included: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas */
const STANDARD_MESSAGE = 256 * KB;

/** One batch on Premium, also where single messages may be larger: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-premium-messaging */
const PREMIUM_BATCH = 1024 * KB;

/** lockDuration is at most 5 minutes: https://learn.microsoft.com/azure/templates/microsoft.servicebus/namespaces/queues */
export const LOCK_MAX_MS = 5 * MINUTE_MS;

/** One property, as our envelope is: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas */
export const PROPERTY_MAX = 32 * KB;

/** What Service Bus can do for one queue at its address: Premium takes larger messages. */
export function capabilitiesOf(
  { maxMessageKilobytes }: ServiceBusAddress,
  declared: Pick<QueueOptions, "fifo">,
): QueueCapabilities {
  const message = maxMessageKilobytes === undefined ? STANDARD_MESSAGE : maxMessageKilobytes * KB;
  const batchBytes = Math.min(message, PREMIUM_BATCH);
  return { ...ofStandard(declared), max: { ...capabilities.max, message, batchBytes } };
}

/** A retry in a group is the message itself, whose time to live goes on. */
function ofStandard({ fifo }: Pick<QueueOptions, "fifo">): QueueCapabilities {
  const since = fifo === undefined ? "due" : "sent";
  return { ...capabilities, retention: { ...capabilities.retention, since } };
}

/** What Service Bus Standard can do. */
export const capabilities: QueueCapabilities = Object.freeze({
  ...plainService,
  service: "Service Bus",
  system: "servicebus",
  pull: true,
  extend: true,
  // An abandon counts as a delivery; it may change properties, and the envelope's count takes that back:
  // https://learn.microsoft.com/javascript/api/@azure/service-bus/servicebusreceiver#abandonmessage
  release: true,
  // Sessions: https://learn.microsoft.com/azure/service-bus-messaging/message-sessions
  ordered: true,
  // A settlement after the lock has ended is refused: https://learn.microsoft.com/azure/service-bus-messaging/message-transfers-locks-settlement
  fencing: "exact",
  receipts: "process",
  // https://learn.microsoft.com/azure/service-bus-messaging/message-browsing
  peek: "read",
  // Messages in flight are counted among the active ones: https://learn.microsoft.com/azure/service-bus-messaging/message-counters
  stats: "approximate",
  purge: "exact",
  deadLetters: "read",
  redrive: "source",
  leaseMaxMs: LOCK_MAX_MS,
  // Service Bus locks for one length; renewing and abandoning make any other of it.
  leases: "chosen",
  // Standard and Premium keep messages for any time; the contract's own longest: https://learn.microsoft.com/azure/service-bus-messaging/message-expiration
  retention: Object.freeze({ minMs: MINUTE_MS, maxMs: 14 * DAY_MS, since: "due" }),
  retryDelay: Object.freeze({ maxMs: 7 * DAY_MS, fifo: true }),
  // Any time in the future: https://learn.microsoft.com/azure/service-bus-messaging/message-sequencing#scheduled-messages
  delayMaxMs: 7 * DAY_MS,
  // Each outcome travels alone, and a link hands out one by one: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-performance-improvements
  network: Object.freeze({ inFlight: 8, lingerMs: 5, only: "sends" }),
  max: Object.freeze({
    message: STANDARD_MESSAGE,
    // Of our own choice: only bytes limit an AMQP batch, and so many small messages fill one.
    batch: 250,
    batchBytes: STANDARD_MESSAGE,
    // Of our own choice: a link gives as many as it has credit for.
    receive: 100,
  }),
});

/** What plan and dev hold a stack to: the Standard tier, the table that each stage has, and functions on the Flex Consumption plan. */
export const platform: PlatformCapabilities = Object.freeze({
  platform: "azure",
  queue: (declared: Pick<QueueOptions, "fifo">) => keptCapabilities(ofStandard(declared)),
  trigger: Object.freeze({
    service: "Azure Functions",
    // Nothing ends a function on Flex Consumption: https://learn.microsoft.com/azure/azure-functions/functions-scale#timeout
    // Instances times maxConcurrentCalls: https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus
    concurrencyMin: 1,
    // The host abandons all of a batch or nothing of it, and Service Bus counts a delivery of each.
    groupBatchMax: 1,
  }),
});
