import type { AlienError } from "@alienplatform/core";
import type { Clock } from "../clock.ts";
import { type DeliveryEvent, deliveryEvent } from "./delivery-event.ts";
import type { Failure, Outcome } from "./driver.ts";
import type { Ended } from "./group-order.ts";
import type { Handling } from "./handle.ts";
import type { Loan } from "./loan.ts";

/** How a loan ends, whoever keeps it: what was decided, or nothing since the lease ended first. */
export type LoanEnd = Outcome | "lost";

export const RELEASE: Outcome = { kind: "release" };

/** What a handler's signal tells where the lease ended before it. */
export const LEASE_LOST: Failure = {
  code: "LEASE_EXPIRED",
  message: "the lease was lost; the message comes back",
};

/** What a handler's signal tells after its time; the delivery has failed. */
export function handlerTimeout(timeoutMs: number | undefined): Failure {
  return { code: "TimeoutError", message: `the handler took longer than ${timeoutMs} ms` };
}

/** For the next of a group. */
export function kindOf(ended: LoanEnd): Ended {
  return ended === "lost" ? ended : ended.kind;
}

/** Who is told of the ends of loans. */
export interface LoanListener {
  readonly handling: Handling;
  readonly clock: Clock;
  readonly onEvent?: ((event: DeliveryEvent) => void) | undefined;
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** Tells of an end, and of why a decision came to nothing; whoever listens must not end the rest. */
export function reportEnd(
  { handling, clock, onEvent, onError }: LoanListener,
  loan: Loan,
  ended: LoanEnd,
  lostTo?: AlienError,
): void {
  if (onEvent === undefined && loan.watch === undefined) return;
  const event = deliveryEvent(handling.queue, loan, ended, clock.now(), lostTo);
  loan.watch?.ended(event.outcome, event.error);
  try {
    onEvent?.(event);
  } catch (error) {
    onError?.(error);
  }
}
