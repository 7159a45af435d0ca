/** What is done with a deployed stage beside its queues: its functions' logs, its secrets' values. */
export interface StageOperator {
  /**
   * What a function has written, oldest first; goes on for ever where it is followed.
   * @param name The physical name of the function.
   */
  logs(name: string, options: LogOptions): AsyncIterable<LogLine>;
  /**
   * Gives a secret its value, which the vendor's store alone has. It has to be deployed.
   * @param name The physical name of the secret.
   */
  setSecret(name: string, value: string, signal: AbortSignal): Promise<void>;
  /** Whether the secret has a value: somebody has given it one, or nobody has to. */
  hasSecret(name: string, signal: AbortSignal): Promise<boolean>;
}

export interface LogOptions {
  /** The oldest line that counts, milliseconds since the epoch. */
  readonly since: number;
  /** Whether to wait for what is written from now on. */
  readonly follow: boolean;
  /** Lines that hold this text. Default all. */
  readonly filter?: string;
  readonly signal: AbortSignal;
}

export interface LogLine {
  /** Milliseconds since the epoch, by the vendor. */
  readonly at: number;
  /** Without the line's end. */
  readonly text: string;
}
