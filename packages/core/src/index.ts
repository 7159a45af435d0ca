export type { StandardSchemaV1 } from "@standard-schema/spec";
export type { Clock } from "./clock.ts";
export { type Duration, formatDuration, parseDuration } from "./duration.ts";
export { Endpoint } from "./endpoint.ts";
export { AlienError, type AlienErrorOptions, type ErrorCode } from "./error.ts";
export { FunctionBuilder as Function } from "./function.ts";
export { environmentName, isId, toId } from "./id.ts";
export { installFix } from "./install-fix.ts";
export { nearest } from "./nearest.ts";
export type { Problem } from "./problem.ts";
export { type BackoffOptions, Queue } from "./queue.ts";
export type {
  Backoff,
  EndpointResource,
  FunctionResource,
  Link,
  QueueResource,
  Resource,
  Right,
  StackData,
  Trigger,
} from "./resource.ts";
export type { Size } from "./size.ts";
export { Stack } from "./stack.ts";
export type { TriggerOptions } from "./trigger.ts";
