import type { Clock } from "../src/clock.ts";
import type { DeadLetter } from "../src/queue/dead-letter.ts";
import type { QueueStats } from "../src/queue/operator.ts";
import type { ReferenceControl } from "./reference-control.ts";
import type { Stored } from "./stored.ts";

/** What is counted. */
interface Counted {
  readonly clock: Clock;
  readonly control: ReferenceControl;
  waiting(): readonly Stored[];
  deadLetters(): readonly DeadLetter[];
  stateOf(stored: Stored): string;
}

/** The counts of the reference queue. */
export function referenceStats(queue: Counted): QueueStats {
  const messages = queue.waiting();
  const count = (state: string) => messages.filter((m) => queue.stateOf(m) === state).length;
  const ready = messages.filter((stored) => queue.stateOf(stored) === "ready");
  const oldest = Math.min(...ready.map(({ message }) => message.sentAt));
  const { pause } = queue.control.current;
  return {
    ready: count("ready"),
    delayed: count("delayed"),
    inFlight: count("inFlight"),
    dead: queue.deadLetters().length,
    ...(ready.length > 0 && { oldestAgeMs: queue.clock.now() - oldest }),
    ...(pause && { paused: pause }),
  };
}
