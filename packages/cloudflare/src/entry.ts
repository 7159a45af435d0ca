import type { PushedFunction, Sources } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import { giveBack, handleBatch, type MessageBatch } from "./function/message-batch.ts";

/** What a Worker's default export is. */
export interface Worker {
  queue(batch: MessageBatch): Promise<void>;
  fetch(request: Request): Promise<Response>;
}

/**
 * Makes a function the consumer of its queues, and what the Worker's routes serve: Cloudflare calls `queue` with what it
 * pushes, and `fetch` with requests.
 */
export function entry(pushed: PushedFunction, sources: Sources): Worker {
  return {
    fetch: (request) => pushed.fetch(request),
    async queue(batch) {
      const name = Object.hasOwn(sources, batch.queue) ? sources[batch.queue] : undefined;
      try {
        if (name === undefined) throw unknownSource(batch.queue);
        const queue = await pushed.queue(name);
        await handleBatch(batch, queue, (error) => pushed.report(error, name));
      } catch (error) {
        giveBack(batch);
        pushed.report(error, name);
      }
    },
  };
}

function unknownSource(source: string): AlienError {
  const text = `the function is no consumer of the queue that Cloudflare calls "${source}"`;
  return new AlienError("UNKNOWN_QUEUE", text, {
    fix: "Deploy the stack again, or remove this Worker from the queue's consumers.",
    details: { source },
  });
}
