/** One delivery of a message and how it ended. */
export interface Attempt {
  /** 1 for the first. */
  readonly number: number;
  readonly outcome: "SUCCEEDED" | "FAILED" | "EXPIRED";
  /** Milliseconds since the epoch; `startedAt` where the platform knows when it was handed out. */
  readonly startedAt?: number;
  readonly endedAt: number;
  /** What went wrong, in short; the last one's whole failure is with the message. */
  readonly error?: { readonly code: string; readonly message: string };
  /** When the message, dead after this one, was redriven. */
  readonly redrivenAt?: number;
}

/** The attempts of a dead letter that is redriven. */
export function withRedrive(history: readonly Attempt[], at: number): readonly Attempt[] {
  const last = history.at(-1);
  return last === undefined ? history : [...history.slice(0, -1), { ...last, redrivenAt: at }];
}
