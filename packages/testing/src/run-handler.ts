import {
  type Delivery,
  type DeliveryEvent,
  deliver,
  type Handling,
  type QueueDriver,
  type Settlement,
} from "@alienplatform/bindings";

/** Takes one message that is ready, runs its handler and settles it; undefined where none is ready. */
export async function runHandler(
  driver: QueueDriver,
  handling: Handling,
  now: () => number,
): Promise<DeliveryEvent | undefined> {
  const { leaseMs } = handling.options;
  const receiver = await driver.open({ credit: 1, leaseMs });
  const taken = await receiver.take(1, 0);
  const [delivery] = taken;
  if (delivery === undefined) return undefined;
  const { signal } = new AbortController();
  const startedAt = now();
  const settlements = await deliver(taken, handling, () => ({
    signal,
    extend: async (forMs) => {
      const [extended] = await receiver.extend([delivery], forMs);
      if (extended?.ok === false) throw extended.error;
    },
  }));
  const [settled] = await receiver.settle(settlements);
  const durationMs = now() - startedAt;
  return toEvent(handling.queue, delivery, settlements[0], settled?.ok === true, durationMs);
}

function toEvent(
  queue: string,
  { id, attempt }: Delivery,
  settlement: Settlement | undefined,
  settled: boolean,
  durationMs: number,
): DeliveryEvent {
  const outcome = settlement?.outcome;
  return {
    queue,
    id,
    attempt,
    outcome: settled && outcome !== undefined ? outcome.kind : "lost",
    durationMs,
    ...(outcome?.kind === "retry" && { delayMs: outcome.delayMs }),
    ...(outcome !== undefined && "error" in outcome && { error: outcome.error }),
  };
}
