const ALL: readonly NodeJS.Signals[] = ["SIGTERM", "SIGINT"];

/** Resolves at the first of these signals. After it the default is back: a second one ends the process. */
export function untilSignal(signals = ALL): Promise<void> {
  return new Promise((resolve) => {
    const first = () => {
      for (const signal of signals) process.off(signal, first);
      resolve();
    };
    for (const signal of signals) process.on(signal, first);
  });
}
