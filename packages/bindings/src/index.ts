export type { Clock } from "./clock.ts";
export type { PlatformRuntime } from "./platform.ts";
export type { QueueBinding, QueueOptions } from "./queue/binding.ts";
export { type NackOptions, QueueClient, type QueueClientOptions } from "./queue/client.ts";
export { Consumer, type ConsumerOptions } from "./queue/consumer.ts";
export { deliver } from "./queue/deliver.ts";
export type { DeliveryEvent } from "./queue/delivery-event.ts";
export type {
  Delivery,
  Failure,
  Headers,
  Outcome,
  Outgoing,
  QueueCapabilities,
  QueueDriver,
  ReceiveOptions,
  Receiver,
  SendResult,
  Settlement,
  SettleResult,
  Settler,
} from "./queue/driver.ts";
export { type Envelope, packEnvelope, unpackEnvelope } from "./queue/envelope.ts";
export type { Ended } from "./queue/group-order.ts";
export type {
  HandlerLease,
  Handling,
  JobHandlers,
  LogLine,
  MessageHandler,
} from "./queue/handle.ts";
export type {
  BatchEntry,
  HandlerContext,
  HandlerLog,
  Message,
  ReceiveCallOptions,
  ReceivedMessage,
  SendOptions,
  SendReceipt,
} from "./queue/message.ts";
export type {
  DeadLetter,
  PeekedMessage,
  PeekOptions,
  QueueOperator,
  QueueStats,
} from "./queue/operator.ts";
export { ack, deadLetter, retry, type Verdict, type VerdictHandler } from "./queue/verdict.ts";
export { systemClock } from "./system-clock.ts";
export { VirtualClock } from "./virtual-clock.ts";
