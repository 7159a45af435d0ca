import type { Attempt } from "../src/queue/attempt.ts";
import type { Delivery, Outcome, Outgoing } from "../src/queue/driver.ts";

/** One message and what became of it so far. */
export interface Stored {
  readonly message: Outgoing;
  /** Its place in the order of sending, or of becoming due; a retry keeps it. */
  place: number;
  /** False while a message of a group waits for the delay that it was sent with. */
  joined: boolean;
  dueAt: number;
  /** Deliveries so far that count. */
  attempts: number;
  /** Its failed deliveries, oldest first; also those of before it was redriven. */
  readonly history: Attempt[];
  loan?: Loan | undefined;
  /** Purged while on loan: gone when the loan ends. */
  purged: boolean;
}

/** One delivery, remembered for ever so that a repeated outcome is known. */
export interface Loan {
  readonly receipt: string;
  readonly stored: Stored;
  readonly startedAt: number;
  until: number;
  /** It is with a consumer. */
  readonly handled: boolean;
  outcome?: Outcome["kind"];
}

/** What the receiver is given. */
export function deliveryOf({ receipt, stored, until }: Loan): Delivery {
  const { id, body, headers, sentAt, group, priority } = stored.message;
  return {
    id,
    receipt,
    body,
    headers,
    attempt: stored.attempts,
    sentAt,
    ...(group !== undefined && { group }),
    ...(priority !== undefined && { priority }),
    leaseUntil: until,
  };
}

/** What makes two sends with one idempotency key the same. */
export function contentOf({ headers, body }: Outgoing): string {
  return `${headers.kind} ${body}`;
}

/** The order of delivery. */
export function byPriorityThenPlace(a: Stored, b: Stored): number {
  return (b.message.priority ?? 0) - (a.message.priority ?? 0) || a.place - b.place;
}
