import type { QueueOptions } from "./binding.ts";
import type { Delivery, Failure, Outcome } from "./driver.ts";

/** A retry, or the dead letters where this delivery was the last one allowed. The one home of that rule. */
export function retryOrDeadLetter(
  delivery: Delivery,
  options: QueueOptions,
  delayMs: number,
  error: Failure,
): Outcome {
  const budget = Math.min(options.maxAttempts, delivery.headers.maxAttempts ?? options.maxAttempts);
  return delivery.attempt >= budget
    ? { kind: "deadLetter", error }
    : { kind: "retry", delayMs, error };
}
