export { AlienError, type AlienErrorOptions, type ErrorCode } from "./error.ts";
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
