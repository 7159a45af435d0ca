import type { Failure, Outcome, Outgoing } from "../src/queue/driver.ts";

/** One message and what became of it so far. */
export interface Stored {
  readonly message: Outgoing;
  /** Its place in the order of sending; a retry keeps it. */
  readonly place: number;
  dueAt: number;
  /** Deliveries so far that count. */
  attempts: number;
  loan?: Loan | undefined;
  /** Purged while on loan: gone when the loan ends. */
  purged: boolean;
}

/** One delivery, remembered for ever so that a repeated outcome is known. */
export interface Loan {
  readonly receipt: string;
  readonly stored: Stored;
  until: number;
  outcome?: Outcome["kind"];
}

export interface Dead {
  readonly stored: Stored;
  readonly deadAt: number;
  readonly error: Failure;
}

/** What makes two sends with one idempotency key the same. */
export function contentOf({ headers, body }: Outgoing): string {
  return `${headers.kind} ${body}`;
}

/** The order of delivery. */
export function byPriorityThenPlace(a: Stored, b: Stored): number {
  return (b.message.priority ?? 0) - (a.message.priority ?? 0) || a.place - b.place;
}
