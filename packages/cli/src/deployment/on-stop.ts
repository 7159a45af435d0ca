import type { Context } from "../context.ts";
import { exitCodeOfSignal } from "../exit-code.ts";

/** Aborts at the first signal, so that what is under way ends and is written down; the second one ends the process. */
export function abortOnSignal({ onSignal, terminal, exit }: Context, what: string): AbortSignal {
  const stop = new AbortController();
  onSignal((signal) => {
    if (stop.signal.aborted) process.exit(exitCodeOfSignal(signal));
    terminal.note(`stopping: ${what}; once more to end at once`);
    exit(exitCodeOfSignal(signal));
    stop.abort();
  });
  return stop.signal;
}
