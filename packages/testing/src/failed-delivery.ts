import {
  type Delivery,
  type DeliveryEvent,
  deliver,
  type Handling,
  type Settlement,
} from "@alienplatform/bindings";

/** What becomes of a delivery whose handler throws this: the queue's own backoff and budget, by the code that has them. */
export async function failedDelivery(
  delivery: Delivery,
  handling: Omit<Handling, "handler" | "schema">,
  thrown: unknown,
): Promise<Settlement> {
  const handler = () => {
    throw thrown;
  };
  const { signal } = new AbortController();
  const extend = async () => undefined;
  const failing: Handling = { ...handling, handler };
  const [settlement] = await deliver([delivery], failing, () => ({ signal, extend }));
  return settlement as Settlement; // one per delivery
}

/** A settlement and whether it was applied, as an event: "lost" where the message comes back all the same. */
export function toEvent(
  queue: string,
  { delivery, outcome }: Settlement,
  applied: boolean,
  durationMs: number,
): DeliveryEvent {
  const { id, attempt } = delivery;
  return {
    queue,
    id,
    attempt,
    outcome: applied ? outcome.kind : "lost",
    durationMs,
    ...(outcome.kind === "retry" ? { delayMs: outcome.delayMs } : {}),
    ...("error" in outcome ? { error: outcome.error } : {}),
  };
}
