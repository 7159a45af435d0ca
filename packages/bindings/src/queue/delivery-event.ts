import type { AlienError } from "@alienplatform/core";
import type { Failure, Outcome } from "./driver.ts";
import { toFailure } from "./failure.ts";
import type { Ended } from "./group-order.ts";
import type { Loan } from "./loan.ts";

/** One delivery and what became of it. */
export interface DeliveryEvent {
  readonly queue: string;
  readonly id: string;
  readonly attempt: number;
  /** "lost" where the lease ended before the handler did: the message comes back. */
  readonly outcome: Ended;
  readonly durationMs: number;
  /** Until the next attempt. */
  readonly delayMs?: number;
  readonly error?: Failure;
}

/** `lostTo` is why a decision came to nothing. */
export function deliveryEvent(
  queue: string,
  { delivery, startedAt }: Loan,
  ended: Outcome | "lost",
  now: number,
  lostTo: AlienError | undefined,
): DeliveryEvent {
  const error = errorOf(ended) ?? (lostTo === undefined ? undefined : toFailure(lostTo));
  return {
    queue,
    id: delivery.id,
    attempt: delivery.attempt,
    outcome: ended === "lost" ? ended : ended.kind,
    durationMs: now - (startedAt ?? now),
    ...(typeof ended === "object" && ended.kind === "retry" ? { delayMs: ended.delayMs } : {}),
    ...(error === undefined ? {} : { error }),
  };
}

function errorOf(ended: Outcome | "lost"): Failure | undefined {
  return typeof ended === "object" && "error" in ended ? ended.error : undefined;
}
