const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/** Resolves at the first SIGTERM or SIGINT. After it the default is back: a second one ends the process. */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    const first = () => {
      for (const signal of SIGNALS) process.off(signal, first);
      resolve();
    };
    for (const signal of SIGNALS) process.on(signal, first);
  });
}
