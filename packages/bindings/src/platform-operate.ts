import type { Clock } from "./clock.ts";
import type { QueueBinding } from "./queue/binding.ts";
import type { QueueOperator } from "./queue/operator.ts";

/** What a platform's "./operate" exports as `operate`: its operators, by resource type. */
export interface PlatformOperate {
  readonly platform: string;
  /** Does no I/O; the operator connects at first use. */
  queue(binding: QueueBinding, clock: Clock): QueueOperator;
}
