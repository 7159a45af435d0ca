import type { QueueCapabilities } from "@alienplatform/bindings";
import { MESSAGE_MAX } from "./engine/size.ts";

const MiB = 1024 * 1024;
const DAY_MS = 24 * 60 * 60 * 1000;

/** What the local queue can do. The limits are our own choice: above what SQS takes, and small enough to stay quick. */
export const capabilities: QueueCapabilities = Object.freeze({
  service: "the local queue",
  pull: true,
  extend: true,
  release: true,
  ordered: true,
  priority: true,
  concurrencyKeys: false,
  idempotency: true,
  fencing: "exact",
  receipts: "anywhere",
  peek: "read",
  retryDelay: Object.freeze({ maxMs: 7 * DAY_MS, fifo: true }),
  delayMaxMs: 7 * DAY_MS,
  // A batch of a few hundred already fills a commit, and the owner stores one while the next is packed.
  max: Object.freeze({ message: MESSAGE_MAX, batch: 256, batchBytes: 8 * MiB, receive: 1_000 }),
});
