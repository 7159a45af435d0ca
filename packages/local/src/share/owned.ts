import type { Durability } from "../engine/options.ts";
import type { LocalQueues } from "../engine/port.ts";
import type { Holder } from "../engine/sessions.ts";

/** The engine as the process that owns the store sees it: the queues, and the sessions that use them. */
export interface OwnedQueues extends LocalQueues {
  /** Raised each time the store is opened; a reply of a lower term comes from an owner that is no more. */
  readonly term: number;
  /** A process is here, maybe again: what it has on loan stays with it, and what it is told survives what it wants. */
  attachSession(session: string, holder?: Holder, durability?: Durability): void;
  /** A process is gone: what it had on loan is ready again at once or, after a clean end, anybody's to settle. One that lives has a moment to come back. */
  endSession(session: string, options?: { readonly clean?: boolean }): Promise<void>;
}
