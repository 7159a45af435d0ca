// The worker thread of a run: told which seeds, it answers what became of them.
import { writeSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import { World } from "./world.ts";

/** What a worker is asked. */
export interface Order {
  readonly seeds: readonly number[];
  /** Ends at the first seed that breaks something. */
  readonly untilBroken: boolean;
  /** Fewer turns than the seeds say. */
  readonly turns?: number | undefined;
  /** Prints all that happens. */
  readonly trace?: boolean;
}

/** A seed whose world broke promises. */
export interface BrokenSeed {
  readonly seed: number;
  readonly violations: readonly string[];
}

/** What it answers to an order. */
export interface WorkerReport {
  readonly worlds: number;
  readonly events: number;
  readonly broken: readonly BrokenSeed[];
  /** How often something was done, by name. */
  readonly tally: Readonly<Record<string, number>>;
}

parentPort?.on("message", (order: Order) => {
  // What is expected to fail is made in great numbers.
  Error.stackTraceLimit = order.trace === true ? 20 : 0;
  void run(order).then((report) => parentPort?.postMessage(report));
});

async function run({ seeds, untilBroken, turns, trace }: Order): Promise<WorkerReport> {
  const broken: BrokenSeed[] = [];
  const tally: Record<string, number> = {};
  let worlds = 0;
  let events = 0;
  for (const seed of seeds) {
    const world = new World(seed, turns);
    if (trace === true) {
      // A thread's console is cut off with it.
      const print = (line: string) => writeSync(1, `${line}\n`);
      print(JSON.stringify(world.setting));
      world.timeline.onEvent = (at, what) => print(`${at} ${what}`);
    }
    const report = await world.run();
    worlds++;
    events += report.events;
    for (const [name, times] of Object.entries(report.tally)) {
      tally[name] = (tally[name] ?? 0) + times;
    }
    if (report.violations.length === 0) continue;
    broken.push({ seed, violations: report.violations });
    if (untilBroken) break;
  }
  return { worlds, events, broken, tally };
}
