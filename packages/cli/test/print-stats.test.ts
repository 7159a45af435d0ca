import picocolors from "picocolors";
import { expect, it } from "vitest";
import { printCounts } from "../src/print/counts.ts";
import { printLocalTime } from "../src/print/local-time.ts";
import { printStats } from "../src/print/stats.ts";

const plain = picocolors.createColors(false);

it("the numbers of queues stand in columns, and below them why some are paused", () => {
  const stats = { ready: 12, delayed: 0, inFlight: 1, dead: 2 };
  const paused = { reason: "no disk", until: 61_000, whilePaused: "wait", since: 0 } as const;
  const table = printStats(
    [
      {
        queue: "tasks",
        ...stats,
        rates: { sent: 0.05, acked: 7.34, failed: 1 },
        oldestAgeMs: 65_000,
      },
      { queue: "image-thumbnails", ...stats, paused },
    ],
    plain,
    1_000,
  );
  expect(table).toBe(
    [
      "queue             ready  delayed  in flight  dead  sent/s  acked/s  oldest",
      "tasks                12        0          1     2  <0.1        7.3  1m 5s",
      "image-thumbnails     12        0          1     2  -             -  -",
      `paused image-thumbnails: no disk; until ${printLocalTime(61_000)} (in 1m); messages wait`,
    ].join("\n"),
  );
});

it("a count that a platform does not tell apart is no 0, and is said to be among the ready", () => {
  const queues = [{ queue: "tasks", ready: 12, delayed: 3, dead: 2 }];
  expect(printStats(queues, plain, 0)).toBe(
    [
      "queue  ready  delayed  in flight  dead  sent/s  acked/s  oldest",
      "tasks     12        3  -             2  -       -        -",
      '"-" under in flight: the platform counts them as ready',
    ].join("\n"),
  );
  expect(printCounts({ ready: 12, delayed: 3, dead: 2 })).toBe(
    "12 ready (in flight included), 3 delayed, 2 dead",
  );
  expect(printCounts({ ready: 12, dead: 2 })).toBe(
    "12 ready (delayed and in flight included), 2 dead",
  );
  // Where nothing is counted a dash is what it says.
  expect(printStats([{ queue: "tasks" }], plain, 0)).not.toContain("counts them");
});
