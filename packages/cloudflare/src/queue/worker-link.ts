import { producerOf, type WorkerEnv } from "../client.ts";
import { bindingError } from "../errors.ts";
import type { WireMessage } from "./message.ts";
import type { Backlog, QueueLink } from "./queue-link.ts";

/** A queue through the producer binding of the Worker that runs. */
export class WorkerLink implements QueueLink {
  readonly #name: string;
  readonly #env: () => WorkerEnv;

  constructor(name: string, env: () => WorkerEnv) {
    this.#name = name;
    this.#env = env;
  }

  async send(messages: readonly WireMessage[]): Promise<void> {
    const binding = producerOf(this.#env(), this.#name);
    const batch = messages.map(({ body, delaySeconds }) => ({
      body,
      contentType: "text" as const,
      delaySeconds,
    }));
    try {
      await binding.sendBatch(batch);
    } catch (cause) {
      throw bindingError("send messages", cause);
    }
  }

  async backlog(): Promise<Backlog> {
    const binding = producerOf(this.#env(), this.#name);
    try {
      const { backlogCount: count, oldestMessageTimestamp } = await binding.metrics();
      // A Date by the documentation, a number in the local runtime; nothing or 0 where none waits.
      const oldestMs = Number(oldestMessageTimestamp ?? 0);
      return oldestMs > 0 ? { count, oldestMs } : { count };
    } catch (cause) {
      throw bindingError("count messages", cause);
    }
  }
}
