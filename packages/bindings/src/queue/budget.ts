import type { QueueOptions } from "./binding.ts";
import type { Delivery, Failure, Outcome, Settlement } from "./driver.ts";

/** A retry, or the dead letters where this delivery was the last one allowed. The one home of that rule. */
export function retryOrDeadLetter(
  delivery: Delivery,
  options: QueueOptions,
  delayMs: number,
  error: Failure,
): Outcome {
  return delivery.attempt >= budgetOf(delivery, options)
    ? { kind: "deadLetter", error }
    : { kind: "retry", delayMs, error };
}

/**
 * What becomes of a delivery that is one too many, since the lease of the last one ended and the platform does
 * not count: undefined for all others.
 */
export function overBudget(delivery: Delivery, options: QueueOptions): Outcome | undefined {
  if (delivery.attempt <= options.maxAttempts && delivery.headers.maxAttempts === undefined) {
    return undefined;
  }
  const budget = budgetOf(delivery, options);
  if (delivery.attempt <= budget) return undefined;
  const message = `the lease of delivery ${budget} of ${budget} ended before it was settled`;
  return { kind: "deadLetter", error: { code: "LEASE_EXPIRED", message } };
}

/** What became of a delivery. One that was too many was never handed over, so it is not counted. */
export function settlementOf(
  delivery: Delivery,
  outcome: Outcome,
  options: QueueOptions,
): Settlement {
  if (overBudget(delivery, options) === undefined) return { delivery, outcome };
  return { delivery: { ...delivery, attempt: budgetOf(delivery, options) }, outcome };
}

/** A message's own budget is for the queue that it was sent to, not for that of the dead letters. */
function budgetOf({ headers }: Delivery, { maxAttempts }: QueueOptions): number {
  if (headers.dead !== undefined) return maxAttempts;
  return Math.min(maxAttempts, headers.maxAttempts ?? maxAttempts);
}
