export { VirtualClock } from "@alienplatform/bindings";
export { createTestQueues, type TestQueuesOptions } from "./create-test-queues.ts";
export type { SentMessage } from "./sent.ts";
export type { DrainOptions, TestQueues } from "./test-queues.ts";
