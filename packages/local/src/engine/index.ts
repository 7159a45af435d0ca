export { DiskStorage, storeFiles } from "../store/disk.ts";
export { memoryStorage } from "../store/memory.ts";
export type { Storage } from "../store/storage.ts";
export { Engine } from "./engine.ts";
export type { EngineOptions } from "./options.ts";
export type {
  CallAnswer,
  CallContext,
  CallName,
  CallParameters,
  LocalQueues,
  Origin,
  QueueCalls,
  QueueSpec,
  ReceiptSettlement,
  TakeOptions,
} from "./port.ts";
export { decodeRecord, encodeRecord, recordLength, recordRoom } from "./record.ts";
