export type { Clock } from "./clock.ts";
export type { HttpMessage } from "./http/http-message.ts";
export { type PushOptions, pushHandler } from "./http/push.ts";
export { SIGNATURE_HEADER, Signer, signed, signingKey } from "./http/signature.ts";
export { inProcess, type Transport } from "./http/transport.ts";
export { type WholeResponse, wholeResponse } from "./http/whole-response.ts";
export { keptCapabilities } from "./kept/kept-capabilities.ts";
export { type KeptOptions, keptDriver } from "./kept/kept-driver.ts";
export { pause } from "./pause.ts";
export type { PlatformRuntime } from "./platform.ts";
export { type Attempt, withRedrive } from "./queue/attempt.ts";
export type { QueueBinding, QueueOptions } from "./queue/binding.ts";
export { type NackOptions, QueueClient, type QueueClientOptions } from "./queue/client.ts";
export { Consumer, type ConsumerOptions } from "./queue/consumer.ts";
export type { ControlOperator, Pause, PauseRequest, QueueControl } from "./queue/control.ts";
export type {
  DeadLetter,
  DeadLetterFilter,
  DeadLetterOperator,
  DeadLetterQuery,
  DeadLetterSweep,
  SweptPage,
} from "./queue/dead-letter.ts";
export { firstLineOf, matchesDeadLetter } from "./queue/dead-letter-filter.ts";
export { deathOf } from "./queue/death.ts";
export { deliver } from "./queue/deliver.ts";
export type { DeliveryEvent } from "./queue/delivery-event.ts";
export type {
  AroundPushed,
  Death,
  Delivery,
  Failure,
  Headers,
  Outcome,
  Outgoing,
  PushedLoan,
  QueueCapabilities,
  QueueDriver,
  ReceiveOptions,
  Receiver,
  SendResult,
  Settlement,
  SettleResult,
  Settler,
} from "./queue/driver.ts";
export {
  attemptOf,
  type Envelope,
  packEnvelope,
  type ReadEnvelope,
  readEnvelope,
  unpackEnvelope,
} from "./queue/envelope.ts";
export { failureOf, toFailure } from "./queue/failure.ts";
export type { Ended } from "./queue/group-order.ts";
export {
  DeliveryHandler,
  type HandlerLease,
  type Handling,
  type JobHandlers,
  type LogLine,
  type MessageHandler,
} from "./queue/handle.ts";
export { MessageIds } from "./queue/id.ts";
export type { Job, JobOperator, JobQuery, JobStatus, JobsPage } from "./queue/job.ts";
export { encodeJson } from "./queue/json.ts";
export { jsonElements, jsonField, sameScalar } from "./queue/json-field.ts";
export { JsonText } from "./queue/json-text.ts";
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
  PeekedMessage,
  PeekOptions,
  QueueOperator,
  QueueRates,
  QueueStats,
} from "./queue/operator.ts";
export { type WrittenOptions, withDefaults, withoutDefaults } from "./queue/option-defaults.ts";
export { plainService } from "./queue/plain-service.ts";
export type { PushedFunction, PushedQueue, Sources } from "./queue/pushed.ts";
export { deliverPushed, type PushedBatchOptions } from "./queue/pushed-batch.ts";
export { type RetryOptions, retryItems } from "./queue/retry.ts";
export type {
  ProcessWatch,
  ReceiveWatch,
  SendBatchWatch,
  SendWatch,
  Settled,
  SettleVerb,
  Telemetry,
  Trace,
  Watch,
} from "./queue/telemetry.ts";
export { textOrBytes, utf8Size } from "./queue/text.ts";
export {
  triggerWithDefaults,
  triggerWithoutDefaults,
  type WrittenTrigger,
} from "./queue/trigger-defaults.ts";
export { Turns } from "./queue/turns.ts";
export { refuseUnknown } from "./queue/unknown-option.ts";
export { ack, deadLetter, retry, type Verdict, type VerdictHandler } from "./queue/verdict.ts";
export { systemClock } from "./system-clock.ts";
export { fromPlainKey, plainKey } from "./table/plain-key.ts";
export type { StateTable, TableItem, TableKey, TablePage } from "./table/state-table.ts";
export { VirtualClock } from "./virtual-clock.ts";
