import type { Clock } from "@alienplatform/core";

const FAR_MS = 2 ** 31 - 1;

/** Waits by the clock, or until the signal aborts; never rejects. */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    // A clock's timers do not keep the process alive; somebody who awaits a step must be answered.
    const hold = setTimeout(() => undefined, FAR_MS);
    const finish = () => {
      clearTimeout(hold);
      cancel();
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const cancel = clock.schedule(delayMs, finish);
    signal.addEventListener("abort", finish, { once: true });
  });
}
