import type { Attempt } from "./attempt.ts";
import type { Failure, Headers, SettleResult } from "./driver.ts";

/** Where a message is. */
export type MessageState = "ready" | "delayed" | "inFlight" | "dead";

/** One message wherever it is, with all that is known of it. */
export interface InspectedMessage {
  readonly id: string;
  readonly state: MessageState;
  readonly body: string | Uint8Array;
  readonly headers: Headers;
  /** Deliveries so far; `history` has those that have ended, oldest first. */
  readonly attempts: number;
  readonly history: readonly Attempt[];
  /** Milliseconds since the epoch, as all times here. */
  readonly sentAt: number;
  /** When a delayed one becomes ready. */
  readonly dueAt?: number;
  /** When the lease of one in flight ends. */
  readonly leaseEndsAt?: number;
  readonly deadAt?: number;
  /** Why the last attempt failed. */
  readonly lastError?: Failure;
  readonly group?: string;
  readonly priority?: number;
  readonly concurrency?: { readonly key: string; readonly limit: number };
}

/** A part of a queue's messages of one state. */
export interface InspectedPage {
  /** 1..500; fewer are answered where they are large, and none only where there are no more. */
  readonly limit: number;
  readonly state: Exclude<MessageState, "dead">;
  /** The id to go on after, also where that message has another state by now. */
  readonly after?: string;
}

/** A FIFO group that has messages. */
export interface GroupState {
  readonly group: string;
  readonly waiting: number;
  /** The message that the others wait for: on loan, or before its next attempt. */
  readonly heldBy?: { readonly id: string; readonly state: "inFlight" | "delayed" };
}

/** A concurrency key in use. */
export interface KeyState {
  readonly key: string;
  readonly limit: number;
  readonly inFlight: number;
  readonly waiting: number;
}

/** A process that takes, or has taken and not settled. */
export interface ConsumerState {
  /** Tells sessions apart; made up anew by each. Empty for what an ended process has left on loan, or nobody in particular takes. */
  readonly session: string;
  /** Undefined where the platform does not know. */
  readonly pid?: number;
  readonly inFlight: number;
  /** Whether it waits for messages now. */
  readonly waiting: boolean;
}

/** What happened to one message. */
export interface ActivityEvent {
  /** "retried" before its next attempt, "expired" where a lease ended without an outcome; "dead" follows where it was the last. */
  readonly type:
    | "sent"
    | "taken"
    | "acked"
    | "retried"
    | "expired"
    | "dead"
    | "redriven"
    | "discarded"
    | "cancelled";
  readonly id: string;
  readonly at: number;
  /** Of a delivery: which one it was. Not of what died without one. */
  readonly attempt?: number;
  /** Of "taken": since it was ready. */
  readonly waitedMs?: number;
  readonly error?: { readonly code: string; readonly message: string };
}

/** What happened since the caller last asked. */
export interface Activity {
  /** To go on from; opaque. */
  readonly cursor: string;
  readonly events: readonly ActivityEvent[];
  /** Events that are not told: there were too many; or 1 where it is not known, since another process owned the store or nobody had asked for too long. */
  readonly skipped: number;
}

/**
 * What a platform can tell of a queue beyond its counts, for people who look; the console and the commands ask. A
 * platform whose messages cannot be looked at has none.
 */
export interface QueueInspector {
  /** Undefined where no message of this id is waiting, on loan or dead. */
  message(id: string): Promise<InspectedMessage | undefined>;
  /** Ready ones about in the order in which they would be handed out, delayed ones by their time, those in flight by their ids. */
  messages(page: InspectedPage): Promise<readonly InspectedMessage[]>;
  /** Those that are held up first; at most `limit`. Of a long queue only the first 10,000 messages are looked at. */
  groups(limit: number): Promise<readonly GroupState[]>;
  /** The fullest first; at most `limit`, as for groups. */
  keys(limit: number): Promise<readonly KeyState[]>;
  consumers(): Promise<readonly ConsumerState[]>;
  /**
   * Waits until something has happened since `after`, or since now where there is none; fails with ABORTED. Answers at most
   * ten times a second. A queue that nobody watches costs nothing: events are kept only while somebody asks, and for ten
   * seconds more, the latest thousand or so, and of a busy queue some of them.
   */
  activity(after: string | undefined, signal: AbortSignal): Promise<Activity>;
  /** Makes a delayed message, or one before its next attempt, ready now; `applied: false` where it is not delayed. */
  expedite(id: string): Promise<SettleResult>;
}
