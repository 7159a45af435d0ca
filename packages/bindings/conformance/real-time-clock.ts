import { systemClock } from "../src/system-clock.ts";
import type { WorldClock } from "./world.ts";

export interface RealTimeOptions {
  /** 1,000 unless told otherwise: services count in seconds. */
  readonly precisionMs?: number;
  /** 30,000 unless told otherwise. */
  readonly slowMs?: number;
}

/** Beyond what a call takes on a busy machine, and less than the long waits that are to end early. */
const PATIENCE_MS = 15_000;
/** How much time may pass by itself between two steps of a case, on a busy machine. */
const LATE_MS = 4_000;

/** The machine's own time, for a service whose time nobody can wind: an advance really waits. */
export function realTimeClock({
  precisionMs = 1_000,
  slowMs = 30_000,
}: RealTimeOptions = {}): WorldClock {
  return {
    now: () => systemClock.now(),
    schedule: (delayMs, run) => systemClock.schedule(delayMs, run),
    advance: (byMs) => new Promise((resolve) => setTimeout(resolve, byMs)),
    precisionMs,
    slowMs,
    patienceMs: PATIENCE_MS,
    lateMs: LATE_MS,
  };
}
