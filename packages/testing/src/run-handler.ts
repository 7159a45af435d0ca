import {
  type Delivery,
  type DeliveryEvent,
  deliver,
  type Handling,
  type Receiver,
  type Settlement,
} from "@alienplatform/bindings";
import { failedDelivery, toEvent } from "./failed-delivery.ts";
import type { RunningLoan } from "./running-loan.ts";

/** One delivery that drain() made and what became of it. */
export interface DrainedDelivery extends DeliveryEvent {
  /** What the handler returned, where it was acknowledged with a value. */
  readonly result?: unknown;
}

/** Runs the handler over one delivery and settles it. */
export async function runHandler(
  delivery: Delivery,
  receiver: Receiver,
  handling: Handling,
  loan: RunningLoan,
  now: () => number,
): Promise<DrainedDelivery> {
  const startedAt = now();
  const settlement = await Promise.race([
    deliver([delivery], handling, () => loan).then(([first]) => first),
    loan.over.then((error) =>
      error === undefined ? undefined : failedDelivery(delivery, handling, error),
    ),
  ]);
  loan.finish();
  const { queue } = handling;
  const { id, attempt } = delivery;
  if (settlement === undefined) {
    return { queue, id, attempt, outcome: "lost", durationMs: now() - startedAt };
  }
  const [settled] = await receiver.settle([settlement]);
  // An acknowledgement that came to nothing says so.
  const applied = settled?.ok === true && settled.applied !== false;
  const event = toEvent(queue, settlement, applied, now() - startedAt);
  return applied ? withResult(event, settlement) : event;
}

function withResult(event: DeliveryEvent, { outcome }: Settlement): DrainedDelivery {
  if (outcome.kind !== "ack" || outcome.result === undefined) return event;
  return { ...event, result: JSON.parse(outcome.result) };
}
