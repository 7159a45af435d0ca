import type { WorldClock } from "./world.ts";

/** Thrown where a case needs more time than its world affords; never a failure of the platform. */
export class TooSlow extends Error {
  override readonly name = "TooSlow";
}

/** The clock of one case. */
export interface CaseClock extends WorldClock {
  /** When the last advance ended: what the platform has done since, it did in time that passed by itself. */
  readonly steppedAt: number;
}

/** What it advances in all is at most what its world affords. */
export function rationed(clock: WorldClock): CaseClock {
  const { slowMs = Number.POSITIVE_INFINITY, precisionMs, patienceMs, lateMs } = clock;
  let spentMs = 0;
  let steppedAt = clock.now();
  return {
    get steppedAt() {
      return steppedAt;
    },
    now: () => clock.now(),
    schedule: (delayMs, run) => clock.schedule(delayMs, run),
    advance: async (byMs) => {
      spentMs += byMs;
      if (spentMs > slowMs) {
        throw new TooSlow(`takes longer than ${slowMs / 1_000} s of real time here`);
      }
      await clock.advance(byMs);
      steppedAt = clock.now();
    },
    ...(precisionMs !== undefined && { precisionMs }),
    ...(patienceMs !== undefined && { patienceMs }),
    ...(lateMs !== undefined && { lateMs }),
    ...(clock.slowMs !== undefined && { slowMs }),
  };
}
