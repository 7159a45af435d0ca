import type { QueueOptions } from "../queue/binding.ts";
import type { QueueCapabilities } from "../queue/driver.ts";

/** What a platform's "./capabilities" exports as `platform`: what is known of it before anything is reached or deployed. */
export interface PlatformCapabilities {
  /** Its id, as alien.ts and a binding name it. */
  readonly platform: string;
  /** Of a queue that is declared so; a FIFO queue may be another product than a plain one. */
  queue(declared: Pick<QueueOptions, "fifo">): QueueCapabilities;
  /** Undefined where the platform calls no functions: they pull. */
  readonly trigger?: TriggerCapabilities;
}

/** What a platform can where it calls the function with its messages. */
export interface TriggerCapabilities {
  /** Who calls. */
  readonly service: string;
  /** The longest that a function may run, in milliseconds; undefined where nothing ends it. */
  readonly timeoutMaxMs?: number;
  /** The lowest number of handlers at once, over all of them, that can be kept on a queue that is not FIFO. */
  readonly concurrencyMin: number;
  /**
   * How many messages of a FIFO queue may be handed over at once: 1 where the service counts as delivered what is given
   * back unrun behind a failed one of its group, which would die of that. Undefined where any number may.
   */
  readonly groupBatchMax?: number;
}
