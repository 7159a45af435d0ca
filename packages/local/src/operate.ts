import type {
  DeadLetter,
  PeekedMessage,
  PeekOptions,
  QueueBinding,
  QueueOperator,
  QueueStats,
  SettleResult,
} from "@alienplatform/bindings";
import { directoryOf, openLocalQueues } from "./client.ts";
import type { LocalQueues } from "./engine/port.ts";

export { type LocalQueuesOptions, openLocalQueues } from "./client.ts";
export type { LocalQueues, QueueSpec } from "./engine/port.ts";
export { resetLocalQueues } from "./reset.ts";

/** Operates one local queue: looks, counts, removes, brings dead letters back. */
export class LocalQueueOperator implements QueueOperator {
  readonly #queues: LocalQueues;
  readonly #queue: string;

  constructor(queues: LocalQueues, queue: string) {
    this.#queues = queues;
    this.#queue = queue;
  }

  stats(): Promise<QueueStats> {
    return this.#queues.stats(this.#queue);
  }

  peek(options: PeekOptions): Promise<readonly PeekedMessage[]> {
    return this.#queues.peek(this.#queue, options);
  }

  purge(): Promise<number> {
    return this.#queues.purge(this.#queue);
  }

  deadLetters(options: PeekOptions): Promise<readonly DeadLetter[]> {
    return this.#queues.deadLetters(this.#queue, options);
  }

  redrive(ids: readonly string[]): Promise<readonly SettleResult[]> {
    return this.#queues.redrive(this.#queue, ids);
  }

  discard(ids: readonly string[]): Promise<readonly SettleResult[]> {
    return this.#queues.discard(this.#queue, ids);
  }

  close(): Promise<void> {
    return this.#queues.close();
  }
}

/** The operator of a bound queue; does no I/O before its first use. */
export function openOperator(binding: QueueBinding): QueueOperator {
  const queues = openLocalQueues({ directory: directoryOf(binding) });
  return new LocalQueueOperator(queues, binding.queue);
}
