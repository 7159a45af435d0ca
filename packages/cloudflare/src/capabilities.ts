import { keptCapabilities, plainService, type QueueCapabilities } from "@alienplatform/bindings";
import type { PlatformCapabilities } from "@alienplatform/bindings/declared";

const HOUR_MS = 3_600_000;

/**
 * 128 KB of 1,000 bytes, about 100 of them Cloudflare's own for each message:
 * https://developers.cloudflare.com/queues/platform/limits/
 */
export const MESSAGE_MAX = 128_000;
/** "100 (or 256KB in total)" a send: https://developers.cloudflare.com/queues/platform/limits/ */
export const BATCH_MAX = { messages: 100, bytes: 256_000 } as const;
/** What a dead letter tells of its death without the failure's text, so that every message can become one. */
const DEATH_BYTES = 400;

/**
 * Outside a Worker, over HTTP. The conformance suite has run against a server of our own, written from
 * Cloudflare's documentation; nobody else offers one.
 */
export const httpCapabilities: QueueCapabilities = Object.freeze({
  ...plainService,
  service: "Cloudflare Queues",
  system: "cloudflare_queues",
  pull: true,
  // A lease is as long as the pull asked for: https://developers.cloudflare.com/queues/configuration/pull-consumers/
  extend: false,
  // Every delivery counts as an attempt: https://developers.cloudflare.com/queues/configuration/batching-retries/
  release: false,
  // "Ordering of messages is best effort": https://developers.cloudflare.com/queues/configuration/javascript-apis/#messagebatch
  ordered: false,
  // A late acknowledgement is accepted: https://developers.cloudflare.com/queues/configuration/pull-consumers/#4-acknowledge-messages
  fencing: "none",
  // A dead letter is a copy, which needs the message.
  receipts: "process",
  // https://developers.cloudflare.com/api/resources/queues/subresources/messages/methods/peek/
  peek: "read",
  // "Best-effort": https://developers.cloudflare.com/queues/observability/metrics/
  stats: "approximate",
  // https://developers.cloudflare.com/queues/configuration/pause-purge/#purge-queue
  purge: "eventual",
  deadLetters: "take",
  redrive: "source",
  // `visibilityTimeout`: https://developers.cloudflare.com/queues/platform/limits/
  leaseMaxMs: 12 * HOUR_MS,
  leases: "chosen",
  // https://developers.cloudflare.com/queues/configuration/configure-queues/#queue-configuration
  retention: Object.freeze({ minMs: 60_000, maxMs: 14 * 24 * HOUR_MS, since: "sent" }),
  // `delaySeconds` when sending or retrying: https://developers.cloudflare.com/queues/platform/limits/
  retryDelay: Object.freeze({ maxMs: 12 * HOUR_MS, fifo: false }),
  delayMaxMs: 12 * HOUR_MS,
  max: Object.freeze({
    message: MESSAGE_MAX - DEATH_BYTES,
    batch: BATCH_MAX.messages,
    // Two of the largest messages, as dead letters too.
    batchBytes: BATCH_MAX.bytes - 2 * DEATH_BYTES,
    // https://developers.cloudflare.com/queues/configuration/pull-consumers/#3-pull-messages
    receive: 100,
  }),
  // Of our own choice: the API is some tens of milliseconds away.
  network: Object.freeze({ inFlight: 8, lingerMs: 20 }),
});

/** In a Worker: Cloudflare pushes to it, and it sends by its bindings. */
export const workerCapabilities: QueueCapabilities = Object.freeze({
  // What one request of a Worker has begun must not carry the messages of another one.
  ...withoutNetwork(httpCapabilities),
  pull: false,
  leases: "declared",
  peek: "none",
  purge: "none",
  // "Consumer duration (wall clock time)": https://developers.cloudflare.com/queues/platform/limits/
  leaseMaxMs: 15 * 60_000,
});

function withoutNetwork({ network: _, ...others }: QueueCapabilities): QueueCapabilities {
  return others;
}

const kept = Object.freeze(keptCapabilities(httpCapabilities));

/** What plan and dev hold a stack to: over HTTP a queue can all that it can, with the database of the stage. */
export const platform: PlatformCapabilities = Object.freeze({
  platform: "cloudflare",
  queue: () => kept,
  trigger: Object.freeze({
    service: "Workers",
    // "Consumer duration (wall clock time)": https://developers.cloudflare.com/queues/platform/limits/
    timeoutMaxMs: 15 * 60_000,
    // max_concurrency: https://developers.cloudflare.com/queues/configuration/consumer-concurrency/
    concurrencyMin: 1,
  }),
});
