import type { QueueCapabilities } from "@alienplatform/bindings";
import type { PlatformCapabilities } from "@alienplatform/bindings/declared";
import { MESSAGE_MAX } from "./engine/size.ts";

const MiB = 1024 * 1024;
const DAY_MS = 24 * 60 * 60 * 1000;

/** What the local queue can do. The limits are our own choice: above what SQS takes, and small enough to stay quick. */
export const capabilities: QueueCapabilities = Object.freeze({
  service: "the local queue",
  system: "alien_local",
  pull: true,
  extend: true,
  release: true,
  ordered: true,
  priority: true,
  concurrencyKeys: true,
  keyTurns: true,
  sharedConcurrency: true,
  idempotency: true,
  jobs: true,
  cancel: "removed",
  pausing: true,
  fencing: "exact",
  receipts: "anywhere",
  history: true,
  peek: "read",
  stats: "exact",
  purge: "exact",
  deadLetters: "read",
  redrive: "anywhere",
  leaseMaxMs: 12 * 3_600_000,
  leases: "chosen",
  retention: Object.freeze({ minMs: 60_000, maxMs: 14 * DAY_MS, since: "due" }),
  retryDelay: Object.freeze({ maxMs: 7 * DAY_MS, fifo: true }),
  delayMaxMs: 7 * DAY_MS,
  // A batch of a few hundred already fills a commit, and the owner stores one while the next is packed.
  max: Object.freeze({ message: MESSAGE_MAX, batch: 256, batchBytes: 8 * MiB, receive: 1_000 }),
});

/** What plan and dev hold a stack to: nothing but the contract. */
export const platform: PlatformCapabilities = Object.freeze({
  platform: "local",
  queue: () => capabilities,
});
