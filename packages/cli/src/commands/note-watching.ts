import type { StateLock } from "@alienplatform/deploy";
import type { Context } from "../context.ts";
import { printWatching } from "../print/apply-event.ts";

/** For `onWatch`: says on stderr whose lock is watched, and for how long. */
export function noteWatching({ terminal }: Context): (lock: StateLock, forMs: number) => void {
  return (lock, forMs) => terminal.note(printWatching(lock, forMs, terminal.noteColors));
}
