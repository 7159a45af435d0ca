/** Every code an AlienError can carry. A code never changes its meaning; docs/errors.md explains each. */
export type ErrorCode =
  | "ABORTED" // the caller's AbortSignal fired
  | "BINDING_INVALID" // ALIEN_<ID>_BINDING is not what deploy writes
  | "BINDING_NOT_FOUND" // declared, but not reachable from this process
  | "CLOCK_SKEWED" // the clock of this machine is too far from a platform's, which takes no request so (retryable)
  | "CLOSED" // the client or store was closed
  | "COMMAND_INVALID" // a command line that cannot be understood
  | "CONFIRMATION_REQUIRED"
  | "CREDENTIALS_EXPIRED" // what this process shows a platform was good once
  | "CREDENTIALS_MISSING" // this process has nothing to show a platform, or what the platform does not know
  | "DATA_LOSS" // what holds messages would be deleted, and nobody consented
  | "DECLARATION_INVALID" // build() found problems
  | "DECODE_FAILED" // a body that cannot be read as what it says it is
  | "DRAIN_UNFINISHED" // drain() of the test kit gave up: its messages have no end, or a handler does not finish
  | "DRIVER_FAILED" // a platform's driver threw something of its own, or answered too little
  | "FILE_EXISTS" // init would overwrite it
  | "FUNCTION_BUILD_FAILED" // the code of a function could not be bundled
  | "GROUP_INVALID"
  | "GROUP_MISSING"
  | "HANDLER_DUPLICATE" // two handlers for one queue in one process
  | "HANDLER_MISSING" // a trigger whose function registers no handler
  | "HANDLER_UNKNOWN" // a job for a name that no handler has
  | "HANDLER_FAILED" // a handler threw, the reason travels in the failure
  | "IDEMPOTENCY_CONFLICT"
  | "JOBS_NOT_KEPT"
  | "LEASE_EXPIRED" // the last allowed delivery ended without an outcome
  | "LOCK_LOST" // somebody else took the lock of a stage's state while this process changed it
  | "MESSAGE_TOO_LARGE"
  | "NAME_COLLISION" // two parts of a stage would have one name
  | "NAME_TAKEN" // deploy finds what it has not made under the name that it would use
  | "NOT_READY" // a platform has not finished what it was asked before (retryable)
  | "OPTION_INVALID" // an option of a send or a receive is out of its range
  | "OWNER_LOST" // the process that owned the local store does not answer (retryable, but for sends)
  | "PART_FAILED" // a controller did not do what it has to, or the vendor does not show it
  | "PAUSED"
  | "PAYLOAD_INVALID" // not JSON, with the path
  | "PAYLOAD_REFUSED" // refused by the queue's schema, with the issues
  | "PERMISSION_DENIED"
  | "PLACE_CHANGED" // the state is of another account, region or stage
  | "PLAN_REFUSED" // a plan with problems, or without its files, cannot be applied
  | "PLAN_STALE" // what is there is no longer what the plan was made from
  | "PLATFORM_MISSING" // the platform's package is not installed, or no such platform
  | "PLATFORM_REFUSED" // a platform's service does not accept what deploy asked for
  | "PORT_IN_USE"
  | "PROTOCOL_INVALID" // bytes on the local socket that are not a frame of ours
  | "PROTOCOL_VERSION" // another version of this program owns the local store
  | "QUEUE_PAUSED"
  | "QUOTA_REACHED" // a platform's account has as many or as much of something as it may
  | "RECEIPT_EXPIRED"
  | "REGION_INVALID" // deploy was told no region, or one that the platform or the account does not have
  | "SECRET_MISSING" // a secret that this process needs is not in its environment
  | "SERVICE_UNAVAILABLE" // a platform's service could not be reached, or failed for a passing reason
  | "SIGNATURE_INVALID" // a request that is not, or no longer, what the platform signed
  | "STACK_INVALID" // Stack.build() found problems
  | "STACK_LOAD_FAILED" // alien.ts could not be loaded
  | "STAGE_NOT_FOUND" // nothing was deployed under that name, as far as the state knows
  | "STATE_DAMAGED" // a stage's state is not what deploy writes
  | "STATE_LOCKED" // another process changes the stage
  | "STATE_LOST" // parts of the stage are there that its state does not know
  | "STATE_STORE_MISSING" // the bucket that is to keep the state is not there
  | "STATE_VERSION" // a stage's state was written by a newer version of this program
  | "STORAGE_DAMAGED"
  | "STORAGE_FAILED"
  | "STORAGE_FULL"
  | "STORAGE_IN_USE" // another process has the local store open
  | "STORAGE_VERSION" // written by a newer version of this program
  | "THROTTLED" // a platform's service was called too often (retryable), details.retryAfterMs where it says for how long
  | "TRIGGER_AMBIGUOUS"
  | "UNKNOWN_DEAD_LETTER"
  | "UNKNOWN_FUNCTION"
  | "UNKNOWN_JOB" // no such job was sent, or the time of its record is over
  | "UNKNOWN_MESSAGE" // no message of this id waits, is on loan or dead, and no job tells of it
  | "UNKNOWN_OPERATION" // the server of the API knows no bulk work of this id
  | "UNKNOWN_PART" // the state of a stage has no part of that address
  | "UNKNOWN_QUEUE"
  | "UNKNOWN_ROUTE" // the API has no such path, or not for this method
  | "UNKNOWN_TABLE" // the state table that a binding names is not there
  | "UNSUPPORTED";

export interface AlienErrorOptions {
  /** What to do about it, an imperative sentence. */
  readonly fix?: string;
  /** Whether the same call may succeed later without a change. */
  readonly retryable?: boolean;
  /** Names and numbers for programs; never a payload or a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** The one error class: programs act on `code`, people read `message` and `fix`. */
export class AlienError extends Error {
  readonly code: ErrorCode;
  readonly fix: string | undefined;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: AlienErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AlienError";
    this.code = code;
    this.fix = options.fix;
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
  }

  /** What JSON.stringify writes, and so most loggers: it leaves out the message of an Error. Never the cause. */
  toJSON(): Pick<AlienError, "name" | "code" | "message" | "fix" | "retryable" | "details"> {
    const { name, code, message, fix, retryable, details } = this;
    return { name, code, message, fix, retryable, details };
  }
}
