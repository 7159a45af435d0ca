import type {
  DeadLetter,
  DeadLetterQuery,
  Delivery,
  Headers,
  Job,
  JobQuery,
  JobsPage,
  Outcome,
  Outgoing,
  PauseRequest,
  PeekedMessage,
  PeekOptions,
  QueueControl,
  QueueStats,
  SendResult,
  SettleResult,
} from "@alienplatform/bindings";
import type {
  Activity,
  ConsumerState,
  GroupState,
  InspectedMessage,
  InspectedPage,
  KeyState,
} from "@alienplatform/bindings/operate";
import type { StoreTime } from "./store-clock.ts";

/** What the engine must know of a queue; kept in the store, replaced by the newest declaration. */
export interface QueueSpec {
  readonly name: string;
  readonly maxAttempts: number;
  readonly leaseMs: number;
  readonly retentionMs: number;
  readonly fifo: boolean;
  readonly concurrency?: number;
  /** The queue of this store that its dead letters go to; made like this one where it is not declared yet. */
  readonly deadLetters?: string;
  /** What a repeated idempotency key with another payload gets; "original" where nothing is said. */
  readonly conflict?: "original" | "error";
  /** How long the records of jobs are kept after their end; undefined keeps none. */
  readonly resultsMs?: number;
  /** What alien.ts says of pausing; where nothing is said, what was said last still counts. */
  readonly trigger?: DeclaredPause;
}

/** Of the trigger on a queue. */
export interface DeclaredPause {
  /** The queue starts paused. */
  readonly paused: boolean;
  /** Of pauses that do not say it themselves. */
  readonly whilePaused: "wait" | "deadLetter";
}

/**
 * Who asks. `session` names one process's life (16 hex digits), `request` counts its requests up from 1.
 * A repeated request is answered as the first one was, also by the next owner: that is what makes
 * a failover neither lose nor duplicate.
 */
export interface Origin {
  readonly session: string;
  readonly request: number;
}

export interface ReceiptSettlement {
  readonly receipt: string;
  readonly outcome: Outcome;
}

/**
 * The local queue as its users see it: the engine in this process, or the link to the process that owns it.
 * Each promise resolves after what it answers is durable. Results are per item, in order.
 */
export interface LocalQueues {
  declare(specs: readonly QueueSpec[]): Promise<void>;
  /** The declared queues by name. */
  list(): Promise<readonly QueueSpec[]>;
  send(
    queue: string,
    messages: readonly Outgoing[],
    origin?: Origin,
  ): Promise<readonly SendResult[]>;
  /** Waits up to waitMs for the first message. An abort answers []; no message is left on loan by it. */
  take(
    queue: string,
    options: TakeOptions,
    signal?: AbortSignal,
    origin?: Origin,
  ): Promise<readonly Delivery[]>;
  settle(
    queue: string,
    settlements: readonly ReceiptSettlement[],
    origin?: Origin,
  ): Promise<readonly SettleResult[]>;
  /** Makes each lease end leaseMs from now. */
  extend(
    queue: string,
    receipts: readonly string[],
    leaseMs: number,
    origin?: Origin,
  ): Promise<readonly SettleResult[]>;
  /** What is rare: a look at a queue, or a change of it. */
  call<Name extends CallName>(
    queue: string,
    name: Name,
    parameters: CallParameters<Name>,
    context?: CallContext,
  ): Promise<CallAnswer<Name>>;
  close(): Promise<void>;
}

/**
 * What operators ask of one queue. Parameters and answers are JSON, so that another call costs the socket nothing;
 * engine/calls.ts says how each is run.
 */
export interface QueueCalls {
  stats(): QueueStats;
  peek(options: PeekOptions): readonly PeekedMessage[];
  purge(): number;
  deadLetters(query: DeadLetterQuery): readonly DeadLetter[];
  deadLetter(id: string): DeadLetter | undefined;
  editDeadLetter(
    id: string,
    change: { readonly body: string; readonly kind: Headers["kind"] },
  ): SettleResult;
  /** `to`: another queue of the store; both change in one commit. */
  redrive(ids: readonly string[], options?: { readonly to?: string }): readonly SettleResult[];
  discard(ids: readonly string[]): readonly SettleResult[];
  control(): QueueControl;
  /** Waits until the version is another. */
  controlAfter(version: number): QueueControl;
  pause(pause: PauseRequest): void;
  resume(): void;
  bind(consumer: string, status: "active" | "paused"): void;
  unbind(): void;
  job(id: string): Job | undefined;
  jobs(query: JobQuery): readonly Job[];
  jobsPage(query: JobQuery): JobsPage;
  /** Waits; ends with its signal. */
  jobEnded(id: string): Job | undefined;
  requeueJob(id: string): SettleResult;
  cancelJob(id: string): SettleResult;
  importDeadLetters(letters: readonly DeadLetter[]): readonly SendResult[];
  message(id: string): InspectedMessage | undefined;
  messages(page: InspectedPage): readonly InspectedMessage[];
  groups(limit: number): readonly GroupState[];
  keys(limit: number): readonly KeyState[];
  consumers(): readonly ConsumerState[];
  /** Waits; ends with its signal. */
  activity(after?: string): Activity;
  expedite(id: string): SettleResult;
  /** The time of the whole store, whichever queue of it is asked. */
  clock(): StoreTime;
  /** Sets that time ahead; a negative number takes back what was set. */
  advanceClock(ms: number): StoreTime;
}

export type CallName = keyof QueueCalls;
export type CallParameters<Name extends CallName> = Parameters<QueueCalls[Name]>;
export type CallAnswer<Name extends CallName> = ReturnType<QueueCalls[Name]>;

export interface CallContext {
  readonly origin?: Origin | undefined;
  /** Ends a call that waits, which then fails with ABORTED. Who waits with one does not keep the process alive. */
  readonly signal?: AbortSignal | undefined;
}

/** Whoever takes: one consumer of a session. */
export interface Taker {
  /** Tells the session's consumers apart. */
  readonly number: number;
  /** It starts this many messages at once, in the order of taking: what it holds beyond has not been started. */
  readonly handlers: number;
}

export interface TakeOptions {
  readonly max: number;
  readonly leaseMs: number;
  readonly waitMs: number;
  /** Undefined where all that is taken counts as started. */
  readonly taker?: Taker | undefined;
}
