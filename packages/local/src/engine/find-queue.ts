import { AlienError, nearest } from "@alienplatform/core";

/** The queue of a name; throws UNKNOWN_QUEUE. */
export function findQueue<Queue>(queues: ReadonlyMap<string, Queue>, name: string): Queue {
  const queue = queues.get(name);
  if (queue !== undefined) return queue;
  const meant = nearest(name, queues.keys()).map((id) => `"${id}"`);
  const how = "in alien.ts and start alien dev, or open it through queue().";
  throw new AlienError("UNKNOWN_QUEUE", `queue "${name}" is not declared in the local store`, {
    fix:
      meant.length === 0
        ? `Declare it ${how}`
        : `Use ${meant.join(" or ")}, or declare this one ${how}`,
    details: { queue: name },
  });
}
