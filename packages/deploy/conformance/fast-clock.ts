import type { Clock } from "@alienplatform/core";

const BEAT_MS = 20;
/** Of the time between two beats so much counts; what is longer is a machine that stood still, or had others to run. */
const MOST_MS = 100;

export interface FastClock extends Clock {
  /** Stands still until that has ended: what a disk takes of the machine's time is not multiplied. */
  during<Result>(work: () => Promise<Result>): Promise<Result>;
}

/**
 * The machine's clock, some times as fast, for a vendor that answers over a wire: retries take milliseconds. What is
 * faster than 20 times leaves a busy machine too little of the two minutes that a step may be repeated for.
 */
export function fastClock(factor = 20): FastClock {
  let now = Date.now();
  let looked = performance.now();
  let standing = 0;
  let waiting = 0;
  let beats: NodeJS.Timeout | undefined;

  function look(): number {
    const at = performance.now();
    if (standing === 0) now += Math.min(at - looked, MOST_MS) * factor;
    looked = at;
    return now;
  }

  /** Somebody waits, or no more. */
  function wait(more: 1 | -1): void {
    waiting += more;
    if (waiting === 0) {
      clearInterval(beats);
      beats = undefined;
    } else {
      beats ??= setInterval(look, BEAT_MS).unref();
    }
  }

  return {
    now: () => Math.floor(look()),
    schedule(delayMs, run) {
      const due = look() + delayMs;
      let timer: NodeJS.Timeout | undefined;
      const stop = () => {
        if (timer === undefined) return;
        clearTimeout(timer);
        timer = undefined;
        wait(-1);
      };
      const sleep = () => {
        timer = setTimeout(
          () => {
            if (look() < due) return sleep();
            stop();
            run();
          },
          Math.max(1, (due - now) / factor),
        ).unref();
      };
      wait(1);
      sleep();
      return stop;
    },
    async during(work) {
      look();
      standing += 1;
      try {
        return await work();
      } finally {
        look();
        standing -= 1;
      }
    },
  };
}
