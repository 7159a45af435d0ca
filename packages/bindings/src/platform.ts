import type { Clock } from "./clock.ts";
import type { QueueBinding } from "./queue/binding.ts";
import type { QueueDriver } from "./queue/driver.ts";

/** What a platform's "./runtime" exports as `runtime`: its drivers, by resource type. */
export interface PlatformRuntime {
  readonly platform: string;
  /** Does no I/O; the driver connects at first use. */
  queue(binding: QueueBinding, clock: Clock): QueueDriver;
  /** The variables of the process, on a platform whose process.env lacks them. */
  environment?(): Readonly<Record<string, string | undefined>>;
  /**
   * Finds the binding of a declared queue without one in the environment; only local has it.
   * Throws UNKNOWN_QUEUE with the nearest ids where alien.ts does not declare it.
   */
  discover?(queue: string, directory: string): Promise<QueueBinding>;
}
