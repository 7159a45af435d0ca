export {
  ack,
  type BatchEntry,
  type DeliveryEvent,
  deadLetter,
  type HandlerContext,
  type Message,
  type ReceivedMessage,
  retry,
  type SendOptions,
  type SendReceipt,
  type SendResult,
  type Verdict,
  type VerdictHandler,
} from "@alienplatform/bindings";
export { AlienError, type ErrorCode } from "@alienplatform/core";
export { type ConsumeOptions, consume } from "./consume.ts";
export type { Queue } from "./lazy-queue.ts";
export { queue } from "./queue.ts";
export {
  type HandlerOptions,
  onQueueMessage,
  type QueueHandler,
  type QueueJobs,
} from "./registry.ts";
