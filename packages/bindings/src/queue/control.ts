/** What an operator asks for when pausing. */
export interface PauseRequest {
  /** For whoever wonders why nothing is handled. */
  readonly reason: string;
  /** Milliseconds since the epoch; without it the queue stays paused until it is resumed. */
  readonly until?: number;
  /** "wait" keeps messages; "deadLetter" sends them to the dead letters at once, code PAUSED, no attempt counted. Default is what the trigger declares. */
  readonly whilePaused?: "wait" | "deadLetter";
}

/** Why and how long no handler is called. */
export interface Pause extends PauseRequest {
  readonly whilePaused: "wait" | "deadLetter";
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** Not an operator's: alien.ts starts the queue paused. */
  readonly declared?: true;
}

/** What operators have decided about a queue; kept with it, whatever is deployed. */
export interface QueueControl {
  /** Counts the changes; a watcher asks for what comes after the one it knows. */
  readonly version: number;
  readonly pause?: Pause;
  /** The function that consumes the queue, where an operator has bound another than alien.ts declares. */
  readonly consumer?: string;
  /** Set where the platform keeps no decisions: whether its trigger is on is not known from here. */
  readonly unknown?: true;
}

/** Pausing a queue's handlers and pointing it at another function. */
export interface ControlOperator {
  control(): Promise<QueueControl>;
  /** Waits until the version differs from the one that is known. Fails with ABORTED. */
  controlAfter(version: number, signal: AbortSignal): Promise<QueueControl>;
  /** No handler is called from here on; what runs goes on to its end. Replaces the pause that there is. */
  pause(pause: PauseRequest): Promise<void>;
  /** Handlers are called again; nothing where the queue is not paused. */
  resume(): Promise<void>;
  /** Upserts the queue's consumer and sets it active, or paused where that is asked for. */
  bind(consumer: string, status: "active" | "paused"): Promise<void>;
  /** Back to the consumer that alien.ts declares; a pause stays. */
  unbind(): Promise<void>;
}
