import type { Delivery, Outcome, Settlement } from "./driver.ts";
import { runInGroupOrder } from "./group-order.ts";
import { type HandlerLease, type Handling, handleDelivery } from "./handle.ts";

/** Runs a pushed batch: one settlement per delivery, in order. A platform's entry answers with them. */
export async function deliver(
  batch: readonly Delivery[],
  handling: Handling,
  leaseOf: (delivery: Delivery) => HandlerLease,
): Promise<readonly Settlement[]> {
  const outcomes = new Map<Delivery, Outcome>();
  await runInGroupOrder(
    batch,
    ({ group }) => group,
    async (delivery) => {
      const lease = leaseOf(delivery);
      const watch = handling.telemetry?.process(delivery);
      const outcome = await (watch === undefined
        ? handleDelivery(delivery, handling, lease)
        : watch.run((traced) => handleDelivery(traced, handling, lease)));
      watch?.decided();
      watch?.ended(outcome.kind, "error" in outcome ? outcome.error : undefined);
      outcomes.set(delivery, outcome);
      return outcome.kind;
    },
    (delivery) => outcomes.set(delivery, RELEASE),
  );
  return batch.map((delivery) => ({ delivery, outcome: outcomes.get(delivery) ?? RELEASE }));
}

const RELEASE: Outcome = { kind: "release" };
