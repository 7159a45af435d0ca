import type { QueueStats } from "@alienplatform/bindings";
import type { QueueOperations } from "@alienplatform/bindings/operate";
import { AlienError } from "@alienplatform/core";

/** A queue's numbers, and why it is paused, which not every service tells along with them. */
export async function statsOf(operations: QueueOperations): Promise<QueueStats> {
  const stats = await operations.stats();
  const paused = stats.paused ?? (await operations.paused());
  return { ...stats, ...(paused === undefined ? {} : { paused }) };
}

/** A queue's numbers; undefined where its service tells none, which must not end a command that can do without. */
export async function countsOf(operations: QueueOperations): Promise<QueueStats | undefined> {
  try {
    return await statsOf(operations);
  } catch (error) {
    if (error instanceof AlienError && error.code === "UNSUPPORTED") return undefined;
    throw error;
  }
}
