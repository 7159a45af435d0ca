import type { BatchEntry, Message } from "@alienplatform/bindings";
import type { Duration } from "@alienplatform/core";

/** What the handler in the Worker is to do with a message. */
export type Verdict =
  | { readonly kind: "ack" | "throw" | "deadLetter" }
  | { readonly kind: "retry"; readonly delay?: Duration };

/** What the Worker that sends is asked for. */
export interface Sending {
  readonly name: string;
  readonly entries: readonly BatchEntry[];
}

/** What the Worker that sends answers, one for each entry. */
export type Sent =
  | { readonly ok: true; readonly id: string; readonly deduplicated: boolean }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly fix?: string };

/** As JSON carries it. */
export type HandledMessage = Message & { readonly dead?: unknown };

/** What the probe is told: a message that is handled, or the body of one in a queue that nobody handles. */
export type Told =
  | { readonly handled: string; readonly message: HandledMessage }
  | { readonly stored: string; readonly body: unknown; readonly attempts: number };
