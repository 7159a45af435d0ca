import type { Pause } from "@alienplatform/bindings";
import type { OpenQueues } from "./open-queues.ts";

/** Which function consumes a queue, and whether it is called. */
export interface ConsumerBinding {
  readonly queue: string;
  /** The one that consumes it, whoever chose it. */
  readonly function?: string;
  readonly status: "active" | "paused" | "unknown";
  readonly reason?: string;
  /** The one that alien.ts names. */
  readonly declared?: string;
}

/** What alien.ts says, but for what operators have decided. */
export async function bindingOf(
  queues: OpenQueues,
  queue: string,
): Promise<{ readonly binding: ConsumerBinding; readonly pause?: Pause }> {
  const { consumer, pause, unknown } = await queues.operate(queue).control();
  const declared = queues.consumerOf(queue);
  const bound = consumer ?? declared;
  const binding: ConsumerBinding = {
    queue,
    ...(bound === undefined ? {} : { function: bound }),
    status: unknown ? "unknown" : pause === undefined ? "active" : "paused",
    ...(pause === undefined ? {} : { reason: pause.reason }),
    ...(declared === undefined ? {} : { declared }),
  };
  return { binding, ...(pause === undefined ? {} : { pause }) };
}
