import type { QueueInspector } from "@alienplatform/bindings/operate";
import { AlienError } from "@alienplatform/core";
import type { Served } from "../served.ts";

/** What looks into a queue; throws UNSUPPORTED, with the nearest alternative, where its platform lets nobody. */
export async function inspectorOf(
  served: Served,
  queue: string,
  instead: string,
): Promise<QueueInspector> {
  const inspector = await served.operations(queue).inspector();
  if (inspector !== undefined) return inspector;
  const { platform } = served.queues;
  throw new AlienError(
    "UNSUPPORTED",
    `queue "${queue}" is on ${platform}, which tells no more of a queue than counts and samples`,
    { fix: instead, details: { queue, platform } },
  );
}
