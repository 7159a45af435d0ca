const ALL: readonly NodeJS.Signals[] = ["SIGTERM", "SIGINT"];

/** Waiting for a signal, and the way out of it. */
export interface SignalWait {
  readonly told: Promise<void>;
  /** Gives the signals back to whoever else minds them. */
  forget(): void;
}

/** Waits for the first of these signals. After it the default is back: a second one ends the process. */
export function untilSignal(signals = ALL): SignalWait {
  let tell: () => void = () => undefined;
  const told = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const forget = () => {
    for (const signal of signals) process.off(signal, first);
  };
  const first = () => {
    forget();
    tell();
  };
  for (const signal of signals) process.on(signal, first);
  return { told, forget };
}
