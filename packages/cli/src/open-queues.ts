import type { QueueClient, QueueOperator } from "@alienplatform/bindings";
import { AlienError, nearest, type QueueResource } from "@alienplatform/core";
import type { Context } from "./context.ts";
import { stackAround } from "./stack.ts";
import { dataDirectory, LocalStore } from "./store.ts";

/** The queues of the stack around here, for one command. */
export interface OpenQueues {
  ids(): readonly string[];
  /** To send and receive. */
  client(queue: string): QueueClient;
  /** To look and to remove. */
  operator(queue: string): QueueOperator;
  close(): Promise<void>;
}

/** Loads alien.ts and opens its queues, beside a running dev or alone. */
export async function openQueues(
  context: Context,
  persistTo: string | undefined,
): Promise<OpenQueues> {
  const loaded = await stackAround(context);
  const resources = loaded.stack.resources.filter((resource) => resource.type === "queue");
  const store = new LocalStore(dataDirectory(context, loaded, persistTo));
  await store.declare(loaded.stack);
  return {
    ids: () => resources.map(({ id }) => id),
    client: (queue) => store.client(declared(queue, resources)),
    operator: (queue) => store.operator(declared(queue, resources).id),
    close: () => store.close(),
  };
}

function declared(queue: string, resources: readonly QueueResource[]): QueueResource {
  const found = resources.find(({ id }) => id === queue);
  if (found !== undefined) return found;
  const ids = resources.map(({ id }) => id);
  const near = nearest(queue, ids);
  throw new AlienError("UNKNOWN_QUEUE", `alien.ts declares no queue "${queue}"`, {
    fix:
      near.length === 0
        ? `It declares ${ids.length === 0 ? "none" : ids.join(", ")}.`
        : `Did you mean ${near.join(" or ")}?`,
    details: { queue, nearest: near },
  });
}
