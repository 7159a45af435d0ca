import { keptCapabilities, plainService, type QueueCapabilities } from "@alienplatform/bindings";
import type { PlatformCapabilities } from "@alienplatform/bindings/declared";

const MiB = 1024 * 1024;
const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;

/**
 * What SQS takes of one message and of one batch, attributes included.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
 */
export const LARGEST_BYTES = MiB;

/** Kept free of it, for what a dead letter tells of its death. */
export const DEATH_BYTES = 1024;

/**
 * Of a lease, an extension and the wait for a retry together, counted from the receipt.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
 */
export const LONGEST_VISIBILITY_MS = 12 * HOUR_MS;

/**
 * Entries of every batch call, and messages of one receive.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 */
const MOST_ENTRIES = 10;

/**
 * What SQS can do without a table. FIFO queues delay whole queues only; `scheduled` ones have EventBridge Scheduler beside
 * them, as deploy makes it.
 */
export function capabilitiesOf(fifo: boolean, scheduled: boolean): QueueCapabilities {
  if (!fifo) return STANDARD;
  return scheduled ? SCHEDULED : FIFO;
}

const STANDARD: QueueCapabilities = Object.freeze({
  ...plainService,
  service: "SQS",
  // https://opentelemetry.io/docs/specs/semconv/messaging/sqs/
  system: "aws_sqs",
  pull: true,
  extend: true,
  // A message that is made visible again was received, and SQS counts that.
  release: false,
  // Where the queue is declared FIFO.
  ordered: true,
  // "If you use an old ReceiptHandle, the request will succeed, but the message might not be deleted."
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html
  fencing: "none",
  // An ack works in any process; a dead letter is a copy, of what only the receiver has.
  receipts: "process",
  peek: "none",
  stats: "approximate",
  purge: "eventual",
  deadLetters: "take",
  redrive: "source",
  leaseMaxMs: LONGEST_VISIBILITY_MS,
  leases: "chosen",
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
  retention: Object.freeze({ minMs: 60 * SECOND_MS, maxMs: 14 * 24 * HOUR_MS, since: "sent" }),
  retryDelay: Object.freeze({ maxMs: LONGEST_VISIBILITY_MS, fifo: true }),
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-timers.html
  delayMaxMs: 900 * SECOND_MS,
  network: Object.freeze({ inFlight: 16, lingerMs: 5 }),
  max: Object.freeze({
    message: LARGEST_BYTES - DEATH_BYTES,
    batch: MOST_ENTRIES,
    batchBytes: LARGEST_BYTES,
    receive: MOST_ENTRIES,
  }),
});

/** "FIFO queues don't support timers on individual messages", says the page of message timers. */
const FIFO: QueueCapabilities = Object.freeze({ ...STANDARD, delayMaxMs: 0 });

/** A schedule has any time; ours are of the longest delay that there is. */
const SCHEDULED: QueueCapabilities = Object.freeze({ ...FIFO, delayMaxMs: 7 * 24 * HOUR_MS });

/** What plan and dev hold a stack to: SQS with the table of the stage, and what delays the messages of a FIFO queue. */
export const platform = Object.freeze<PlatformCapabilities>({
  platform: "aws",
  queue: ({ fifo }) => keptCapabilities(capabilitiesOf(fifo !== undefined, true)),
  trigger: Object.freeze({
    service: "Lambda",
    // https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    timeoutMaxMs: 900 * SECOND_MS,
    // MaximumConcurrency is 2 at least: https://docs.aws.amazon.com/lambda/latest/api/API_ScalingConfig.html
    concurrencyMin: 2,
    // SQS counts a receive of each message of a batch, handled or not, and nothing can be written on it to say so.
    groupBatchMax: 1,
  }),
});
