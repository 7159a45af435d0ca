import type { Clock } from "@alienplatform/core";

/** So much less than it says does a pause take: a minute is 0.3 s. */
const FACTOR = 200;

interface Timer {
  readonly due: number;
  readonly run: () => void;
}

/**
 * A clock of one process that moves when a pause ends, and never by itself, for a vendor that answers over a wire: the
 * two minutes that a step may be repeated for are as many repetitions on a busy machine as on an idle one, and take
 * little. It moves to one timer at a time: where the machine stood still, what the first one starts has a turn before
 * the next, so that a lock that is renewed in time does not run out.
 */
export function leapingClock(): Clock {
  let now = Date.now();
  const timers: Timer[] = [];
  let ringing: NodeJS.Timeout | undefined;

  function wait(): void {
    clearTimeout(ringing);
    const [first] = timers;
    if (first === undefined) return;
    ringing = setTimeout(() => ring(first), (first.due - now) / FACTOR);
    ringing.unref();
  }

  function ring(timer: Timer): void {
    timers.splice(timers.indexOf(timer), 1);
    now = Math.max(now, timer.due);
    wait();
    timer.run();
  }

  return {
    now: () => now,
    schedule(delayMs, run) {
      const timer = { due: now + delayMs, run };
      const after = timers.findIndex(({ due }) => due > timer.due);
      timers.splice(after === -1 ? timers.length : after, 0, timer);
      if (timers[0] === timer) wait();
      return () => {
        const first = timers[0] === timer;
        const at = timers.indexOf(timer);
        if (at !== -1) timers.splice(at, 1);
        if (first) wait();
      };
    },
  };
}
