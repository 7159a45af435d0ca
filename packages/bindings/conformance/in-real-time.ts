import type { QueueOptions } from "../src/queue/binding.ts";
import { realTimeClock } from "./real-time-clock.ts";
import type { OpenWorld, QueueWorld, WorldClock } from "./world.ts";

/** What a case may advance that needs no brief leases. */
const PASSING_MS = 5_000;
/** The leases of those that wait for their end: as short as a busy machine allows. */
const BRIEF_LEASE_MS = 8_000;
/** What those may advance. */
const SLOW_MS = 40_000;

/** Worlds of a service whose time nobody can wind: with leases as declared, and with brief ones for those who need them. */
export function inRealTime(
  open: (options: QueueOptions, clock: WorldClock) => Promise<QueueWorld>,
): { readonly open: OpenWorld; readonly openBrief: OpenWorld } {
  return {
    open: (options) => open(options, realTimeClock({ slowMs: PASSING_MS })),
    openBrief: (options) =>
      open(
        { ...options, leaseMs: Math.min(options.leaseMs, BRIEF_LEASE_MS) },
        realTimeClock({ slowMs: SLOW_MS }),
      ),
  };
}
