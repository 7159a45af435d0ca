// The names of OpenTelemetry's conventions for messaging (v1.37), and ours beside them. The conventions are
// still "in development" there: https://opentelemetry.io/docs/specs/semconv/messaging/

/** Of the instrumentation, as traces and metrics name their origin. */
export const SCOPE = "@alienplatform/sdk";
/** That of package.json. */
export const SCOPE_VERSION = "0.1.0";

/** Attributes of spans and metrics. */
export const attribute = {
  system: "messaging.system",
  operationName: "messaging.operation.name",
  operationType: "messaging.operation.type",
  destination: "messaging.destination.name",
  messageId: "messaging.message.id",
  batchCount: "messaging.batch.message_count",
  clientId: "messaging.client.id",
  consumerGroup: "messaging.consumer.group.name",
  errorType: "error.type",
  attempt: "alien.queue.attempt",
  maxAttempts: "alien.queue.max_attempts",
  group: "alien.queue.group.id",
  concurrencyKey: "alien.queue.concurrency.key",
  priority: "alien.queue.priority",
  delayMs: "alien.queue.delay_ms",
  timeInQueueMs: "alien.queue.time_in_queue_ms",
  deduplicated: "alien.queue.idempotency.deduplicated",
  deadLetterReason: "alien.queue.dlq.reason",
  /** Of the gauge of messages alone. */
  state: "state",
  /** Of the counter of dead letters alone. */
  reason: "reason",
} as const;

/** What an operation is to OpenTelemetry, by the name it has here. */
export const operationType = {
  create: "create",
  send: "send",
  receive: "receive",
  process: "process",
  ack: "settle",
  nack: "settle",
  extend: "settle",
  deadLetter: "settle",
} as const;

export type Operation = keyof typeof operationType;

/** Instruments: name, unit, what is counted. */
export const metric = {
  operationDuration: {
    name: "messaging.client.operation.duration",
    unit: "s",
    description: "Duration of sending, receiving and settling, repeats included.",
  },
  sent: {
    name: "messaging.client.sent.messages",
    unit: "{message}",
    description: "Messages that the program tried to send.",
  },
  consumed: {
    name: "messaging.client.consumed.messages",
    unit: "{message}",
    description: "Messages that were handed to the program.",
  },
  processDuration: {
    name: "messaging.process.duration",
    unit: "s",
    description: "Duration of handlers.",
  },
  timeInQueue: {
    name: "alien.queue.time_in_queue",
    unit: "s",
    description: "From sending to the start of the handler, delays included.",
  },
  retries: {
    name: "alien.queue.retries",
    unit: "{message}",
    description: "Deliveries that failed and come back.",
  },
  deadLettered: {
    name: "alien.queue.dead_lettered",
    unit: "{message}",
    description: "Deliveries that went to the dead letters.",
  },
  deduplicated: {
    name: "alien.queue.deduplicated",
    unit: "{message}",
    description: "Sends whose idempotency key was known.",
  },
  leaseLost: {
    name: "alien.queue.lease_lost",
    unit: "{message}",
    description: "Deliveries whose lease ended before they were settled.",
  },
  messages: {
    name: "alien.queue.messages",
    unit: "{message}",
    description: "Messages in the queue, by state.",
  },
  oldestAge: {
    name: "alien.queue.oldest_age",
    unit: "s",
    description: "Age of the oldest message that is ready.",
  },
} as const;

/** Seconds, as the conventions advise. */
export const DURATION_BUCKETS = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

/** Seconds: a queue may hold a message for days. */
export const TIME_IN_QUEUE_BUCKETS = [
  0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 21_600, 86_400,
];
