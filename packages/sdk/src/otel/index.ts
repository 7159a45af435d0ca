export type { ObservedQueue } from "../observed-queue.ts";

import { provideTelemetry } from "../telemetry.ts";
import type { TraceParent } from "../telemetry-settings.ts";
import { makeTelemetry } from "./queue-telemetry.ts";
import { chooseTraceParent } from "./trace-parent.ts";

export type { TraceParent } from "../telemetry-settings.ts";
export { observeQueues } from "./observe-queues.ts";
export { makeTelemetry } from "./queue-telemetry.ts";

export interface TraceQueuesOptions {
  /**
   * "link", the default: a handler's span begins a trace of its own and is linked to what sent the message.
   * "producer": it is a child of that, so that send and handler are one trace. Default ALIEN_TRACE_PARENT.
   */
  readonly parent?: TraceParent;
}

/**
 * Says how queues are traced, for this process. Without it they are traced all the same once an SDK is
 * registered; with it OpenTelemetry's API is part of the program, which a bundler needs to see.
 */
export function traceQueues({ parent }: TraceQueuesOptions = {}): void {
  chooseTraceParent(parent);
  provideTelemetry(makeTelemetry);
}
