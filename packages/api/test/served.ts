import type { ServedClient, ServedQueues } from "@alienplatform/api";
import type { QueueResource, StackData } from "@alienplatform/core";
import type { TestQueues } from "@alienplatform/testing";

/** The queues of a test as an API serves them; schemas are those of the declarations. */
export function servedTestQueues(stack: StackData, queues: TestQueues): ServedQueues {
  const clients = new Map<string, ServedClient>();
  const declared = (id: string): QueueResource | string =>
    stack.resources.find(
      (resource): resource is QueueResource => resource.type === "queue" && resource.id === id,
    ) ?? id;
  return {
    platform: "local",
    stack: () => stack,
    client: (id) => {
      const given = declared(id);
      const client =
        clients.get(id) ?? (typeof given === "string" ? queues.queue(given) : queues.queue(given));
      clients.set(id, client);
      return client;
    },
    operations: (id) => queues.operate(declared(id)),
  };
}
