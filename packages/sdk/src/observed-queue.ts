import type { Clock } from "@alienplatform/bindings";

/** What telemetry says of a queue, and the clock that its messages' times are of. */
export interface ObservedQueue {
  readonly queue: string;
  /** The platform, as OpenTelemetry's `messaging.system` names it. */
  readonly system: string;
  readonly maxAttempts: number;
  readonly clock: Clock;
  /** The function that this process is. */
  readonly consumerGroup?: string | undefined;
}
