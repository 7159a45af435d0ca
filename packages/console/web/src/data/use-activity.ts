import { useEffect } from "preact/hooks";
import { listen } from "./events.ts";
import type { Activity } from "./model.ts";
import { live } from "./settings.ts";

const LEAST_MS = 1_000;

/** What changes which letters are dead. */
export const OF_THE_DEAD: ReadonlySet<string> = new Set(["dead", "redriven", "discarded"]);

/** Where a look takes letters on loan nothing is looked at by itself. */
export const NOTHING: ReadonlySet<string> = new Set();

/**
 * Calls `changed` when something, or something of these types, has happened to a queue's messages: at most once a second,
 * and never while held still.
 */
export function useActivity(
  queue: string,
  changed: () => void,
  types?: ReadonlySet<string> | undefined,
): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = listen("activity", (data) => {
      if (timer !== undefined || !live.peek()) return;
      const isMeant = activitiesOf(data).some(
        (each) => each.queue === queue && (types === undefined || types.has(each.type)),
      );
      if (!isMeant) return;
      timer = setTimeout(() => {
        timer = undefined;
        if (live.peek() && !document.hidden) changed();
      }, LEAST_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [queue, changed, types]);
}

/** The events of an "activity". */
export function activitiesOf(data: unknown): readonly Activity[] {
  // An event of ours, of the same version as this page.
  const { queue, events } = data as {
    readonly queue: string;
    readonly events: readonly Activity[];
  };
  return events.map((event) => ({ ...event, queue }));
}
