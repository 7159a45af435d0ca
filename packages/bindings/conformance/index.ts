import type { QueueOptions } from "../src/queue/binding.ts";
import { Bench } from "./bench.ts";
import { type ConformanceCase, defaultOptions, whyNot } from "./case.ts";
import { conformanceCases } from "./cases/all.ts";
import { TooSlow } from "./rationed-clock.ts";
import type { TestRunner } from "./test-runner.ts";
import { type Features, featuresOf, type OpenWorld } from "./world.ts";

export { Bench } from "./bench.ts";
export { type ConformanceCase, defaultOptions, whyNot } from "./case.ts";
export { conformanceCases } from "./cases/all.ts";
export { eachInAGroup } from "./each-in-a-group.ts";
export { inRealTime } from "./in-real-time.ts";
export { type RealTimeOptions, realTimeClock } from "./real-time-clock.ts";
export { ReferenceDriver, referenceCapabilities, type Taking } from "./reference-driver.ts";
export { ReferenceInspector } from "./reference-inspector.ts";
export { ReferenceQueue } from "./reference-queue.ts";
export { noRequests } from "./requests-under-way.ts";
export { tableCases } from "./table/cases/all.ts";
export { memoryTable } from "./table/memory-table.ts";
export type { TableCase } from "./table/table-case.ts";
export {
  runTableCase,
  type TableConformance,
  tableConformance,
} from "./table/table-conformance.ts";
export type { OpenTable, TableWorld } from "./table/table-world.ts";
export type { TestRunner } from "./test-runner.ts";
export { TABLE_LIFTS, withTable } from "./with-table.ts";
export {
  alone,
  type Features,
  featuresOf,
  type OpenWorld,
  type QueueWorld,
  type WorldClock,
} from "./world.ts";
export { type WoundClocks, woundClocks } from "./wound-clocks.ts";

export interface QueueConformance {
  /** The driver, as a reader of the report knows it. */
  readonly name: string;
  /** One fresh isolated queue per case. */
  readonly open: OpenWorld;
  /**
   * Where time is real, the same with leases short enough to wait for their end. Only the cases that need more time
   * than `open` affords run there: leases that nobody waits for are long, and none ends because a machine is slow.
   */
  readonly openBrief?: OpenWorld;
  /** Case name to reason: what this platform does differently, as a user would read it. */
  readonly except?: Readonly<Record<string, string>>;
  /** Registers only the cases that need one of these; all of them unless told otherwise. */
  readonly needing?: readonly (keyof Features)[];
  readonly runner: TestRunner;
}

/** Registers the whole suite with a test runner for one driver. */
export function queueConformance(given: QueueConformance): void {
  const { name, open, openBrief, except = {}, needing, runner } = given;
  refuseUnknown(Object.keys(except));
  const asked = ({ needs = {} }: ConformanceCase) =>
    needing === undefined || needing.some((feature) => needs[feature] === true);
  // A platform's FIFO queue may be another product than its plain one.
  const featuresBy = new Map<boolean, Promise<Features>>();
  const featuresFor = (options: QueueOptions) => {
    const fifo = options.fifo !== undefined;
    const known = featuresBy.get(fifo) ?? readFeatures(open, options);
    featuresBy.set(fifo, known);
    return known;
  };
  runner.describe(`${name} keeps the contract`, () => {
    for (const [part, all] of Object.entries(conformanceCases)) {
      const cases = all.filter(asked);
      if (cases.length === 0) continue;
      runner.describe(part, () => {
        for (const one of cases) {
          runner.it(one.name, async (context) => {
            const features = await featuresFor({ ...defaultOptions, ...one.options });
            const exception = except[one.name];
            if (exception !== undefined) return context.skip(`excepted: ${exception}`);
            const reason = whyNot(one, features) ?? (await runCase(one, open, openBrief));
            if (reason !== undefined) return context.skip(reason);
          });
        }
      });
    }
  });
}

/**
 * Runs one case in a fresh world, and where that is too slow for it in a brief one; throws what it finds, and answers
 * why it does not apply where that is too slow as well.
 */
export async function runCase(
  one: ConformanceCase,
  open: OpenWorld,
  openBrief?: OpenWorld,
): Promise<string | undefined> {
  const reason = await runIn(one, open);
  return reason === undefined || openBrief === undefined ? reason : runIn(one, openBrief);
}

async function runIn(one: ConformanceCase, open: OpenWorld): Promise<string | undefined> {
  const bench = new Bench(await open({ ...defaultOptions, ...one.options }));
  try {
    await one.run(bench);
    return undefined;
  } catch (error) {
    if (error instanceof TooSlow) return error.message;
    throw error;
  } finally {
    await bench.close();
  }
}

function refuseUnknown(exceptions: readonly string[]): void {
  const names = Object.values(conformanceCases).flatMap((cases) => cases.map((one) => one.name));
  const unknown = exceptions.filter((exception) => !names.includes(exception));
  if (unknown.length === 0) return;
  const quoted = unknown.map((one) => JSON.stringify(one)).join(", ");
  throw new TypeError(
    `except names cases that do not exist: ${quoted}; the names are those in conformanceCases`,
  );
}

async function readFeatures(open: OpenWorld, options: QueueOptions): Promise<Features> {
  const world = await open(options);
  const features = featuresOf(world);
  await world.close();
  return features;
}
