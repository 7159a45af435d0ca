/** Every code an AlienError can carry. A code never changes its meaning; docs/errors.md explains each. */
export type ErrorCode =
  | "ABORTED" // the caller's AbortSignal fired
  | "BINDING_INVALID" // ALIEN_<ID>_BINDING is not what deploy writes
  | "BINDING_NOT_FOUND" // declared, but not reachable from this process
  | "CLOSED" // the client or store was closed
  | "COMMAND_INVALID" // a command line that cannot be understood
  | "CONFIRMATION_REQUIRED"
  | "DECLARATION_INVALID" // build() found problems
  | "DECODE_FAILED" // a body that cannot be read as what it says it is
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
  | "MESSAGE_TOO_LARGE"
  | "OPTION_INVALID" // an option of a send or a receive is out of its range
  | "OWNER_LOST" // the process that owned the local store does not answer (retryable, but for sends)
  | "PAUSED"
  | "PAYLOAD_INVALID" // not JSON, with the path
  | "PAYLOAD_REFUSED" // refused by the queue's schema, with the issues
  | "PERMISSION_DENIED"
  | "PLATFORM_MISSING" // the platform's package is not installed, or no such platform
  | "PORT_IN_USE"
  | "PROTOCOL_INVALID" // bytes on the local socket that are not a frame of ours
  | "PROTOCOL_VERSION" // another version of this program owns the local store
  | "QUEUE_PAUSED"
  | "RECEIPT_EXPIRED"
  | "STACK_INVALID" // Stack.build() found problems
  | "STACK_LOAD_FAILED" // alien.ts could not be loaded
  | "STORAGE_DAMAGED"
  | "STORAGE_FAILED"
  | "STORAGE_FULL"
  | "STORAGE_IN_USE" // another process has the local store open
  | "STORAGE_VERSION" // written by a newer version of this program
  | "TRIGGER_AMBIGUOUS"
  | "UNKNOWN_DEAD_LETTER"
  | "UNKNOWN_FUNCTION"
  | "UNKNOWN_QUEUE"
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
