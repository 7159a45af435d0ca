import type { Clock } from "../src/clock.ts";
import type { VirtualClock } from "../src/virtual-clock.ts";
import { noRequests } from "./requests-under-way.ts";
import type { WorldClock } from "./world.ts";

/** A poll that waits is woken this soon, on the machine's clock: the suite does not wind the clock for polls. */
const POLL_MS = 2;

/** The clocks of a world whose service keeps a time that is wound, and is reached by fetch. */
export interface WoundClocks {
  /** Of the world: winds while no request is under way, and waits for what comes of it. */
  readonly world: WorldClock;
  /** Of drivers and operators: tells the wound time, and lets nobody wait longer than a poll. */
  readonly driver: Clock;
}

/** @param precisionMs How exactly the service keeps time. */
export function woundClocks(virtual: VirtualClock, precisionMs = 1): WoundClocks {
  return {
    world: {
      now: () => virtual.now(),
      schedule: (delayMs, run) => virtual.schedule(delayMs, run),
      precisionMs,
      advance: async (byMs) => {
        await noRequests();
        await virtual.advance(byMs);
        await noRequests();
      },
    },
    driver: impatient(virtual),
  };
}

function impatient(virtual: VirtualClock): Clock {
  return {
    now: () => virtual.now(),
    schedule(delayMs, run) {
      const wake = () => {
        cancel();
        clearTimeout(timer);
        run();
      };
      const cancel = virtual.schedule(delayMs, wake);
      const timer = setTimeout(wake, POLL_MS);
      return () => {
        cancel();
        clearTimeout(timer);
      };
    },
  };
}
